import { restrictedContainer, restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { ConfigMap, Container, Deployment } from '../../kubernetes/types.ts';
import type { Context } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { administratorProbe } from './administratorProbe.ts';
import { libraryMountPath, libraryNode, libraryVolume } from './library.ts';
import { type Part, ports, secretNames, workload } from './names.ts';
import {
  guardEnvironment,
  guardedInit,
  guardedProbe,
  guardedProbeSeconds,
  guardedStart,
  guardMountPath,
  guardScriptName,
  nasGuardScript,
} from './nasGuard.ts';
import { databaseName, databaseUser } from './postgres.ts';
import { workersApart } from './requirements.ts';
import type { ImmichSection } from './section.ts';

const guardConfigMap = 'immich-nas-guard';

/** What the image starts by itself (server/Dockerfile and server/bin/start.sh of immich v3). */
const entrypoint = ['tini', '--', '/bin/bash', '-c', 'start.sh'];

/** The guard's script, for the init container, the start command and the probes of every pod with the library. */
export function guardScript({ section }: Context<ImmichSection>): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: guardConfigMap,
      namespace: section.namespace,
      labels: objectLabels(workload(section, 'server')),
    },
    data: { [guardScriptName]: nasGuardScript },
  };
}

/** The server that users connect to. It runs the background jobs too, unless those have pods of their own. */
export function serverDeployment(context: Context<ImmichSection>): Deployment {
  return immichDeployment(context, 'server', workersApart(context) ? 'api' : undefined);
}

/** The background jobs, where there is more than one node to run them on. */
export function microservicesDeployment(context: Context<ImmichSection>): Deployment[] {
  return workersApart(context) ? [immichDeployment(context, 'microservices', 'microservices')] : [];
}

function immichDeployment(
  context: Context<ImmichSection>,
  part: Part & ('server' | 'microservices'),
  workers?: 'api' | 'microservices',
): Deployment {
  const { section } = context;
  const self = workload(section, part);
  const script = guardScript(context);
  const node = libraryNode(context);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: self.name, namespace: section.namespace, labels: objectLabels(self) },
    spec: {
      replicas: 1,
      // Two versions must never write one library and migrate one database at the same time.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: self.labels },
      template: {
        metadata: { labels: self.labels, annotations: { 'checksum/config': context.configHash(script) } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          // NFS and directories of a node ignore fsGroup: the owner on the NAS is what counts.
          securityContext: {
            ...restrictedPod,
            runAsUser: section.library.uid,
            runAsGroup: section.library.gid,
          },
          ...(node ? { nodeSelector: node } : {}),
          terminationGracePeriodSeconds: 60,
          initContainers: [guardContainer(section)],
          containers: [part === 'server' ? serverContainer(context, workers) : workerContainer(context)],
          volumes: [
            libraryVolume(section),
            { name: 'nas-guard', configMap: { name: guardConfigMap } },
            {
              name: 'database',
              secret: { secretName: secretNames.database, items: [{ key: 'password', path: 'password' }] },
            },
            { name: 'scratch', emptyDir: {} },
          ],
        },
      },
    },
  };
}

function guardContainer(section: ImmichSection): Container {
  return {
    name: 'nas-guard',
    image: section.images.server,
    command: guardedInit(),
    env: guardVariables(section),
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
    volumeMounts: [...guardMounts(section), { name: 'scratch', mountPath: '/tmp' }],
  };
}

function serverContainer(
  context: Context<ImmichSection>,
  workers: 'api' | undefined | 'microservices',
): Container {
  const { section } = context;
  const address = `http://127.0.0.1:${ports.server}`;
  const timeoutSeconds = guardedProbeSeconds(section.library.checkSeconds, 5);
  return {
    ...immichContainer(context, workers),
    name: 'server',
    ports: [{ name: 'http', containerPort: ports.server }],
    startupProbe: {
      httpGet: { path: '/api/server/ping', port: 'http' },
      periodSeconds: 5,
      failureThreshold: 120,
      timeoutSeconds: 5,
    },
    livenessProbe: {
      exec: {
        command: guardedProbe(['curl', '-fsS', '-m', '5', '-o', '/dev/null', `${address}/api/server/ping`]),
      },
      periodSeconds: 30,
      failureThreshold: 3,
      timeoutSeconds,
    },
    // Without an administrator, whoever came first would become one: until then nobody comes.
    readinessProbe: {
      exec: {
        command: guardedProbe(['sh', '-c', administratorProbe(address)]),
      },
      periodSeconds: 15,
      timeoutSeconds,
    },
  };
}

function workerContainer(context: Context<ImmichSection>): Container {
  // tini ends with the worker, so that a pod that runs has one: what is left to ask is the NAS.
  const timeoutSeconds = guardedProbeSeconds(context.section.library.checkSeconds, 0);
  const alive = { exec: { command: guardedProbe() }, timeoutSeconds };
  return {
    ...immichContainer(context, 'microservices'),
    name: 'microservices',
    livenessProbe: { ...alive, periodSeconds: 30, failureThreshold: 3 },
    readinessProbe: { ...alive, periodSeconds: 15 },
  };
}

function immichContainer(
  { settings, section }: Context<ImmichSection>,
  workers: 'api' | 'microservices' | undefined,
): Container {
  return {
    name: 'immich',
    image: section.images.server,
    command: guardedStart(entrypoint),
    env: [
      { name: 'DB_HOSTNAME', value: workload(section, 'postgres').name },
      { name: 'DB_USERNAME', value: databaseUser },
      { name: 'DB_DATABASE_NAME', value: databaseName },
      { name: 'DB_PASSWORD_FILE', value: '/etc/immich-database/password' },
      { name: 'REDIS_HOSTNAME', value: workload(section, 'redis').name },
      { name: 'IMMICH_MEDIA_LOCATION', value: libraryMountPath },
      // Only the origin proxy comes from a pod's address; without this, Immich would believe every private address.
      { name: 'IMMICH_TRUSTED_PROXIES', value: settings.cluster.network.pods },
      { name: 'IMMICH_ALLOW_SETUP', value: String(!section.administrator.done) },
      ...(section.machineLearning.enabled
        ? []
        : [{ name: 'IMMICH_MACHINE_LEARNING_ENABLED', value: 'false' }]),
      ...(workers ? [{ name: 'IMMICH_WORKERS_INCLUDE', value: workers }] : []),
      ...guardVariables(section),
    ],
    resources: { requests: { cpu: '200m', memory: '1Gi' }, limits: { memory: '4Gi' } },
    securityContext: restrictedContainer,
    volumeMounts: [
      ...guardMounts(section),
      { name: 'database', mountPath: '/etc/immich-database', readOnly: true },
      { name: 'scratch', mountPath: '/tmp' },
    ],
  };
}

function guardVariables({ library }: ImmichSection): NonNullable<Container['env']> {
  return guardEnvironment({
    library: libraryMountPath,
    sentinel: library.sentinel,
    fileSystems: library.fileSystems,
    timeoutSeconds: library.checkSeconds,
  });
}

function guardMounts(section: ImmichSection): NonNullable<Container['volumeMounts']> {
  return [
    // A mount that comes or goes on the node is seen in the container (trap of `None`: it would stay on the root disk).
    {
      name: 'library',
      mountPath: libraryMountPath,
      ...(section.library.kind === 'hostPath' ? { mountPropagation: 'HostToContainer' as const } : {}),
    },
    { name: 'nas-guard', mountPath: guardMountPath, readOnly: true },
  ];
}
