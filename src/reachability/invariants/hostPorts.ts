import { conclude, unmodelledObjections } from './conclusion.ts';
import { exposedPortObjection } from './exposedPortObjections.ts';
import type { Invariant } from './invariant.ts';

export const hostPorts = {
  id: 'host-ports',
  title: 'No port of a node',
  promise: 'No pod uses the network of its node or a port of its node',
  remedy: 'Remove hostPort, hostNetwork or externalIPs, and use a Service',
  brokenByPresence: true,
  prove: ({ model }) => {
    const found = model.exposedPorts
      .filter(({ kind }) => kind === 'hostPort' || kind === 'hostNetwork')
      .map(exposedPortObjection);
    return [
      conclude(
        'No pod opens a port of its node',
        [...found, ...unmodelledObjections(model, ['pods', 'hostPorts'])],
        {
          sentence:
            model.workloads.length === 0
              ? 'Nothing to prove: no workload is among the objects'
              : 'No pod uses the network of its node or one of its ports',
          evidence: [],
        },
      ),
    ];
  },
} as const satisfies Invariant;
