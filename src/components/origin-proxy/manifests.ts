import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { ConfigMap, Deployment, PodDisruptionBudget, Service } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { bodyBufferBytes, memoryBytes, nginxConfiguration, nginxPaths } from './nginx.ts';
import { statusPaths } from './nginxOwnServers.ts';
import { namespace, proxyName, proxyOptions, proxyPorts, proxyWorkload, type Route } from './routes.ts';
import type { OriginProxySection } from './section.ts';
import { verifierProgram } from './verifier.generated.ts';

/** The user of the image `nginx-unprivileged`. */
const user = 101;

const configuration = `${nginxPaths.configuration}/${nginxPaths.configurationFile}`;

/** Two ConfigMaps: Flux substitutes private values in the configuration, and must not change the program. */
export function configMaps(context: Context<OriginProxySection>, route: Route): [ConfigMap, ConfigMap] {
  const labels = objectLabels(proxyWorkload(route));
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: proxyName(route), namespace, labels },
      data: { [nginxPaths.configurationFile]: nginxConfiguration(proxyOptions(context, route)) },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `${proxyName(route)}-verifier`,
        namespace,
        labels,
        annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
      },
      data: { [nginxPaths.verifierFile]: verifierProgram },
    },
  ];
}

export function deployment(
  context: Context<OriginProxySection>,
  route: Route,
  configs: readonly ConfigMap[],
): Deployment {
  const self = proxyWorkload(route);
  const replicas = replicasOf(context);
  const options = proxyOptions(context, route);
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)}Mi`;
  const probe = (path: string) => ({ httpGet: { path, port: 'status' }, timeoutSeconds: 5 });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: self.name, namespace, labels: objectLabels(self) },
    spec: {
      replicas,
      selector: { matchLabels: self.labels },
      template: {
        metadata: { labels: self.labels, annotations: { 'checksum/config': context.configHash(...configs) } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { ...restrictedPod, runAsUser: user, runAsGroup: user, fsGroup: user },
          terminationGracePeriodSeconds: 150,
          ...(replicas > 1 ? { topologySpreadConstraints: spread(self.labels) } : {}),
          containers: [
            {
              name: 'nginx',
              image: context.section.images.nginx,
              command: ['nginx', '-c', configuration],
              ports: [
                { name: 'gate', containerPort: proxyPorts.requests },
                { name: 'status', containerPort: proxyPorts.status },
              ],
              // A proxy that hangs finishes no request: it is not given the time that those have.
              livenessProbe: {
                ...probe(statusPaths.live),
                periodSeconds: 20,
                failureThreshold: 3,
                terminationGracePeriodSeconds: 10,
              },
              // A new pod gets requests up to one period after it could. One that hangs is asked every 5 s, so it has 20 s.
              readinessProbe: { ...probe(statusPaths.ready), periodSeconds: 2, failureThreshold: 4 },
              // The Service removes the pod while it still answers; then requests in progress may end.
              lifecycle: {
                preStop: {
                  // Without -c, nginx would look for the process in the file that the image's own configuration names.
                  exec: { command: ['sh', '-c', `sleep 5; nginx -c ${configuration} -s quit; sleep 125`] },
                },
              },
              resources: {
                requests: { cpu: '50m', memory: '64Mi' },
                limits: { memory: mebibytes(memoryBytes(options)) },
              },
              securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
              volumeMounts: [
                { name: 'configuration', mountPath: nginxPaths.configuration, readOnly: true },
                { name: 'verifier', mountPath: nginxPaths.verifier, readOnly: true },
                { name: 'bodies', mountPath: nginxPaths.bodies },
                { name: 'scratch', mountPath: nginxPaths.scratch },
              ],
            },
          ],
          volumes: [
            { name: 'configuration', configMap: { name: self.name } },
            { name: 'verifier', configMap: { name: `${self.name}-verifier` } },
            { name: 'bodies', emptyDir: { sizeLimit: mebibytes(bodyBufferBytes(options)) } },
            { name: 'scratch', emptyDir: { sizeLimit: '16Mi' } },
          ],
        },
      },
    },
  };
}

/** For the tunnel only, without the port for probes. */
export function service(route: Route): Service {
  const self = proxyWorkload(route);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: self.name, namespace, labels: objectLabels(self) },
    spec: {
      type: 'ClusterIP',
      selector: self.labels,
      ports: [{ name: 'http', port: proxyPorts.requests, targetPort: 'gate' }],
    },
  };
}

/** With several replicas, one stays available while nodes are drained. */
export function disruptionBudget(context: Context<OriginProxySection>, route: Route): PodDisruptionBudget[] {
  if (replicasOf(context) < 2) return [];
  const self = proxyWorkload(route);
  return [
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: self.name, namespace, labels: objectLabels(self) },
      spec: { minAvailable: 1, selector: { matchLabels: self.labels } },
    },
  ];
}

function replicasOf({ settings }: Context<OriginProxySection>): number {
  return Object.keys(settings.cluster.nodes).length > 1 ? 2 : 1;
}

function spread(labels: Record<string, string>) {
  return [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway' as const,
      labelSelector: { matchLabels: labels },
    },
  ];
}
