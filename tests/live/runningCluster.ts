import { type Fields, fieldsAt, mapsAt, valueAt } from '../../src/kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { withServerDefaults } from '../../src/kubernetes/serverDefaults.ts';
import type { ServedKind } from '../../src/live/cluster.ts';
import { servedKind } from './fakeCluster.ts';

const flux = new Set(['GitRepository', 'Kustomization', 'HelmRelease', 'OCIRepository', 'HelmRepository']);
const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/**
 * What a cluster holds that runs objects of Git, as far as `verify` looks: identities, states of controllers, ReplicaSets and
 * pods, nodes, and what Kubernetes puts into each namespace. The real ones are tested in tests/pods.
 */
export function runningObjects(inGit: readonly KubernetesObject[], commit: string): KubernetesObject[] {
  const releases = inGit.filter(({ kind }) => kind === 'HelmRelease');
  const held = [...inGit, ...releases.map(deploymentOf), ...releases.flatMap(configurationOf)].map((object) =>
    stored(object, commit),
  );
  const namespaces = new Set(held.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [
    ...held,
    ...held.filter(({ kind }) => workloads.has(kind)).flatMap(madeBy),
    node('alpha', '192.0.2.10'),
    ...ofTheCluster.map((object) => stored(object, commit)),
    ...[...namespaces].flatMap((namespace) => [
      stored({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }, commit),
      stored(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace } },
        commit,
      ),
    ]),
  ];
}

/** The kinds that an API server with these objects serves. */
export function servedKinds(objects: readonly KubernetesObject[]): ServedKind[] {
  const kinds = new Map(objects.map((object) => [`${object.apiVersion} ${object.kind}`, object]));
  for (const [apiVersion, kind] of [
    ['v1', 'Pod'],
    ['v1', 'Service'],
    ['apps/v1', 'ReplicaSet'],
    ['apps/v1', 'DaemonSet'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['batch/v1', 'Job'],
    ['snapshot.storage.k8s.io/v1', 'VolumeSnapshot'],
    ['snapshot.storage.k8s.io/v1', 'VolumeSnapshotClass'],
    ['snapshot.storage.k8s.io/v1', 'VolumeSnapshotContent'],
  ] as const)
    kinds.set(`${apiVersion} ${kind}`, { apiVersion, kind, metadata: { name: '' } });
  return [...kinds.values()].map(({ apiVersion, kind }) => servedKind(apiVersion, kind));
}

/** What charts, Talos and Ceph make, which is in no Git. */
const ofTheCluster: readonly KubernetesObject[] = [
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'talos-backup', namespace: 'kube-system' },
    status: { lastSuccessfulTime: '2026-11-30T02:31:00Z' },
  },
  {
    apiVersion: 'ceph.rook.io/v1',
    kind: 'CephCluster',
    metadata: { name: 'ceph', namespace: 'rook-ceph' },
    status: { ceph: { health: 'HEALTH_OK' } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: 'rustfs',
      namespace: 'storage',
      annotations: {
        'meta.helm.sh/release-name': 'rustfs',
        'meta.helm.sh/release-namespace': 'storage',
      },
    },
    spec: { replicas: 3, template: { metadata: {}, spec: { containers: [] } } },
  },
];

/** What controllers say of objects of their kinds. */
const states: Readonly<Record<string, Fields>> = {
  ReplicationSource: {
    lastSyncTime: '2026-11-30T03:17:00Z',
    latestMoverStatus: { result: 'Successful' },
    conditions: [{ type: 'Synchronizing', status: 'False', reason: 'WaitingForSchedule' }],
  },
  TalosUpgrade: { phase: 'Completed' },
  KubernetesUpgrade: { phase: 'Completed' },
  ClusterIssuer: { conditions: [{ type: 'Ready', status: 'True' }] },
  Certificate: {
    conditions: [{ type: 'Ready', status: 'True' }],
    notAfter: '2027-02-15T00:00:00Z',
    renewalTime: '2027-01-16T00:00:00Z',
  },
  GatewayClass: { conditions: [{ type: 'Accepted', status: 'True' }] },
  Gateway: { conditions: [{ type: 'Programmed', status: 'True' }] },
  SecurityPolicy: { ancestors: [{ conditions: [{ type: 'Accepted', status: 'True' }] }] },
  ...Object.fromEntries(
    ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'].map((kind) => [
      kind,
      {
        parents: [
          {
            conditions: [
              { type: 'Accepted', status: 'True' },
              { type: 'ResolvedRefs', status: 'True' },
            ],
          },
        ],
      },
    ]),
  ),
  DNSEndpoint: { observedGeneration: 1 },
};

function stored(object: KubernetesObject, commit: string): KubernetesObject {
  const { sops: _, ...whole } = withServerDefaults(object);
  const { name, namespace, labels } = object.metadata;
  return {
    ...(whole as KubernetesObject),
    metadata: {
      ...object.metadata,
      uid: `uid-${groupOf(object)}-${object.kind}-${namespace ?? ''}-${name}`,
      generation: 1,
      creationTimestamp: '2026-11-30T10:00:00Z',
      annotations: { ...object.metadata.annotations, 'deployment.kubernetes.io/revision': '1' },
      ...(object.kind === 'Namespace' ? { labels: { ...labels, 'kubernetes.io/metadata.name': name } } : {}),
    },
    ...stateOf(object, commit),
  };
}

function stateOf(object: KubernetesObject, commit: string): Fields {
  const replicas = valueAt(withServerDefaults(object), 'spec', 'replicas') ?? 1;
  if (workloads.has(object.kind))
    return {
      status: {
        observedGeneration: 1,
        readyReplicas: replicas,
        updatedReplicas: replicas,
        replicas,
        conditions: [{ type: 'Available', status: 'True' }],
      },
    };
  const state = states[object.kind];
  if (state !== undefined) return { status: state };
  if (object.kind === 'Job') return { status: { conditions: [{ type: 'Complete', status: 'True' }] } };
  if (!flux.has(object.kind)) return {};
  const revision = `main@sha1:${commit}`;
  const conditions = [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: 'done' }];
  return {
    status: { observedGeneration: 1, conditions, lastAppliedRevision: revision, artifact: { revision } },
  };
}

function madeBy(workload: KubernetesObject): KubernetesObject[] {
  const { kind, metadata, apiVersion } = workload;
  const template = fieldsAt(workload, 'spec', 'template');
  const { namespace = 'default' } = metadata;
  const ownedBy = (of: KubernetesObject) => [
    {
      apiVersion: of.apiVersion,
      kind: of.kind,
      name: of.metadata.name,
      uid: of.metadata['uid'],
      controller: true,
    },
  ];
  const hash = { 'pod-template-hash': '12345' };
  const labels = { ...(fieldsAt(template, 'metadata', 'labels') as Record<string, string>), ...hash };
  const set: KubernetesObject = {
    apiVersion,
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-12345`,
      namespace,
      uid: `set-${metadata.name}`,
      ownerReferences: ownedBy(workload),
      labels,
    },
    spec: { replicas: 1, template: { ...template, metadata: { ...fieldsAt(template, 'metadata'), labels } } },
  };
  const owner = kind === 'Deployment' ? set : workload;
  const pod: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${metadata.name}-12345-abcde`,
      namespace,
      uid: `pod-${metadata.name}`,
      labels,
      ownerReferences: ownedBy(owner),
    },
    spec: { ...fieldsAt(template, 'spec'), nodeName: 'alpha' },
    status: {
      phase: 'Running',
      podIP: '10.42.0.9',
      hostIP: '192.0.2.10',
      conditions: [{ type: 'Ready', status: 'True' }],
      initContainerStatuses: mapsAt(template, 'spec', 'initContainers').map(({ name }) => ({
        name,
        state: { terminated: { exitCode: 0 } },
      })),
    },
  };
  return kind === 'Deployment' ? [set, pod] : [pod];
}

function node(name: string, address: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `node-${name}` },
    status: {
      nodeInfo: { osImage: 'Talos (v1.13.0)', kubeletVersion: 'v1.36.0' },
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
    },
  };
}

/** One Deployment stands for what a release makes. */
function deploymentOf({ metadata: { name, namespace = 'default' } }: KubernetesObject): KubernetesObject {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name };
  const annotations = { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels, annotations },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image: `example.org/${name}:1` }] } },
    },
  };
}

/** The chart of Envoy Gateway writes its configuration into a ConfigMap, by which its place is known. */
function configurationOf({ metadata, spec }: KubernetesObject & { spec?: unknown }): KubernetesObject[] {
  const configuration = fieldsAt(spec, 'values', 'config', 'envoyGateway');
  if (Object.keys(configuration).length === 0) return [];
  const { name, namespace = 'default' } = metadata;
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'envoy-gateway-config',
        namespace,
        annotations: { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace },
      },
      data: { 'envoy-gateway.yaml': JSON.stringify(configuration) },
    },
  ];
}
