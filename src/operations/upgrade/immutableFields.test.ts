import { describe, expect, it } from 'vitest';
import { changesOf, object, workload } from '../../../tests/upgradedTrees.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { refusedFields } from './immutableFields.ts';

const spec = (apiVersion: string, kind: string) => (fields: object) =>
  object(apiVersion, kind, { spec: fields });
const top = (apiVersion: string, kind: string) => (fields: object) => object(apiVersion, kind, fields);
const service = spec('v1', 'Service');
const claim = spec('v1', 'PersistentVolumeClaim');
const volume = spec('v1', 'PersistentVolume');
const job = spec('batch/v1', 'Job');
const set = spec('apps/v1', 'StatefulSet');
const secret = top('v1', 'Secret');
const size = (storage: string) => ({ resources: { requests: { storage } } });
const template = (image: string) => ({ template: { spec: { containers: [{ name: 'app', image }] } } });

describe('a field that the API server refuses to change', () => {
  it.each<[string, KubernetesObject, KubernetesObject, string[]]>([
    ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'].flatMap(
      (kind): [string, KubernetesObject, KubernetesObject, string[]][] => [
        [
          `the selector of a ${kind}`,
          workload(kind),
          workload(kind, { spec: { selector: { matchLabels: { app: 'b' } } } }),
          [kind === 'StatefulSet' ? 'spec.selector' : 'spec.selector.matchLabels.app'],
        ],
        [
          `another label of the selector of a ${kind}`,
          workload(kind),
          workload(kind, { spec: { selector: { matchLabels: { app: 'app', part: 'a' } } } }),
          [kind === 'StatefulSet' ? 'spec.selector' : 'spec.selector.matchLabels.part'],
        ],
      ],
    ),
    [
      'the name of the Service of a StatefulSet',
      set({ serviceName: 'a' }),
      set({ serviceName: 'b' }),
      ['spec.serviceName'],
    ],
    [
      'the claims of a StatefulSet',
      set({ volumeClaimTemplates: [{ spec: size('1Gi') }] }),
      set({ volumeClaimTemplates: [{ spec: size('2Gi') }] }),
      ['spec.volumeClaimTemplates'],
    ],
    [
      'claims that a StatefulSet gets',
      set({}),
      set({ volumeClaimTemplates: [{ spec: size('2Gi') }] }),
      ['spec.volumeClaimTemplates'],
    ],
    [
      'how a StatefulSet starts its pods',
      set({}),
      set({ podManagementPolicy: 'Parallel' }),
      ['spec.podManagementPolicy'],
    ],
    [
      'the template of a Job',
      job(template('a:1')),
      job(template('a:2')),
      ['spec.template.spec.containers[app].image'],
    ],
    ['the completions of a Job', job({ completions: 1 }), job({ completions: 2 }), ['spec.completions']],
    ['the mode of a Job', job({}), job({ completionMode: 'Indexed' }), ['spec.completionMode']],
    [
      'the address of a Service',
      service({ clusterIP: '10.0.0.1' }),
      service({ clusterIP: '10.0.0.2' }),
      ['spec.clusterIP'],
    ],
    ['a Service that becomes headless', service({}), service({ clusterIP: 'None' }), ['spec.clusterIP']],
    [
      'a headless Service that gets an address',
      service({ clusterIP: 'None' }),
      service({ clusterIP: '10.0.0.2' }),
      ['spec.clusterIP'],
    ],
    [
      'the first family of a Service',
      service({ ipFamilies: ['IPv4'] }),
      service({ ipFamilies: ['IPv6', 'IPv4'] }),
      ['spec.ipFamilies'],
    ],
    [
      'the class of a load balancer',
      service({ type: 'LoadBalancer', loadBalancerClass: 'a' }),
      service({ type: 'LoadBalancer', loadBalancerClass: 'b' }),
      ['spec.loadBalancerClass'],
    ],
    [
      'the class of a claim',
      claim({ storageClassName: 'a' }),
      claim({ storageClassName: 'b' }),
      ['spec.storageClassName'],
    ],
    [
      'the modes of a claim',
      claim({ accessModes: ['ReadWriteOnce'] }),
      claim({ accessModes: ['ReadWriteMany'] }),
      ['spec.accessModes'],
    ],
    ['the volume of a claim', claim({ volumeName: 'a' }), claim({ volumeName: 'b' }), ['spec.volumeName']],
    ['a smaller claim', claim(size('2Gi')), claim(size('1Gi')), ['spec.resources.requests.storage']],
    [
      'the source of a volume',
      volume({ nfs: { server: 'a', path: '/a' } }),
      volume({ nfs: { server: 'a', path: '/b' } }),
      ['spec.nfs'],
    ],
    [
      'another kind of source',
      volume({ nfs: { server: 'a', path: '/a' } }),
      volume({ hostPath: { path: '/a' } }),
      ['spec.nfs', 'spec.hostPath'],
    ],
    [
      'the node of a volume',
      volume({ nodeAffinity: { required: 'a' } }),
      volume({ nodeAffinity: { required: 'b' } }),
      ['spec.nodeAffinity'],
    ],
    ['the type of a Secret', secret({ type: 'Opaque' }), secret({ type: 'kubernetes.io/tls' }), ['type']],
    [
      'an immutable Secret',
      secret({ immutable: true, data: { a: 'YQ==' } }),
      secret({ immutable: true, data: { a: 'Yg==' } }),
      ['data.a'],
    ],
    ['an immutable Secret that is to be mutable', secret({ immutable: true }), secret({}), ['immutable']],
    [
      'an immutable ConfigMap',
      top('v1', 'ConfigMap')({ immutable: true, data: { a: '1' } }),
      top('v1', 'ConfigMap')({ immutable: true, data: { a: '1', b: '2' } }),
      ['data.b'],
    ],
    [
      'the binary data of an immutable ConfigMap',
      top('v1', 'ConfigMap')({ immutable: true, binaryData: { a: '1' } }),
      top('v1', 'ConfigMap')({ immutable: true, binaryData: { a: '2' } }),
      ['binaryData.a'],
    ],
    ...['provisioner', 'reclaimPolicy', 'volumeBindingMode'].map(
      (field): [string, KubernetesObject, KubernetesObject, string[]] => [
        `the ${field} of a class`,
        top('storage.k8s.io/v1', 'StorageClass')({ [field]: 'a' }),
        top('storage.k8s.io/v1', 'StorageClass')({ [field]: 'b' }),
        [field],
      ],
    ),
    [
      'the parameters of a class',
      top('storage.k8s.io/v1', 'StorageClass')({ parameters: { pool: 'a' } }),
      top('storage.k8s.io/v1', 'StorageClass')({ parameters: { pool: 'b' } }),
      ['parameters.pool'],
    ],
    ...['RoleBinding', 'ClusterRoleBinding'].map(
      (kind): [string, KubernetesObject, KubernetesObject, string[]] => [
        `the role of a ${kind}`,
        top('rbac.authorization.k8s.io/v1', kind)({ roleRef: { kind: 'Role', name: 'a' } }),
        top('rbac.authorization.k8s.io/v1', kind)({ roleRef: { kind: 'Role', name: 'b' } }),
        ['roleRef.name'],
      ],
    ),
    [
      'the value of a priority',
      top('scheduling.k8s.io/v1', 'PriorityClass')({ value: 1 }),
      top('scheduling.k8s.io/v1', 'PriorityClass')({ value: 2 }),
      ['value'],
    ],
    [
      'the controller of an Ingress class',
      spec('networking.k8s.io/v1', 'IngressClass')({ controller: 'a' }),
      spec('networking.k8s.io/v1', 'IngressClass')({ controller: 'b' }),
      ['spec.controller'],
    ],
    [
      'the scope of a kind',
      spec('apiextensions.k8s.io/v1', 'CustomResourceDefinition')({ scope: 'Cluster' }),
      spec('apiextensions.k8s.io/v1', 'CustomResourceDefinition')({ scope: 'Namespaced' }),
      ['spec.scope'],
    ],
    [
      'the command of a Pod',
      spec('v1', 'Pod')({ containers: [{ name: 'a', command: ['a'] }] }),
      spec('v1', 'Pod')({ containers: [{ name: 'a', command: ['b'] }] }),
      ['spec.containers[a].command'],
    ],
    [
      'the cluster of a database',
      spec('postgresql.cnpg.io/v1', 'Database')({ cluster: { name: 'a' } }),
      spec('postgresql.cnpg.io/v1', 'Database')({ cluster: { name: 'b' } }),
      ['spec.cluster.name'],
    ],
  ])('is found: %s', (_, before, after, fields) => {
    expect(refusedFields(before, after)).toEqual(fields);
    expect(refusedFields(before, before)).toEqual([]);
    expect(changesOf(before, after).map(({ risk }) => risk)).toEqual(['refused']);
  });

  it.each<[string, KubernetesObject, KubernetesObject]>([
    [
      'the template of a Deployment',
      workload('Deployment'),
      workload('Deployment', { container: { image: 'b:2' } }),
    ],
    ['the size of a StatefulSet', set({ replicas: 1 }), set({ replicas: 2 })],
    [
      'what a StatefulSet keeps',
      set({}),
      set({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' } }),
    ],
    ['the limit of a Job', job({ backoffLimit: 1 }), job({ backoffLimit: 2 })],
    ['a larger claim', claim(size('1Gi')), claim(size('2Gi'))],
    ['one size in another unit', claim(size('1Gi')), claim(size('1024Mi'))],
    [
      'a claim with other labels',
      claim({}),
      { ...claim({}), metadata: { name: 'app', namespace: 'media', labels: { a: 'b' } } },
    ],
    [
      'the modes of a volume',
      volume({ accessModes: ['ReadWriteOnce'] }),
      volume({ accessModes: ['ReadWriteMany'] }),
    ],
    ['a node for a volume without one', volume({}), volume({ nodeAffinity: { required: 'a' } })],
    ['the data of a Secret', secret({ data: { a: 'YQ==' } }), secret({ data: { a: 'Yg==' } })],
    ['a Secret that becomes immutable', secret({}), secret({ immutable: true })],
    [
      'the subjects of a binding',
      top('rbac.authorization.k8s.io/v1', 'RoleBinding')({ subjects: [] }),
      top('rbac.authorization.k8s.io/v1', 'RoleBinding')({ subjects: [{ name: 'a' }] }),
    ],
    [
      'whether a class lets volumes grow',
      top('storage.k8s.io/v1', 'StorageClass')({}),
      top('storage.k8s.io/v1', 'StorageClass')({ allowVolumeExpansion: true }),
    ],
    ['the ports of a Service', service({ ports: [{ port: 80 }] }), service({ ports: [{ port: 81 }] })],
    [
      'a Service that leads outside',
      service({ type: 'ExternalName' }),
      service({ type: 'ClusterIP', clusterIP: '10.0.0.1' }),
    ],
    ['a headless Service that no longer says so', service({ clusterIP: 'None' }), service({})],
    [
      'the image of a Pod',
      spec('v1', 'Pod')({ containers: [{ name: 'a', image: 'a:1' }] }),
      spec('v1', 'Pod')({ containers: [{ name: 'a', image: 'a:2' }] }),
    ],
    [
      'a kind that nobody knows',
      spec('example.org/v1', 'Anything')({ a: 1 }),
      spec('example.org/v1', 'Anything')({ a: 2 }),
    ],
  ])('may change: %s', (_, before, after) => {
    expect(refusedFields(before, after)).toEqual([]);
    expect(changesOf(before, after).filter(({ risk }) => risk === 'refused')).toEqual([]);
  });
});

describe('what Flux does then', () => {
  const changed = { selector: { matchLabels: { app: 'b' } } };

  it('stands still, and a user is told what to delete', () => {
    const [change] = changesOf(workload('Deployment'), workload('Deployment', { spec: changed }));
    expect(change?.sentence).toContain('Flux applies nothing of Kustomization flux-system/home');
    expect(change?.remedy).toContain('kubectl -n media delete deployment app');
  });

  it('makes the object again where it is told to, and its pods stop', () => {
    const force = { annotations: { 'kustomize.toolkit.fluxcd.io/force': 'enabled' } };
    const [before, after] = [
      workload('Deployment', { metadata: force }),
      workload('Deployment', { metadata: force, spec: changed }),
    ];
    expect(changesOf(before, after)).toMatchObject([
      { risk: 'restart', pods: 'replaced', gap: 'until-ready' },
    ]);
  });

  it('runs a Job once more', () => {
    const metadata = {
      name: 'app',
      namespace: 'media',
      annotations: { 'kustomize.toolkit.fluxcd.io/force': 'Enabled' },
    };
    const [before, after] = ['a:1', 'a:2'].map((image) => ({ ...job(template(image)), metadata }));
    expect(changesOf(before as KubernetesObject, after as KubernetesObject)).toMatchObject([
      { risk: 'restart', pods: 'replaced', gap: 'none', certain: true },
    ]);
  });

  it('takes the data of a claim with it', () => {
    const metadata = {
      name: 'app',
      namespace: 'media',
      annotations: { 'kustomize.toolkit.fluxcd.io/force': 'enabled' },
    };
    const [before, after] = ['a', 'b'].map((storageClassName) => ({
      ...claim({ storageClassName }),
      metadata,
    }));
    expect(changesOf(before as KubernetesObject, after as KubernetesObject)).toMatchObject([
      { risk: 'data', certain: true },
    ]);
  });
});
