import { describeObject } from '../../manifests/sourcedObject.ts';
import { namesItsClients, unexpectedAddresses } from '../entrypoints/potentialClients.ts';
import { type Served, servedPorts } from '../entrypoints/servedPorts.ts';
import type { Evaluator } from '../evaluator.ts';
import { noAddress } from '../model/addresses.ts';
import type { Workload } from '../model/workload.ts';
import { addressObjection, isolatedBy, reachObjection, rewrittenSources } from './clientObjections.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

export const proxyClients = {
  id: 'proxy-clients',
  title: 'Only the tunnel connects to a proxy',
  promise:
    'Nothing but the tunnel can connect to the proxy behind it, except on ports where the proxy forwards nothing and its policies name their clients',
  remedy: 'Let a NetworkPolicy of the proxy admit the tunnel, and no other workload',
  brokenByPresence: false,
  prove: ({ model, gatedPaths }) =>
    [...gatedPaths.proxies].map(([proxy, tunnels]) => proveProxyClients(model, proxy, tunnels)),
} as const satisfies Invariant;

function proveProxyClients(model: Evaluator, proxy: Workload, tunnels: ReadonlySet<Workload>): Conclusion {
  const name = describeObject(proxy.ref);
  const before = [...tunnels].map(({ ref }) => describeObject(ref)).join(', ');
  const answering = model.proxyOf(proxy)?.answering ?? [];
  const isNamedOnly = (served: Served) =>
    served.protocol === 'TCP' && answering.includes(served.port) && namesItsClients(model, proxy, served);
  const ports = servedPorts(model, proxy);
  const named = ports.filter(isNamedOnly);
  const others = ports.filter((served) => !named.includes(served));
  const objections = model
    .potentialClientsOn(proxy, others)
    .filter(({ workload }) => !tunnels.has(workload))
    .map((potentialClient) => reachObjection(proxy, potentialClient));
  const layer7 =
    named.length === 0
      ? ''
      : `, except for pods that they name on TCP ${named.map(({ port }) => port).join(', ')}, where it forwards nothing`;
  const unexpected = unexpectedAddresses(model, proxy, noAddress).map((found) =>
    addressObjection(model, proxy, found),
  );
  return conclude(
    `Nothing but ${before} reaches ${name}`,
    [...objections, ...unexpected, ...rewrittenSources(model, proxy)],
    {
      sentence: `The policies of ${name} admit ${before} only${layer7}`,
      evidence: isolatedBy(model, proxy),
    },
  );
}
