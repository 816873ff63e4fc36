import { expect } from 'vitest';
import { fieldsAt, mapsAt } from '../../src/kubernetes/fields.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';

/** What somebody does by hand, how, and what names it. */
export type Sabotage = readonly [
  string,
  (objects: readonly KubernetesObject[]) => readonly KubernetesObject[],
  RegExp,
];

const of = (kind: string, name: string) => (object: KubernetesObject) =>
  object.kind === kind && object.metadata.name === name;

/** Changes one object, which must be there. */
const changed =
  (kind: string, name: string, change: (object: KubernetesObject) => object) =>
  (objects: readonly KubernetesObject[]) => {
    expect(objects.some(of(kind, name)), `${kind} ${name}`).toBe(true);
    return objects.map((object) =>
      of(kind, name)(object) ? ({ ...object, ...change(object) } as KubernetesObject) : object,
    );
  };

const without = (kind: string, name: string) => (objects: readonly KubernetesObject[]) => {
  expect(objects.some(of(kind, name)), `${kind} ${name}`).toBe(true);
  return objects.filter((object) => !of(kind, name)(object));
};

const made = (object: KubernetesObject) => (objects: readonly KubernetesObject[]) => [...objects, object];
const handMadeIn = (
  namespace: string,
  apiVersion: string,
  kind: string,
  name: string,
  spec: object,
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace, uid: `by-hand-${name}` },
  spec,
});
const handMade = (apiVersion: string, kind: string, name: string, spec: object): KubernetesObject =>
  handMadeIn('media', apiVersion, kind, name, spec);
const clusterRights = (name: string, subject: object): KubernetesObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name, uid: name },
  subjects: [subject],
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
});
const specOf = (object: KubernetesObject): Record<string, unknown> => ({ ...fieldsAt(object, 'spec') });
const server = { selector: { app: 'immich-server' }, ports: [{ port: 2283, nodePort: 31999 }] };
const managed = (manager: string, fieldsV1: object) => ({
  managedFields: [{ manager, operation: 'Update', time: '2026-11-30T11:00:00Z', fieldsV1 }],
});

/** What somebody does by hand in the cluster, and what names it. */
export const sabotagesOf = (example: string): Sabotage[] => [
  [
    'a node port',
    made(handMade('v1', 'Service', 'back-door', { ...server, type: 'NodePort' })),
    /Service media\/back-door/,
  ],
  [
    'a load balancer',
    made(handMade('v1', 'Service', 'balancer', { ...server, type: 'LoadBalancer' })),
    /Service media\/balancer/,
  ],
  [
    'a deleted policy',
    without('NetworkPolicy', 'immich-postgres'),
    /NetworkPolicy media\/immich-postgres is not in the cluster/,
  ],
  [
    'a deleted default deny',
    without('NetworkPolicy', 'default-deny'),
    /NetworkPolicy \S+\/default-deny is not in the cluster/,
  ],
  [
    'a default deny for fewer pods',
    changed('NetworkPolicy', 'default-deny', (object) => ({
      spec: { ...specOf(object), podSelector: { matchLabels: { app: 'x' } } },
    })),
    /NetworkPolicy \S+\/default-deny: spec is not what Git says/,
  ],
  [
    'a policy that lets everybody in',
    made(
      handMade('networking.k8s.io/v1', 'NetworkPolicy', 'open', {
        podSelector: {},
        ingress: [{}],
        policyTypes: ['Ingress'],
      }),
    ),
    /NetworkPolicy media\/open/,
  ],
  [
    'a label of a pod that policies and Services know',
    changed('Pod', 'immich-postgres-12345-abcde', ({ metadata }) => ({
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, 'app.kubernetes.io/name': 'immich-origin-proxy' },
      },
    })),
    /Pod media\/immich-postgres-12345-abcde/,
  ],
  [
    'another image',
    changed('Deployment', 'cloudflared', (object) => ({
      spec: { ...specOf(object), template: imageOf(object, 'example.com/evil:1') },
    })),
    /Deployment networking\/cloudflared: spec\.template\.spec\.containers\[cloudflared\]\.image is example\.com\/evil:1/,
  ],
  [
    'rights of the API for everybody',
    made(
      clusterRights('everybody', {
        ...{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'system:anonymous' },
      }),
    ),
    /ClusterRoleBinding everybody/,
  ],
  [
    'an Ingress',
    made(handMade('networking.k8s.io/v1', 'Ingress', 'way', { rules: [] })),
    /Ingress media\/way/,
  ],
  [
    'a pod on the network of its node',
    made(
      handMade('v1', 'Pod', 'shell', {
        hostNetwork: true,
        containers: [{ name: 'a', image: 'a', ports: [{ containerPort: 8080, hostPort: 8080 }] }],
      }),
    ),
    /Pod media\/shell/,
  ],
  [
    'a container for debugging',
    changed('Pod', 'immich-redis-12345-abcde', (object) => ({
      spec: { ...specOf(object), ephemeralContainers: [{ name: 'debugger', image: 'busybox' }] },
    })),
    /immich-redis-12345-abcde/,
  ],
  [
    'a Service that leads to other pods',
    changed('Service', 'immich-origin-proxy', (object) => ({
      spec: { ...specOf(object), selector: { app: 'x' } },
    })),
    /Service networking\/immich-origin-proxy: spec\.selector/,
  ],
  [
    'a workload with no pods',
    changed('Deployment', 'immich-server', (object) => ({
      spec: { ...specOf(object), replicas: 0 },
      status: { observedGeneration: 1 },
    })),
    /Deployment media\/immich-server: spec\.replicas is 0/,
  ],
  [
    'a pod that starts again and again',
    (objects) => crashing(objects),
    /Pod networking\/cloudflared-12345-abcde: container cloudflared waits: CrashLoopBackOff, its program ended with 1/,
  ],
  [
    'an annotation by hand',
    changed('Service', 'immich-server', ({ metadata }) => ({
      metadata: {
        ...metadata,
        ...managed('kubectl-annotate', {
          'f:metadata': { 'f:annotations': { 'f:metallb.io/loadBalancerIPs': {} } },
        }),
      },
    })),
    /Service media\/immich-server: kubectl-annotate set metadata\.annotations\.metallb\.io\/loadBalancerIPs at 2026-11-30T11:00:00Z/,
  ],
  ...['kubectl-edit', 'helm', 'my-controller', 'flux', 'gotk-me', 'before-first-apply'].map(
    (manager): Sabotage => [
      `a field of a policy of the load balancer, set by ${manager}`,
      changed('Service', 'immich-server', ({ metadata }) => ({
        metadata: {
          ...metadata,
          ...managed(manager, {
            'f:metadata': { 'f:annotations': { 'f:metallb.io/loadBalancerIPs': {} } },
          }),
        },
      })),
      new RegExp(
        `Service media/immich-server: ${manager} set metadata\\.annotations\\.metallb\\.io/loadBalancerIPs`,
      ),
    ],
  ),
  [
    'labels of a namespace',
    changed('Namespace', 'media', ({ metadata }) => ({ metadata: { ...metadata, labels: {} } })),
    /Namespace media: metadata\.labels/,
  ],
  [
    'a suspended Kustomization',
    changed('Kustomization', `${example}-flux`, (object) => ({ spec: { ...specOf(object), suspend: true } })),
    /Kustomization flux-system\/\w+-flux is suspended/,
  ],
  [
    'rights of the API for all pods',
    made(clusterRights('all-pods', { kind: 'Group', name: 'system:serviceaccounts' })),
    /ClusterRoleBinding all-pods is in the cluster and not in Git/,
  ],
  [
    'rights of the API for the pods of an app',
    made(clusterRights('pods', { kind: 'ServiceAccount', name: 'default', namespace: 'media' })),
    /ClusterRoleBinding pods is in the cluster and not in Git/,
  ],
  [
    'another repository for Flux',
    made(
      handMadeIn('flux-system', 'source.toolkit.fluxcd.io/v1', 'GitRepository', 'other', {
        url: 'https://git.example.org/other',
      }),
    ),
    /GitRepository flux-system\/other is in the cluster and not in Git/,
  ],
  [
    'a Kustomization of Flux by hand',
    made(handMadeIn('flux-system', 'kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'other', {})),
    /Kustomization flux-system\/other is in the cluster and not in Git/,
  ],
  [
    'a Service that belongs to what makes no Services',
    (objects) => {
      const owner = objects.find(of('ConfigMap', 'kube-root-ca.crt'))?.metadata['uid'];
      const service = handMade('v1', 'Service', 'hidden', { ...server, type: 'ClusterIP' });
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt', uid: owner }];
      return [...objects, { ...service, metadata: { ...service.metadata, ownerReferences } }];
    },
    /Service media\/hidden is in the cluster and not in Git/,
  ],
  [
    'addresses of a Service by hand, which belong to it',
    (objects) => {
      const owner = objects.find(of('Service', 'immich-server'));
      const slice: KubernetesObject = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          ...{ name: 'immich-server-2', namespace: 'media', uid: 'slice' },
          labels: { 'kubernetes.io/service-name': 'immich-server' },
          ownerReferences: [{ kind: 'Service', uid: owner?.metadata['uid'], controller: true }],
        },
        ...{ addressType: 'IPv4', ports: [{ port: 2283, protocol: 'TCP' }] },
        endpoints: [{ addresses: ['10.42.0.66'] }],
      };
      return [...objects, slice];
    },
    /Service media\/immich-server leads to 10\.42\.0\.66/,
  ],
  [
    'a pod with the processes of its node',
    changed('Pod', 'immich-redis-12345-abcde', (object) => ({ spec: { ...specOf(object), hostPID: true } })),
    /immich-redis-12345-abcde/,
  ],
  [
    'a new pod that does not get ready beside the old one',
    changed('Deployment', 'immich-server', () => ({
      status: { observedGeneration: 1, replicas: 2, updatedReplicas: 1, readyReplicas: 1 },
    })),
    /Deployment media\/immich-server: 1 of 1 pods are ready, 1 in the newest form, 1 in an earlier one/,
  ],
  [
    'a Kustomization that says no commit',
    changed('Kustomization', example, () => ({
      status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] },
    })),
    /Kustomization flux-system\/\w+ is at no commit yet, and [0-9a-f]{40} was pushed/,
  ],
  [
    'an older commit',
    changed('GitRepository', example, () => ({
      status: {
        observedGeneration: 1,
        artifact: { revision: 'main@sha1:0000' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    })),
    /GitRepository flux-system\/\w+ is at main@sha1:0000, and [0-9a-f]{40} was pushed/,
  ],
];

/** What happens to charts, backups, certificates and upgrades, which the platform has. */
export const sabotagesOfPlatform: Sabotage[] = [
  [
    'a workload of a chart without pods',
    changed('Deployment', 'volsync', (object) => ({
      metadata: {
        ...object.metadata,
        managedFields: [
          { manager: 'kubectl', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
        ],
      },
      spec: { ...specOf(object), replicas: 0 },
      status: { observedGeneration: 1 },
    })),
    /Deployment storage\/volsync: kubectl set spec\.replicas/,
  ],
  [
    'a workload of a chart that is not ready',
    changed('Deployment', 'volsync', () => ({ status: { observedGeneration: 1, replicas: 1 } })),
    /Deployment storage\/volsync: 0 of 1 pods are ready/,
  ],
  [
    'a workload of a chart that is gone',
    (objects) =>
      changed('HelmRelease', 'volsync', ({ status }) => ({
        status: {
          ...Object(status),
          inventory: { entries: [{ id: 'storage_volsync_apps_Deployment', v: 'v1' }] },
        },
      }))(without('Deployment', 'volsync')(objects)),
    /Deployment storage\/volsync is not in the cluster, and HelmRelease storage\/volsync made it/,
  ],
  [
    'what somebody made by the name of a release of another namespace',
    made({
      ...handMade('v1', 'ConfigMap', 'as-if', {}),
      metadata: {
        ...{ name: 'as-if', namespace: 'media', uid: 'as-if' },
        annotations: { 'meta.helm.sh/release-name': 'volsync', 'meta.helm.sh/release-namespace': 'media' },
      },
    }),
    /ConfigMap media\/as-if is in the cluster and not in Git/,
  ],
  [
    'a backup that somebody paused',
    changed('ReplicationSource', 'home-assistant-s3', (object) => ({
      spec: { ...specOf(object), paused: true },
    })),
    /ReplicationSource home-automation\/home-assistant-s3: spec\.paused is true/,
  ],
  [
    'a backup that never ran',
    changed('ReplicationSource', 'immich-postgres-rustfs', () => ({ status: {} })),
    /ReplicationSource media\/immich-postgres-rustfs: it never happened/,
  ],
  [
    'a backup that ended a week ago',
    changed('ReplicationSource', 'immich-postgres-rustfs', () => ({
      status: { lastSyncTime: '2026-11-23T03:17:00Z' },
    })),
    /status\.lastSyncTime is 7 days old/,
  ],
  [
    'a suspended copy of etcd',
    changed('CronJob', 'talos-backup', (object) => ({ spec: { ...specOf(object), suspend: true } })),
    /CronJob kube-system\/talos-backup: spec\.suspend is true/,
  ],
  [
    'an expired certificate',
    made({
      ...handMade('cert-manager.io/v1', 'Certificate', 'web', {}),
      status: { notAfter: '2026-11-29T00:00:00Z', renewalTime: '2026-10-30T00:00:00Z' },
    }),
    /Certificate media\/web ended on 2026-11-29/,
  ],
  [
    'an upgrade that failed',
    changed('TalosUpgrade', 'talos', () => ({ status: { phase: 'Failed', message: 'node alpha' } })),
    /TalosUpgrade talos: status\.phase is Failed \(node alpha\)/,
  ],
  [
    'a health check that does not hold',
    changed('CephCluster', 'ceph', () => ({ status: { ceph: { health: 'HEALTH_WARN' } } })),
    /CephCluster rook-ceph\/ceph: .* is false/,
  ],
  [
    'a node with another Talos',
    changed('Node', 'alpha', ({ status }) => ({
      status: { ...Object(status), nodeInfo: { osImage: 'Talos (v1.12.0)' } },
    })),
    /Node alpha: Talos 1\.12\.0 runs Kubernetes 1\.30 to 1\.35, and not 1\.36\.0/,
  ],
];

function imageOf(object: KubernetesObject, image: string): object {
  const template = fieldsAt(object, 'spec', 'template');
  const spec = fieldsAt(template, 'spec');
  const containers = mapsAt(spec, 'containers').map((container) => ({ ...container, image }));
  return { ...template, spec: { ...spec, containers } };
}

function crashing(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const status = {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [
      {
        name: 'cloudflared',
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1 } },
      },
    ],
  };
  const pod = changed('Pod', 'cloudflared-12345-abcde', () => ({ status }));
  return changed('Deployment', 'cloudflared', () => ({
    status: { observedGeneration: 1, updatedReplicas: 1 },
  }))(pod(objects));
}
