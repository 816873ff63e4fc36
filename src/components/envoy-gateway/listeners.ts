import { reference } from '../../config/private.ts';
import type { Gateway } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import {
  certificateSecret,
  type GatewayKey,
  gatewayOf,
  http,
  httpListener,
  https,
  tcpListener,
  tlsListener,
} from './names.ts';
import type { EnvoyGatewaySection } from './section.ts';

type Listener = Gateway['spec']['listeners'][number];
type Context = Pick<BuildContext<EnvoyGatewaySection>, 'section' | 'provided'>;

/** The listeners of a Gateway: for each port and protocol, with the namespaces that have a route there. */
export function listenersOf(context: Context, key: GatewayKey): Listener[] {
  const mine = <Kind extends 'route' | 'grpc-route' | 'tcp-route' | 'tls-route'>(kind: Kind) =>
    context.provided(kind).filter((route) => gatewayOf(route) === key);
  const requests = [...mine('route'), ...mine('grpc-route')];
  const hostname = `*.${reference(context.section.domain)}`;
  const kinds = ['HTTPRoute', 'GRPCRoute'].map((kind) => ({ kind }));
  const name = httpListener(key);
  const labelled = key === 'tunnel' ? [] : context.provided('labelled-routes');
  const namespaces = admitting([
    ...requests.map(({ backend }) => backend.workload.namespace),
    ...labelled.flatMap((each) => each.namespaces),
  ]);
  if (key === 'tunnel')
    return [{ name, protocol: 'HTTP', port: http.port, hostname, allowedRoutes: { namespaces, kinds } }];
  const redirect = { namespaces: { from: 'Same' as const }, kinds: [{ kind: 'HTTPRoute' }] };
  return [
    { name: 'http', protocol: 'HTTP', port: http.port, allowedRoutes: redirect },
    {
      name,
      protocol: 'HTTPS',
      port: https.port,
      hostname,
      tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: certificateSecret(key) }] },
      allowedRoutes: { namespaces, kinds },
    },
    ...mine('tls-route').map(
      (route): Listener => ({
        name: tlsListener(route),
        protocol: 'TLS',
        port: https.port,
        hostname: reference(route.host),
        tls: { mode: 'Passthrough' },
        allowedRoutes: {
          namespaces: admitting([route.backend.workload.namespace]),
          kinds: [{ kind: 'TLSRoute' }],
        },
      }),
    ),
    ...mine('tcp-route').map(
      (route): Listener => ({
        name: tcpListener(route),
        protocol: 'TCP',
        port: route.port,
        allowedRoutes: {
          namespaces: admitting([route.backend.workload.namespace]),
          kinds: [{ kind: 'TCPRoute' }],
        },
      }),
    ),
  ];
}

type Namespaces = NonNullable<NonNullable<Listener['allowedRoutes']>['namespaces']>;

/** Routes of these namespaces; where there are none, nobody's but those of the Gateway's namespace. */
function admitting(namespaces: readonly string[]): Namespaces {
  const values = [...new Set(namespaces)].sort();
  if (values.length === 0) return { from: 'Same' };
  return {
    from: 'Selector',
    selector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }],
    },
  };
}
