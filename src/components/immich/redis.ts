import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { Deployment, Service } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { ports, workload } from './names.ts';
import type { ImmichSection } from './section.ts';

/** The job queue. It holds nothing that Immich could not queue again, so nothing of it is kept. */
export function redisDeployment({ section }: Context<ImmichSection>): Deployment {
  const self = workload(section, 'redis');
  const ping = ['valkey-cli', 'ping'];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: self.name, namespace: section.namespace, labels: objectLabels(self) },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: self.labels },
      template: {
        metadata: { labels: self.labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod, runAsUser: 999, runAsGroup: 999, fsGroup: 999 },
          containers: [
            {
              name: 'redis',
              image: section.images.redis,
              args: [
                'valkey-server',
                '--save',
                '',
                '--appendonly',
                'no',
                '--maxmemory',
                '384mb',
                '--maxmemory-policy',
                'noeviction',
              ],
              ports: [{ name: 'redis', containerPort: ports.redis }],
              livenessProbe: { exec: { command: ping }, periodSeconds: 20, timeoutSeconds: 5 },
              readinessProbe: { exec: { command: ping }, periodSeconds: 10, timeoutSeconds: 5 },
              resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '512Mi' } },
              securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
          volumes: [{ name: 'data', emptyDir: { sizeLimit: '64Mi' } }],
        },
      },
    },
  };
}

export function redisService({ section }: Context<ImmichSection>): Service {
  const self = workload(section, 'redis');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: self.name, namespace: section.namespace, labels: objectLabels(self) },
    spec: {
      type: 'ClusterIP',
      selector: self.labels,
      ports: [{ name: 'redis', port: ports.redis, targetPort: 'redis' }],
    },
  };
}
