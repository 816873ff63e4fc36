import { expect, test } from 'vitest';
import { isFields } from '../../src/kubernetes/fields.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { withServerDefaults } from '../../src/kubernetes/serverDefaults.ts';
import { objectDifferences } from '../../src/operations/upgrade/fieldDifferences.ts';
import { controlPlane, controlPlaneParts } from './fixtures/controlPlane.ts';
import { realSuite } from './fixtures/suite.ts';

const labels = { app: 'a' };
const selector = { matchLabels: labels };
const get = { httpGet: { port: 80 } };
const container = {
  name: 'main',
  image: 'example.com/image:1',
  ports: [{ containerPort: 80 }],
  env: [{ name: 'A' }, { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
  resources: { limits: { memory: '1Gi' } },
  volumeMounts: [{ name: 'a', mountPath: '/a' }],
  livenessProbe: get,
  readinessProbe: { grpc: { port: 80 } },
  startupProbe: { exec: { command: ['true'] } },
  lifecycle: { preStop: get },
};
const volumes = [
  { name: 'a' },
  { name: 'b', configMap: { name: 'a' } },
  { name: 'c', secret: { secretName: 'a' } },
  { name: 'd', hostPath: { path: '/a' } },
  { name: 'e', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
  { name: 'f', nfs: { server: 'a', path: '/a' } },
  { name: 'g', persistentVolumeClaim: { claimName: 'a' } },
  {
    name: 'h',
    projected: {
      sources: [
        { serviceAccountToken: { path: 'a' } },
        { downwardAPI: { items: [{ path: 'b', fieldRef: { fieldPath: 'metadata.name' } }] } },
      ],
    },
  },
];
const images = ['a', 'a:latest', 'a:1', `a@sha256:${'0'.repeat(64)}`, 'localhost:5000/a'];
const pod = {
  containers: [container, ...images.map((image, index) => ({ name: `image-${index}`, image }))],
  initContainers: [{ name: 'first', image: 'a:1' }],
  serviceAccountName: 'mine',
  volumes,
};
const template = { metadata: { labels }, spec: pod };
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const once = { template: { spec: { ...pod, restartPolicy: 'Never' } } };

/** Each with as little as the API server takes. */
const minimal: readonly (readonly [string, string, object])[] = [
  ['apps/v1', 'Deployment', { spec: { selector, template } }],
  ['apps/v1', 'Deployment', { spec: { selector, template, strategy: { type: 'Recreate' } } }],
  ['apps/v1', 'StatefulSet', { spec: { selector, template } }],
  [
    'apps/v1',
    'StatefulSet',
    { spec: { selector, template, volumeClaimTemplates: [{ metadata: { name: 'x' }, spec: claim }] } },
  ],
  ['apps/v1', 'DaemonSet', { spec: { selector, template } }],
  ['apps/v1', 'ReplicaSet', { spec: { selector, template } }],
  ['batch/v1', 'Job', { spec: once }],
  ['batch/v1', 'Job', { spec: { ...once, parallelism: 2 } }],
  ['batch/v1', 'CronJob', { spec: { schedule: '0 3 * * *', jobTemplate: { spec: once } } }],
  ['v1', 'Service', { spec: { ports: [{ port: 80 }], selector: labels } }],
  ['v1', 'Service', { spec: { type: 'NodePort', ports: [{ port: 80 }], selector: labels } }],
  ['v1', 'Service', { spec: { type: 'ExternalName', externalName: 'example.org' } }],
  ['v1', 'PersistentVolumeClaim', { spec: claim }],
  [
    'v1',
    'PersistentVolume',
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/a' } } },
  ],
  ['v1', 'Secret', {}],
  ['storage.k8s.io/v1', 'StorageClass', { provisioner: 'example.org/a' }],
  ['scheduling.k8s.io/v1', 'PriorityClass', { value: 1 }],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', bound('Role')],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', bound('ClusterRole')],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    {
      spec: {
        maxReplicas: 2,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
      },
    },
  ],
];

function bound(kind: string): object {
  const account = { kind: 'ServiceAccount', name: 'a', namespace: 'default' };
  return { roleRef: { kind, name: 'a' }, subjects: [account, { kind: 'Group', name: 'a' }] };
}

/** What the server says of an object by itself, and no manifest has to. */
const assigned =
  /^(?:spec\.(?:clusterIPs?|ipFamilies|ipFamilyPolicy|externalTrafficPolicy|ports\[\d+\]\.nodePort|selector|metrics)\b|spec\.jobTemplate\.metadata|spec\.(?:jobTemplate\.spec\.)?template\.metadata|metadata\.(?:labels|annotations|finalizers)|status)/;

realSuite('the defaults of the API server', controlPlaneParts, (parts) => {
  test.each(minimal)('are known: %s %s', async (apiVersion, kind, fields) => {
    await using cluster = await controlPlane(parts);
    await using namespace = await cluster.namespace();
    const isClusterScoped = /^(?:PersistentVolume|StorageClass|PriorityClass|ClusterRoleBinding)$/.test(kind);
    const metadata = {
      name: isClusterScoped ? namespace.name : 'app',
      ...(isClusterScoped ? {} : { namespace: namespace.name }),
    };
    const written: KubernetesObject = { apiVersion, kind, metadata, ...fields };
    const { object: stored } = await cluster.create(written, { dryRun: true });
    const [filled, found] = [withServerDefaults(written), withServerDefaults(stored)];
    expect(objectDifferences(filled, found).filter((path) => !assigned.test(path))).toEqual([]);
    // What is filled in is what the server stores, but for what it stores as nothing.
    expect(untrue(filled, stored)).toEqual([]);
  });
});

/** The paths of values that the server does not have. */
function untrue(value: unknown, stored: unknown, path = ''): string[] {
  if (isFields(value) && isFields(stored))
    return Object.keys(value).flatMap((name) => untrue(value[name], stored[name], `${path}.${name}`));
  if (Array.isArray(value) && Array.isArray(stored) && value.length === stored.length)
    return value.flatMap((item, index) => untrue(item, stored[index], `${path}[${index}]`));
  const isNothing = value === false || value === '' || value === 0 || Object.keys(Object(value)).length === 0;
  return Object.is(value, stored) || (stored === undefined && isNothing) ? [] : [path];
}
