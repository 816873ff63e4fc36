import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { Deployment, Service } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { ports, workload } from './names.ts';
import type { ImmichSection } from './section.ts';

/** Recognizes faces and things. It is sent the pictures, so the library is none of its business. */
export function machineLearningDeployment({ section }: Context<ImmichSection>): Deployment {
  const self = workload(section, 'machine-learning');
  const ping = { httpGet: { path: '/ping', port: 'http' }, timeoutSeconds: 5 };
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
          securityContext: { ...restrictedPod, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
          containers: [
            {
              name: 'machine-learning',
              image: section.images.machineLearning,
              env: [
                { name: 'MACHINE_LEARNING_CACHE_FOLDER', value: '/cache' },
                { name: 'HF_HOME', value: '/cache/huggingface' },
                { name: 'MPLCONFIGDIR', value: '/cache/matplotlib' },
              ],
              ports: [{ name: 'http', containerPort: ports.machineLearning }],
              startupProbe: { ...ping, periodSeconds: 5, failureThreshold: 120 },
              livenessProbe: { ...ping, periodSeconds: 20, failureThreshold: 6 },
              readinessProbe: { ...ping, periodSeconds: 10 },
              resources: { requests: { cpu: '100m', memory: '1Gi' }, limits: { memory: '4Gi' } },
              securityContext: restrictedContainer,
              volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
            },
          ],
          volumes: [{ name: 'cache', emptyDir: { sizeLimit: section.machineLearning.cache } }],
        },
      },
    },
  };
}

export function machineLearningService({ section }: Context<ImmichSection>): Service {
  const self = workload(section, 'machine-learning');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: self.name, namespace: section.namespace, labels: objectLabels(self) },
    spec: {
      type: 'ClusterIP',
      selector: self.labels,
      ports: [{ name: 'http', port: ports.machineLearning, targetPort: 'http' }],
    },
  };
}
