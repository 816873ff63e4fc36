import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import type { JwtLogin } from '../contract/login.ts';
import type { Requirement } from '../contract/requirements.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { bound } from './demands.ts';
import { type AnyRoute, className, gatewayName, gatewayOf, gatewaysOf, routeName } from './names.ts';
import { accessTeam, tokenIssuer } from './requirements.ts';
import { routesOf } from './rules.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Context = BuildContext<EnvoyGatewaySection>;

const gatewayVersion = 'gateway.networking.k8s.io/v1';
const accepted = `exists(c, c.type == 'Accepted' && c.status == 'True')`;
/** A rule that an older route takes requests from has the condition RouteRulesOverlap (Envoy Gateway 1.9). */
const routeIsServed = `has(status.parents) && status.parents.size() > 0 && status.parents.all(p, p.conditions.${accepted} && p.conditions.exists(c, c.type == 'ResolvedRefs' && c.status == 'True') && !p.conditions.exists(c, c.type == 'RouteRulesOverlap' && c.status == 'True'))`;
/** Of a policy that selects routes by a label, and none is there, Envoy Gateway says nothing. */
const policyIsAccepted = `has(status.ancestors) && status.ancestors.size() > 0 ? status.ancestors.all(a, a.conditions.${accepted}) : has(object.spec.targetSelectors) && !has(object.spec.targetRefs)`;

/** What is asked of the Gateways, of their policies, and of each route by a request. */
export function envoyGatewayChecks(context: Context): LiveCheck[] {
  const { section } = context;
  const routes = routesOf(context);
  const namespaces = [
    ...new Set([section.namespace, ...routes.map(({ backend }) => backend.workload.namespace)]),
  ];
  return [
    {
      id: 'gateway-class',
      promise: 'Envoy Gateway serves its class',
      question: {
        kind: 'condition',
        of: { apiVersion: gatewayVersion, kind: 'GatewayClass', name: className },
        type: 'Accepted',
        status: 'True',
      },
      remedy: `kubectl describe gatewayclass ${className}`,
      field: 'envoyGateway',
    },
    ...gatewaysOf(section).map(
      (key): LiveCheck => ({
        id: `gateway-${key}`,
        promise: `The Gateway ${gatewayName(key)} is programmed and has its address`,
        question: {
          kind: 'condition',
          of: {
            apiVersion: gatewayVersion,
            kind: 'Gateway',
            namespace: section.namespace,
            name: gatewayName(key),
          },
          type: 'Programmed',
          status: 'True',
        },
        remedy: `kubectl -n ${section.namespace} describe gateway ${gatewayName(key)}`,
        field: `envoyGateway.${key}`,
      }),
    ),
    ...namespaces.map((namespace) => policiesCheck(namespace)),
    ...routes.flatMap((route) => routeChecks(context, route)),
  ];
}

function policiesCheck(namespace: string): LiveCheck {
  return {
    id: `gateway-policies-${namespace}`,
    promise: `Envoy Gateway accepts every SecurityPolicy of the namespace ${namespace}`,
    question: {
      kind: 'expression',
      of: { apiVersion: 'gateway.envoyproxy.io/v1alpha1', kind: 'SecurityPolicy', namespace },
      expr: policyIsAccepted,
      none: 'kept',
    },
    remedy: `kubectl -n ${namespace} describe securitypolicies`,
    field: 'envoyGateway',
  };
}

const kinds: Record<AnyRoute['kind'], string> = {
  route: 'HTTPRoute',
  'grpc-route': 'GRPCRoute',
  'tcp-route': 'TCPRoute',
  'tls-route': 'TLSRoute',
};

function routeChecks(context: Context, route: AnyRoute): LiveCheck[] {
  const { namespace } = route.backend.workload;
  const name = routeName(route);
  const id = `route-${namespace}-${name}`;
  const { field } = route.requester;
  const who = `${requesterTitle(route.requester)} from the ${route.from === 'home' ? 'home network' : 'internet'}`;
  const remedy = `kubectl -n ${namespace} describe ${kinds[route.kind].toLowerCase()} ${name}`;
  return [
    {
      id: `${id}-served`,
      promise: `The route to ${who} is on its Gateway, and no other route takes its requests`,
      question: {
        kind: 'expression',
        of: { apiVersion: gatewayVersion, kind: kinds[route.kind], namespace, name },
        expr: routeIsServed,
      },
      remedy,
      field,
    },
    ...requestChecks(context, route).map((check) => ({
      ...check,
      id: `${id}-${check.id}`,
      promise: `${check.promise} ${who}`,
      remedy: `kubectl -n ${namespace} describe securitypolicy ${name}`,
      field,
    })),
  ];
}

type RequestCheck = Pick<LiveCheck, 'id' | 'promise' | 'question'>;

/** What a route answers to a request of nobody in particular. */
function requestChecks(context: Context, route: AnyRoute): RequestCheck[] {
  if (route.kind !== 'route') return [];
  const { host, login, paths = ['/'] } = route;
  const [path = '/'] = paths;
  if (login.kind === 'jwt') return tokenChecks(context, route, login);
  if (login.kind !== 'access' || context.section[gatewayOf(route)] === undefined) return [];
  const { team } = bound(context.binding(accessTeam(route)));
  const [email] = login.emails;
  return (['none', 'forged'] as const).map((token) => ({
    id: token === 'none' ? 'without-token' : 'forged-token',
    promise:
      token === 'none'
        ? 'Whoever has no token of Access gets no further than Access on the way to'
        : 'A forged token of Access does not lead to',
    question: { kind: 'gate', host, path, team, audience: login.audience, email, token },
  }));
}

/** A route that demands a token, asked by somebody who has none, and by one who signed one himself. */
function tokenChecks(context: Context, route: Requirement<'route'>, login: JwtLogin): RequestCheck[] {
  if (context.section[gatewayOf(route)] === undefined) return [];
  const { host, from, paths = ['/'] } = route;
  const [path = '/'] = paths;
  const { issuer } = bound(context.binding(tokenIssuer(context.section, route, login)));
  const [audience] = login.audiences;
  const question = { kind: 'url', host, path, from, status: [401] } as const;
  return [
    { id: 'without-token', promise: 'Whoever has no token is refused on the way to', question },
    {
      id: 'forged-token',
      promise: 'A forged token does not lead to',
      question: { ...question, forged: { issuer, audience } },
    },
  ];
}
