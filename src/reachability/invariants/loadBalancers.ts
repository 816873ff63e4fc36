import { conclude } from './conclusion.ts';
import { exposedPortObjection, hiddenPorts } from './exposedPortObjections.ts';
import type { Invariant } from './invariant.ts';

export const loadBalancers = {
  id: 'load-balancers',
  title: 'No load balancer',
  promise: 'No Service is of type LoadBalancer or lists externalIPs',
  remedy: 'Make the Service a ClusterIP behind the origin proxy',
  brokenByPresence: true,
  prove: ({ model }) => {
    const found = model.exposedPorts
      .filter(({ kind }) => kind === 'LoadBalancer' || kind === 'externalIP')
      .map(exposedPortObjection);
    return [
      conclude('No load balancer and no external address leads in', [...found, ...hiddenPorts(model)], {
        sentence:
          model.services.length === 0
            ? 'Nothing to prove: no Service is among the objects'
            : 'No Service is of type LoadBalancer or lists externalIPs',
        evidence: [],
      }),
    ];
  },
} as const satisfies Invariant;
