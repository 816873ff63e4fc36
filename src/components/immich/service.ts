import type { Service } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { ports, serverBackend, workload } from './names.ts';
import type { ImmichSection } from './section.ts';

/**
 * The entry point for users at home and, by its cluster address, for the origin proxy. `Local` keeps the caller's
 * address, without which no policy could tell the home network from the rest.
 */
export function serverService({ section }: Context<ImmichSection>): Service {
  const { workload: self, service, port } = serverBackend(section);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service, namespace: section.namespace, labels: objectLabels(self) },
    spec: {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      selector: self.labels,
      ports: [
        {
          name: 'http',
          port,
          targetPort: 'http',
          nodePort: section.nodePort,
          appProtocol: 'kubernetes.io/ws',
        },
      ],
    },
  };
}

/** Leads to the server before it is ready, which takes an administrator. Only the setup Job uses it. */
export function setupService({ section }: Context<ImmichSection>): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'immich-setup',
      namespace: section.namespace,
      labels: objectLabels(workload(section, 'setup')),
    },
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: workload(section, 'server').labels,
      ports: [{ name: 'http', port: ports.server, targetPort: 'http' }],
    },
  };
}
