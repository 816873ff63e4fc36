import { reference } from '../../config/private.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { HTTPRoute, SecurityPolicy, TCPRoute, TLSRoute } from '../../kubernetes/types.ts';
import type { BuildContext, Manifest } from '../contract/component.ts';
import type { Login } from '../contract/login.ts';
import type { Requirement } from '../contract/requirements.ts';
import { objectLabels } from '../shared/labels.ts';
import { demandsOf } from './demands.ts';
import { grpcRoute } from './grpc.ts';
import {
  type AnyRoute,
  envoy,
  gatewayName,
  gatewayOf,
  httpListener,
  routeName,
  tcpListener,
  tlsListener,
} from './names.ts';
import { type GatewayLogin, securityPolicy } from './policies.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Context = BuildContext<EnvoyGatewaySection>;

/** A route with a login that Envoy Gateway asks for. */
export type Asked<Route extends AnyRoute> = Route & { login: GatewayLogin };

/** Whether the gateway provides a route: Access is in front of the internet, and addresses of the home are not there. */
export function isGatewayRoute(route: Requirement<'route'>): route is Asked<Requirement<'route'>> {
  return route.gate === 'gateway' && isGatewayLogin(route);
}

/** Whether Envoy Gateway can ask for the login from where the route is reached. */
export function isGatewayLogin({ from, login }: { from: AnyRoute['from']; login: Login }): boolean {
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

/** The manifests of every route that the gateway provides. */
export function routeManifests(context: Context): Manifest[] {
  return [
    ...context
      .provided('route')
      .filter(isGatewayRoute)
      .flatMap((route) => httpRoute(context, route)),
    ...context.provided('grpc-route').flatMap((route) => {
      const { made, demands } = grpcRoute(context, route, metadataOf(route), parentRefs);
      return pair(context, route, made, policyOn('GRPCRoute', route, demands));
    }),
    ...context.provided('tcp-route').flatMap((route) => tcpRoute(context, route)),
    ...context.provided('tls-route').flatMap((route) => tlsRoute(context, route)),
  ];
}

/** The route and its policy: neither is ever made without the other, and where one file can hold them, it does. */
function pair(context: Context, route: AnyRoute, made: KubernetesObject, policy: SecurityPolicy): Manifest[] {
  const { field } = route.requester;
  const { directory, namespace } = route.backend.workload;
  const file = `route-${routeName(route)}.yaml`;
  if (policy.metadata.namespace === namespace) return [{ directory, file, objects: [made, policy], field }];
  const gateways = envoy(context.section, gatewayOf(route)).directory;
  return [
    { directory, file, objects: [made], field },
    { directory: gateways, file: `policy-${routeName(route)}.yaml`, objects: [policy], field },
  ];
}

// Not the labels of the backend: a policy may select routes by one of them, and of two policies on a route only one counts.
function metadataOf(route: AnyRoute): HTTPRoute['metadata'] {
  const { namespace } = route.backend.workload;
  return { name: routeName(route), namespace, labels: objectLabels({ labels: {} }) };
}

function parentRefs({ section }: Context, route: AnyRoute, sectionName: string) {
  return [{ name: gatewayName(gatewayOf(route)), namespace: section.namespace, sectionName }];
}

function policyOn(
  kind: 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute',
  route: AnyRoute,
  demands: Parameters<typeof securityPolicy>[2],
): SecurityPolicy {
  return securityPolicy(metadataOf(route), { kind, name: routeName(route) }, demands);
}

function backendRefs({ backend }: AnyRoute) {
  return [{ name: backend.service, port: backend.port }];
}

function httpRoute(context: Context, route: Asked<Requirement<'route'>>): Manifest[] {
  const { host, paths = ['/'] } = route;
  const made: HTTPRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadataOf(route),
    spec: {
      parentRefs: parentRefs(context, route, httpListener(gatewayOf(route))),
      hostnames: [reference(host)],
      rules: [
        {
          matches: paths.map((value) => ({ path: { type: 'PathPrefix', value } })),
          backendRefs: backendRefs(route),
        },
      ],
    },
  };
  return pair(context, route, made, policyOn('HTTPRoute', route, demandsOf(context, route)));
}

function tcpRoute(context: Context, route: Requirement<'tcp-route'>): Manifest[] {
  const made: TCPRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'TCPRoute',
    metadata: metadataOf(route),
    spec: {
      parentRefs: parentRefs(context, route, tcpListener(route)),
      rules: [{ backendRefs: backendRefs(route) }],
    },
  };
  return pair(context, route, made, policyOn('TCPRoute', route, demandsOf(context, route)));
}

/** No policy can be on a TLSRoute (Envoy Gateway 1.9): it is on the listener, which has this route alone. */
function tlsRoute(context: Context, route: Requirement<'tls-route'>): Manifest[] {
  const sectionName = tlsListener(route);
  const made: TLSRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'TLSRoute',
    metadata: metadataOf(route),
    spec: {
      parentRefs: parentRefs(context, route, sectionName),
      hostnames: [reference(route.host)],
      rules: [{ backendRefs: backendRefs(route) }],
    },
  };
  const { namespace } = context.section;
  const policy = securityPolicy(
    { name: sectionName, namespace, labels: objectLabels({ labels: {} }) },
    { kind: 'Gateway', name: gatewayName(gatewayOf(route)), sectionName },
    demandsOf(context, route),
  );
  return pair(context, route, made, policy);
}
