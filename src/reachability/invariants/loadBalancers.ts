import type { ExposedPort } from '../entrypoints/exposedPorts.ts';
import { deniesByDefault } from '../gateways/deniesByDefault.ts';
import { gatewayGroup, indexObjects } from '../gateways/objectIndex.ts';
import type { Model } from '../model/model.ts';
import { conclude } from './conclusion.ts';
import { exposedPortObjection, hiddenPorts } from './exposedPortObjections.ts';
import type { Invariant } from './invariant.ts';

export const loadBalancers = {
  id: 'load-balancers',
  title: 'No load balancer',
  promise:
    'No Service is of type LoadBalancer or lists externalIPs, but those of a Gateway that denies each request for which no policy of a route says otherwise',
  remedy:
    'Make the Service a ClusterIP behind the origin proxy, or let a SecurityPolicy of the Gateway deny by default',
  brokenByPresence: true,
  prove: ({ model }) => {
    const open = model.exposedPorts.filter(({ kind }) => kind === 'LoadBalancer' || kind === 'externalIP');
    const { denying, others } = byGateway(model, open);
    return [
      conclude(
        'No load balancer and no external address leads in',
        [...others.map(exposedPortObjection), ...hiddenPorts(model)],
        {
          sentence:
            model.services.length === 0 && open.length === 0
              ? 'Nothing to prove: no Service is among the objects'
              : denying.length === 0
                ? 'No Service is of type LoadBalancer or lists externalIPs'
                : 'No Service is of type LoadBalancer or lists externalIPs but those of Gateways that deny by default',
          evidence: denying.map(({ object, kind }) => ({ object, rule: kind })),
        },
      ),
    ];
  },
} as const satisfies Invariant;

/** Exposed ports of Gateways that deny by default: what their routes demand is proved of each of them. */
function byGateway(
  { objects }: Model,
  open: readonly ExposedPort[],
): { denying: readonly ExposedPort[]; others: readonly ExposedPort[] } {
  if (!open.some(({ object }) => object.kind === 'Gateway')) return { denying: [], others: open };
  const index = indexObjects(objects);
  const denies = ({ object: { kind, namespace = 'default', name } }: ExposedPort): boolean => {
    const gateway = kind === 'Gateway' ? index.find(gatewayGroup, kind, namespace, name) : undefined;
    return gateway !== undefined && deniesByDefault(index, gateway);
  };
  return { denying: open.filter(denies), others: open.filter((exposedPort) => !denies(exposedPort)) };
}
