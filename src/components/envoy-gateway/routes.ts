import { reference } from '../../config/private.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { HTTPRoute, SecurityPolicy } from '../../kubernetes/types.ts';
import type { BuildContext, Manifest } from '../contract/component.ts';
import type { Login } from '../contract/login.ts';
import type { Requirement } from '../contract/requirements.ts';
import { objectLabels } from '../shared/labels.ts';
import { type AnyRoute, gatewayName, gatewayOf, httpListener, routeName } from './names.ts';
import { allowed, atHome, type GatewayLogin, securityPolicy, withAccess, withToken } from './policies.ts';
import { accessTeam, tokenIssuer } from './requirements.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Context = BuildContext<EnvoyGatewaySection>;

/** A route of HTTP with a login that Envoy Gateway asks for. */
export type HttpRouteRequirement = Requirement<'route'> & { login: GatewayLogin };

/** Whether the gateway provides a route: Access stands on the internet, and addresses of the home are not there. */
export function isGatewayRoute(route: Requirement<'route'>): route is HttpRouteRequirement {
  return route.gate === 'gateway' && isGatewayLogin(route);
}

/** Whether Envoy Gateway can ask for the login from where the route is reached. */
export function isGatewayLogin(route: { from: AnyRoute['from']; login: Login }): boolean {
  const { from, login } = route;
  switch (login.kind) {
    case 'access':
      return from === 'internet';
    case 'home-network':
      return from === 'home';
    case 'jwt':
    case 'none':
      return true;
    default:
      return false;
  }
}

/** The route and its policy, in one file: neither is ever without the other. */
function pair(
  route: AnyRoute & { login: GatewayLogin },
  made: KubernetesObject,
  policy: SecurityPolicy,
): Manifest {
  return {
    directory: route.backend.workload.directory,
    file: `route-${routeName(route)}.yaml`,
    objects: [made, policy],
    field: route.requester.field,
  };
}

/** The manifests of every route that the gateway provides. */
export function routeManifests(context: Context): Manifest[] {
  return context
    .provided('route')
    .filter(isGatewayRoute)
    .map((route) => httpRoute(context, route));
}

function metadataOf(route: AnyRoute): HTTPRoute['metadata'] {
  // Not the labels of the backend: a policy may select routes by one of them, and of two policies on a route only one counts.
  const { namespace } = route.backend.workload;
  return { name: routeName(route), namespace, labels: objectLabels({ labels: {} }) };
}

function parentRefs({ section }: Context, route: AnyRoute, sectionName: string) {
  return [{ name: gatewayName(gatewayOf(route)), namespace: section.namespace, sectionName }];
}

function demandsOf(context: Context, route: AnyRoute & { login: GatewayLogin }) {
  const { login } = route;
  switch (login.kind) {
    case 'access':
      return withAccess(login, bound(context.binding(accessTeam(route))));
    case 'jwt':
      return withToken(login, bound(context.binding(tokenIssuer(context.section, route, login))));
    case 'home-network':
      return atHome(context.settings);
    case 'none':
      return allowed;
  }
}

/** @throws Error for a requirement without a provider, with which nothing is built */
function bound<Given>(binding: Given | undefined): Given {
  if (binding === undefined) throw new Error('a requirement of a route has no provider');
  return binding;
}

function httpRoute(context: Context, route: HttpRouteRequirement): Manifest {
  const { host, backend, paths = ['/'] } = route;
  const metadata = metadataOf(route);
  return pair(
    route,
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata,
      spec: {
        parentRefs: parentRefs(context, route, httpListener(gatewayOf(route))),
        hostnames: [reference(host)],
        rules: [
          {
            matches: paths.map((value) => ({ path: { type: 'PathPrefix', value } })),
            backendRefs: [{ name: backend.service, port: backend.port }],
          },
        ],
      },
    } satisfies HTTPRoute,
    securityPolicy(metadata, { kind: 'HTTPRoute', name: metadata.name }, demandsOf(context, route)),
  );
}
