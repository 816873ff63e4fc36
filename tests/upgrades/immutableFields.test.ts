import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { immutableChanges } from './immutableFields.ts';

const of = (apiVersion: string, kind: string, rest: object, annotations = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'one', namespace: 'media', annotations },
  ...rest,
});

test.each<[string, string, object, object, readonly string[]]>([
  ['apps/v1', 'Deployment', { spec: { selector: 1 } }, { spec: { selector: 2 } }, ['spec.selector']],
  ['apps/v1', 'Deployment', { spec: { template: 1 } }, { spec: { template: 2 } }, []],
  ['apps/v1', 'DaemonSet', { spec: { selector: 1 } }, { spec: {} }, ['spec.selector']],
  [
    'apps/v1',
    'StatefulSet',
    { spec: { volumeClaimTemplates: [1], template: 1 } },
    { spec: { volumeClaimTemplates: [2], template: 2 } },
    ['spec.volumeClaimTemplates'],
  ],
  [
    'apps/v1',
    'StatefulSet',
    { spec: { replicas: 1 } },
    { spec: { replicas: 2, serviceName: 'x' } },
    ['spec.serviceName'],
  ],
  ['batch/v1', 'Job', { spec: { template: 1 } }, { spec: { template: 2 } }, ['spec.template']],
  ['batch/v1', 'CronJob', { spec: { jobTemplate: 1 } }, { spec: { jobTemplate: 2 } }, []],
  [
    'v1',
    'PersistentVolumeClaim',
    { spec: { storageClassName: 'a', resources: 1 } },
    { spec: { storageClassName: 'b', resources: 2 } },
    ['spec.storageClassName'],
  ],
  [
    'v1',
    'PersistentVolume',
    { spec: { nfs: { path: '/a' }, capacity: 1 } },
    { spec: { nfs: { path: '/b' }, capacity: 2 } },
    ['spec.nfs'],
  ],
  ['v1', 'PersistentVolume', { spec: { nfs: {} } }, { spec: { csi: {} } }, ['spec.nfs', 'spec.csi']],
  ['v1', 'Service', { spec: { clusterIP: 'None' } }, { spec: { ports: [] } }, ['spec.clusterIP']],
  ['v1', 'Secret', { type: 'Opaque', data: 1 }, { type: 'kubernetes.io/tls', data: 2 }, ['type']],
  ['v1', 'ConfigMap', { immutable: true, data: 1 }, { immutable: true, data: 2 }, ['data']],
  ['v1', 'ConfigMap', { data: 1 }, { immutable: true, data: 2 }, []],
  [
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    { roleRef: 1, subjects: 1 },
    { roleRef: 2, subjects: 2 },
    ['roleRef'],
  ],
  [
    'helm.toolkit.fluxcd.io/v2',
    'HelmRelease',
    { spec: { releaseName: 'a', values: 1 } },
    { spec: { releaseName: 'b', values: 2 } },
    ['spec.releaseName'],
  ],
  ['v1', 'Namespace', { metadata: { name: 'a' } }, { metadata: { name: 'a', labels: {} } }, []],
])('%s %s', (apiVersion, kind, before, after, expected) => {
  expect(immutableChanges(of(apiVersion, kind, before), of(apiVersion, kind, after))).toEqual(expected);
});

test('a Job that Flux makes again may change, and nothing else may by that', () => {
  const force = { 'kustomize.toolkit.fluxcd.io/force': 'enabled' };
  const changed = (apiVersion: string, kind: string): readonly string[] =>
    immutableChanges(
      of(apiVersion, kind, { spec: { template: 1, selector: 1 } }, force),
      of(apiVersion, kind, { spec: { template: 2, selector: 2 } }, force),
    );
  expect(changed('batch/v1', 'Job')).toEqual([]);
  expect(changed('apps/v1', 'Deployment')).toEqual(['spec.selector']);
});
