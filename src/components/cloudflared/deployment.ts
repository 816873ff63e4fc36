import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { ConfigMap, Deployment, PodDisruptionBudget, ServiceAccount } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import type { CloudflaredSection } from './section.ts';
import { credentialsSecret, metricsPort, self } from './self.ts';

export const serviceAccount: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: self.name, namespace: self.namespace, labels: objectLabels(self) },
  automountServiceAccountToken: false,
};

/** The image is distroless, and runs as 65532. It lets connections drain for 30 seconds after SIGTERM. */
export function deployment(context: Context<CloudflaredSection>, config: ConfigMap): Deployment {
  const { settings, section } = context;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: self.name, namespace: self.namespace, labels: objectLabels(self) },
    spec: {
      replicas: replicas(settings),
      selector: { matchLabels: self.labels },
      template: {
        metadata: { labels: self.labels, annotations: { 'checksum/config': context.configHash(config) } },
        spec: {
          serviceAccountName: self.name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod, runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532 },
          terminationGracePeriodSeconds: 45,
          ...(replicas(settings) > 1
            ? {
                topologySpreadConstraints: [
                  {
                    maxSkew: 1,
                    topologyKey: 'kubernetes.io/hostname',
                    whenUnsatisfiable: 'ScheduleAnyway',
                    labelSelector: { matchLabels: self.labels },
                  },
                ],
              }
            : {}),
          containers: [
            {
              name: 'cloudflared',
              image: section.images.cloudflared,
              args: ['tunnel', '--config', '/etc/cloudflared/config/config.yaml', 'run'],
              ports: [{ name: 'metrics', containerPort: metricsPort }],
              // `/ready` counts connections to the edge: without internet it fails, and a restart would not help.
              livenessProbe: {
                httpGet: { path: '/healthcheck', port: 'metrics' },
                periodSeconds: 20,
                failureThreshold: 3,
                timeoutSeconds: 5,
              },
              readinessProbe: {
                httpGet: { path: '/ready', port: 'metrics' },
                periodSeconds: 3,
                failureThreshold: 8,
                timeoutSeconds: 3,
              },
              resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
              volumeMounts: [
                { name: 'config', mountPath: '/etc/cloudflared/config', readOnly: true },
                { name: 'credentials', mountPath: '/etc/cloudflared/credentials', readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name: 'cloudflared' } },
            {
              name: 'credentials',
              secret: {
                secretName: credentialsSecret,
                items: [{ key: 'credentials.json', path: 'credentials.json' }],
              },
            },
          ],
        },
      },
    },
  };
}

/** With several replicas, one of them stays while nodes are drained. */
export function disruptionBudget({ settings }: Context<CloudflaredSection>): PodDisruptionBudget[] {
  if (replicas(settings) < 2) return [];
  return [
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: self.name, namespace: self.namespace, labels: objectLabels(self) },
      spec: { minAvailable: 1, selector: { matchLabels: self.labels } },
    },
  ];
}

function replicas(settings: Context<CloudflaredSection>['settings']): number {
  return Object.keys(settings.cluster.nodes).length > 1 ? 2 : 1;
}
