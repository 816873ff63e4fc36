import { reference } from '../../config/private.ts';
import type { GRPCRoute } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import { demandsOf } from './demands.ts';
import { type AnyRoute, gatewayOf, httpListener } from './names.ts';
import { type Demands, withoutPaths } from './policies.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Context = BuildContext<EnvoyGatewaySection>;
type ParentRefs = NonNullable<GRPCRoute['spec']['parentRefs']>;

/** The services that tell whether a server is well (grpc/grpc, health-checking.md), and what it serves (server-reflection.md). */
const health = ['grpc.health.v1.Health'];
const reflection = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];

/**
 * A route of gRPC. Envoy speaks HTTP/2 to its backend. Methods that are listed are the only ones that lead there. Where none
 * is, all do, and the policy refuses health and reflection unless the requirement says otherwise.
 */
export function grpcRoute(
  context: Context,
  route: Requirement<'grpc-route'>,
  metadata: GRPCRoute['metadata'],
  parentRefs: (context: Context, route: AnyRoute, listener: string) => ParentRefs,
): { made: GRPCRoute; demands: Demands } {
  const { host, backend, methods } = route;
  const open = [...(route.health ? health : []), ...(route.reflection ? reflection : [])];
  const closed = [...health, ...reflection].filter((service) => !open.includes(service));
  const named = [...(methods ?? []), ...open.map((service) => ({ service, method: undefined }))];
  const matches = named.map(({ service, method }) => ({
    method: { type: 'Exact' as const, service, ...(method === undefined ? {} : { method }) },
  }));
  const made: GRPCRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GRPCRoute',
    metadata,
    spec: {
      parentRefs: parentRefs(context, route, httpListener(gatewayOf(route))),
      hostnames: [reference(host)],
      rules: [
        {
          ...(methods === undefined ? {} : { matches }),
          backendRefs: [{ name: backend.service, port: backend.port }],
        },
      ],
    },
  };
  const demands = demandsOf(context, route);
  const paths = methods === undefined ? closed.map((service) => `/${service}/`) : [];
  return { made, demands: withoutPaths(demands, paths) };
}
