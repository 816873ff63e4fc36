import { describe, expect, it } from 'vitest';
import { changesBetween, changesOf, object, workload } from '../../../tests/upgradedTrees.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

const top = (apiVersion: string, kind: string) => (fields: object) => object(apiVersion, kind, fields);
const of = (apiVersion: string, kind: string) => (spec: object) => object(apiVersion, kind, { spec });
const claim = of('v1', 'PersistentVolumeClaim');
const pod = (fields: object) => workload('Deployment', { pod: fields });
const container = (fields: object) => workload('Deployment', { container: fields });
const job = of('batch/v1', 'Job');
const once = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] } } };

describe('what the API server fills in', () => {
  it.each<[string, KubernetesObject, KubernetesObject]>([
    ['the type of a Secret', top('v1', 'Secret')({}), top('v1', 'Secret')({ type: 'Opaque' })],
    [
      'the mode of a volume',
      claim({ accessModes: [] }),
      claim({ accessModes: [], volumeMode: 'Filesystem' }),
    ],
    [
      'the policy of a StatefulSet',
      workload('StatefulSet'),
      workload('StatefulSet', { spec: { podManagementPolicy: 'OrderedReady', serviceName: '' } }),
    ],
    [
      'the claims of a StatefulSet',
      workload('StatefulSet', { spec: { volumeClaimTemplates: [{ metadata: { name: 'a' }, spec: {} }] } }),
      workload('StatefulSet', {
        spec: {
          volumeClaimTemplates: [
            {
              apiVersion: 'v1',
              kind: 'PersistentVolumeClaim',
              metadata: { name: 'a' },
              spec: { volumeMode: 'Filesystem' },
            },
          ],
        },
      }),
    ],
    ['the mode of a Job', job(once), job({ ...once, completionMode: 'NonIndexed', completions: 1 })],
    [
      'the policy of a class',
      top('storage.k8s.io/v1', 'StorageClass')({}),
      top('storage.k8s.io/v1', 'StorageClass')({ reclaimPolicy: 'Delete' }),
    ],
    ['the policies of a pod', pod({}), pod({ restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' })],
    ['an account by its old name', pod({ serviceAccount: 'a' }), pod({ serviceAccountName: 'a' })],
    ['no volume', pod({}), pod({ volumes: [], hostNetwork: false })],
    [
      'the mode of files',
      pod({ volumes: [{ name: 'a', secret: { secretName: 'a' } }] }),
      pod({ volumes: [{ name: 'a', secret: { secretName: 'a', defaultMode: 0o644 } }] }),
    ],
    ['no argument', container({}), container({ args: [], env: [] })],
    ['when an image is pulled', container({}), container({ imagePullPolicy: 'IfNotPresent' })],
    [
      'the protocol of a port',
      container({ ports: [{ containerPort: 80 }] }),
      container({ ports: [{ containerPort: 80, protocol: 'TCP' }] }),
    ],
    [
      'the times of a probe',
      container({ livenessProbe: { httpGet: { port: 80 } } }),
      container({ livenessProbe: { httpGet: { port: 80, path: '/' }, periodSeconds: 10 } }),
    ],
    [
      'an empty variable',
      container({ env: [{ name: 'A' }] }),
      container({ env: [{ name: 'A', value: '' }] }),
    ],
  ])('changes nothing when it is written out, or left out: %s', (_, without, within) => {
    expect(changesOf(without, within)).toEqual([]);
    expect(changesOf(within, without)).toEqual([]);
  });

  it.each<[string, KubernetesObject, KubernetesObject, string]>([
    ['another type', top('v1', 'Secret')({}), top('v1', 'Secret')({ type: 'kubernetes.io/tls' }), 'refused'],
    ['another mode', claim({}), claim({ volumeMode: 'Block' }), 'refused'],
    ['another policy', pod({}), pod({ restartPolicy: 'OnFailure' }), 'restart'],
    ['when an image is pulled', container({}), container({ imagePullPolicy: 'Always' }), 'restart'],
    ['no context, and an empty one', container({}), container({ securityContext: {} }), 'restart'],
  ])('is not what differs from it: %s', (_, before, after, risk) => {
    expect(changesOf(before, after)).toMatchObject([{ risk }]);
  });

  it.each<[string, KubernetesObject, KubernetesObject, boolean]>([
    ['a class that is named', claim({}), claim({ storageClassName: 'local' }), false],
    ['a volume that is named', claim({}), claim({ volumeName: 'a' }), false],
    [
      'an address that is named',
      of('v1', 'Service')({}),
      of('v1', 'Service')({ clusterIP: '10.0.0.1' }),
      false,
    ],
    ['no address', of('v1', 'Service')({}), of('v1', 'Service')({ clusterIP: 'None' }), true],
    ['another class', claim({ storageClassName: 'a' }), claim({ storageClassName: 'b' }), true],
    ['no class', claim({ storageClassName: 'a' }), claim({}), true],
  ])('may be what the cluster chose already: %s', (_, before, after, certain) => {
    expect(changesOf(before, after)).toMatchObject([{ risk: 'refused', certain }]);
  });

  it('is there for pods that read what changes', () => {
    const config = (a: string) =>
      object('v1', 'ConfigMap', { metadata: { name: 'config', namespace: 'media' }, data: { a } });
    const reader = (policy: object) =>
      workload('Deployment', {
        pod: policy,
        container: { envFrom: [{ configMapRef: { name: 'config' } }] },
      });
    expect(
      changesBetween([config('1'), reader({})], [config('2'), reader({ restartPolicy: 'Always' })]),
    ).toContainEqual(expect.objectContaining({ name: 'deployment/media/app', pods: 'by-hand' }));
  });
});
