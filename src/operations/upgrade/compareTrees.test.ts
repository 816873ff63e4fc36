import { describe, expect, it } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import {
  changesBetween,
  changesOf,
  kustomization,
  object,
  tree,
  workload,
} from '../../../tests/upgradedTrees.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { restartsAmong } from './clusterChange.ts';
import { compareTrees } from './compareTrees.ts';

const container = (fields: object) => ({ container: fields });
const claimVolume = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
const claim = (mode: string) =>
  object('v1', 'PersistentVolumeClaim', {
    metadata: { name: 'data', namespace: 'media' },
    spec: { accessModes: [mode] },
  });

describe('a pod template that changes', () => {
  it.each<[string, Record<string, object>, Record<string, object>, string]>([
    [
      'another image',
      {},
      container({ image: 'example.org/other:1' }),
      'container app: image example.org/app:1 → example.org/other:1',
    ],
    [
      'the digest of the image',
      container({ image: 'example.org/app:1@sha256:00' }),
      container({ image: 'example.org/app:1@sha256:11' }),
      'container app: another digest of image app:1',
    ],
    ['the image', {}, container({ image: 'example.org/app:2' }), 'container app: image app 1 → 2'],
    ['a variable', {}, container({ env: [{ name: 'A', value: '1' }] }), 'container app: env'],
    [
      'another variable',
      container({ env: [{ name: 'A', value: '1' }] }),
      container({ env: [{ name: 'A', value: '2' }] }),
      'container app: variable A',
    ],
    [
      'a mount',
      container({ volumeMounts: [] }),
      container({ volumeMounts: [{ name: 'a', mountPath: '/a' }] }),
      'container app: mount /a',
    ],
    [
      'a port',
      container({ ports: [] }),
      container({ ports: [{ containerPort: 80 }] }),
      'container app: port 80',
    ],
    ['a probe', {}, container({ livenessProbe: { exec: {} } }), 'container app: livenessProbe'],
    ['resources', {}, container({ resources: { limits: { memory: '1Gi' } } }), 'container app: resources'],
    [
      'a container',
      {},
      {
        pod: {
          containers: [
            { name: 'app', image: 'example.org/app:1', readinessProbe: {} },
            { name: 'side', image: 'a:1' },
          ],
        },
      },
      'container side: it is new',
    ],
    [
      'a container that goes',
      { pod: { initContainers: [{ name: 'first' }] } },
      { pod: { initContainers: [] } },
      'container first: it is gone',
    ],
    ['a volume', { pod: { volumes: [] } }, { pod: { volumes: [{ name: 'a', emptyDir: {} }] } }, 'volume a'],
    ['the node', {}, { pod: { nodeSelector: { a: 'b' } } }, 'nodeSelector'],
  ])('restarts the pods of a Deployment: %s', (_, before, after, part) => {
    const restarts = restartsAmong(changesOf(workload('Deployment', before), workload('Deployment', after)));
    expect(restarts).toMatchObject([{ risk: 'restart', pods: 'replaced', certain: true }]);
    expect(restarts[0]?.sentence).toContain(part);
  });

  const hashed = (hash: string, kind = 'Deployment') => {
    const base = workload(kind);
    const spec = base['spec'] as { template: object };
    return {
      ...base,
      spec: {
        ...spec,
        template: {
          ...spec.template,
          metadata: { labels: { app: 'app' }, annotations: { 'checksum/config': hash } },
        },
      },
    };
  };

  it('says of a hash that it is one', () => {
    expect(changesOf(hashed('1'), hashed('2'))[0]?.sentence).toContain(
      'the hash of its configuration (annotation checksum/config)',
    );
  });

  it.each<[string, KubernetesObject, string, string?]>([
    ['one replica, ready by a probe', workload('Deployment', container({ image: 'a:2' })), 'none'],
    [
      'one replica without a probe',
      workload('Deployment', container({ image: 'a:2', readinessProbe: undefined as never })),
      'unknown',
      'readiness probe',
    ],
    [
      'Recreate',
      workload('Deployment', { ...container({ image: 'a:2' }), spec: { strategy: { type: 'Recreate' } } }),
      'until-ready',
      'Recreate',
    ],
    [
      'no surge',
      workload('Deployment', {
        ...container({ image: 'a:2' }),
        spec: { strategy: { rollingUpdate: { maxSurge: 0 } } },
      }),
      'until-ready',
    ],
    [
      'no surge for many',
      workload('Deployment', {
        ...container({ image: 'a:2' }),
        spec: { replicas: 3, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
      }),
      'none',
    ],
    [
      'all at once',
      workload('Deployment', {
        ...container({ image: 'a:2' }),
        spec: { replicas: 3, strategy: { rollingUpdate: { maxUnavailable: '100%' } } },
      }),
      'until-ready',
    ],
    [
      'a port of the node',
      workload('Deployment', container({ image: 'a:2', ports: [{ containerPort: 1, hostPort: 1 }] })),
      'unknown',
      'port of a node',
    ],
    ['no replica', workload('Deployment', { ...container({ image: 'a:2' }), spec: { replicas: 0 } }), 'none'],
    ['one pod of a StatefulSet', workload('StatefulSet', container({ image: 'a:2' })), 'until-ready'],
    [
      'three pods of a StatefulSet',
      workload('StatefulSet', { ...container({ image: 'a:2' }), spec: { replicas: 3 } }),
      'none',
      'one after another',
    ],
    ['a DaemonSet', workload('DaemonSet', container({ image: 'a:2' })), 'per-node', 'on each node'],
    [
      'a DaemonSet with a surge',
      workload('DaemonSet', {
        ...container({ image: 'a:2' }),
        spec: { updateStrategy: { rollingUpdate: { maxSurge: 1 } } },
      }),
      'none',
    ],
  ])('says whether there is a gap: %s', (_, after, gap, why = '') => {
    const { spec } = after as unknown as { spec: { template: { spec: { containers: object[] } } } };
    const before = {
      ...after,
      spec: {
        ...spec,
        template: { ...spec.template, spec: { containers: [{ name: 'app', image: 'a:1' }] } },
      },
    };
    const [restart] = restartsAmong(changesOf(before, after));
    expect(restart).toMatchObject({ gap, sentence: expect.stringContaining(why) });
  });

  it.each([
    ['ReadWriteOncePod', 'one pod alone'],
    ['ReadWriteOnce', 'one node alone'],
  ])('asks the claim: %s', (mode, why) => {
    const [before, after] = ['a:1', 'a:2'].map((image) =>
      workload('Deployment', { ...container({ image }), pod: claimVolume }),
    );
    const [restart] = restartsAmong(
      changesOf(before as KubernetesObject, after as KubernetesObject, [claim(mode)]),
    );
    expect(restart).toMatchObject({ gap: 'unknown', sentence: expect.stringContaining(why) });
  });

  it.each([
    ['OnDelete', 'StatefulSet', { updateStrategy: { type: 'OnDelete' } }],
    ['OnDelete', 'DaemonSet', { updateStrategy: { type: 'OnDelete' } }],
    ['a partition', 'StatefulSet', { updateStrategy: { rollingUpdate: { partition: 1 } } }],
    ['a pause', 'Deployment', { paused: true }],
  ])('has to be done by hand with %s of a %s', (_, kind, spec) => {
    const changes = changesOf(
      workload(kind, { spec }),
      workload(kind, { spec, ...container({ image: 'a:2' }) }),
    );
    expect(restartsAmong(changes)).toMatchObject([
      { pods: 'by-hand', remedy: expect.stringContaining('rollout restart') },
    ]);
  });

  it('may restart the pods where only the order of entries changes', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    const changes = changesOf(
      workload('Deployment', container({ env })),
      workload('Deployment', container({ env: env.toReversed() })),
    );
    expect(changes).toMatchObject([{ risk: 'restart', pods: 'may', certain: false }]);
  });

  it('changes who selects the pods where labels change', () => {
    const before = workload('Deployment');
    const { spec } = before as unknown as { spec: { template: object } };
    const after = {
      ...before,
      spec: { ...spec, template: { ...spec.template, metadata: { labels: { app: 'app', tier: 'a' } } } },
    };
    expect(changesOf(before, after).map(({ risk }) => risk)).toEqual(['restart', 'network']);
  });

  it.each(['CronJob', 'ReplicaSet'])('leaves running pods of a %s alone', (kind) => {
    const group = kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
    const spec = (image: string) => {
      const template = { template: { spec: { containers: [{ name: 'a', image }] } } };
      return kind === 'CronJob' ? { jobTemplate: { spec: template } } : template;
    };
    expect(
      changesOf(object(group, kind, { spec: spec('a:1') }), object(group, kind, { spec: spec('a:2') })),
    ).toMatchObject([{ risk: 'nothing' }]);
  });
});

describe('pods that stop', () => {
  it.each([
    [3, 2, 'none', '1 of its 3 pods stop'],
    [1, 0, 'until-ready', 'all of its pods stop'],
  ])('are named when %s replicas become %s', (from, to, gap, why) => {
    const [before, after] = [from, to].map((replicas) => workload('Deployment', { spec: { replicas } }));
    expect(changesOf(before as KubernetesObject, after as KubernetesObject)).toMatchObject([
      { risk: 'restart', pods: 'stopped', gap, sentence: expect.stringContaining(why) },
    ]);
  });

  it('are not those of a Deployment that grows', () => {
    const changes = changesOf(workload('Deployment'), workload('Deployment', { spec: { replicas: 2 } }));
    expect(changes).toMatchObject([{ risk: 'nothing' }]);
  });

  it('are those of a workload that is gone', () => {
    expect(changesBetween([workload('Deployment')], [])).toMatchObject([
      { risk: 'restart', pods: 'stopped' },
    ]);
  });
});

const configMap = (data: object, kind = 'ConfigMap') =>
  object('v1', kind, { metadata: { name: 'config', namespace: 'media' }, data });
const reads = (pod: object, fields: object) => workload('Deployment', { pod, container: fields });

describe('a ConfigMap or a Secret that changes', () => {
  const envFrom = (kind: string) => ({
    envFrom: [{ [kind === 'Secret' ? 'secretRef' : 'configMapRef']: { name: 'config' } }],
  });
  const keyRef = (kind: string, key: string) => ({
    env: [
      {
        name: 'A',
        valueFrom: { [kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef']: { name: 'config', key } },
      },
    ],
  });
  const volume = (kind: string, items?: object[]) => ({
    volumes: [
      {
        name: 'c',
        ...(kind === 'Secret'
          ? { secret: { secretName: 'config', items } }
          : { configMap: { name: 'config', items } }),
      },
    ],
  });
  const projected = {
    volumes: [
      {
        name: 'c',
        projected: { sources: [{ configMap: { name: 'config' } }, { secret: { name: 'config' } }] },
      },
    ],
  };
  const mount = (more = {}) => ({ volumeMounts: [{ name: 'c', mountPath: '/c', ...more }] });
  const cases: [string, KubernetesObject, string | undefined][] = ['ConfigMap', 'Secret'].flatMap(
    (kind): [string, KubernetesObject, string | undefined][] => [
      [`${kind} as environment`, reads({}, envFrom(kind)), 'by-hand'],
      [`${kind} as a variable`, reads({}, keyRef(kind, 'a')), 'by-hand'],
      [`${kind} as another variable`, reads({}, keyRef(kind, 'b')), undefined],
      [`${kind} as files`, reads(volume(kind), mount()), 'mounted'],
      [`${kind} as projected files`, reads(projected, mount()), 'mounted'],
      [`${kind} as one file`, reads(volume(kind, [{ key: 'a', path: 'a' }]), mount()), 'mounted'],
      [`${kind} as another file`, reads(volume(kind, [{ key: 'b', path: 'b' }]), mount()), undefined],
      [`${kind} as a file that stays`, reads(volume(kind), mount({ subPath: 'a' })), 'by-hand'],
      [`${kind} in a volume that is not mounted`, reads(volume(kind), {}), undefined],
      [`${kind} that nobody reads`, workload('Deployment'), undefined],
    ],
  );

  it.each(cases)('says what its readers notice: %s', (name, reader, pods) => {
    const kind = name.split(' ')[0] ?? '';
    const changes = changesOf(
      configMap({ a: 'MQ==', b: 'eA==' }, kind),
      configMap({ a: 'Mg==', b: 'eA==' }, kind),
      [reader],
    );
    expect(changes.flatMap((change) => change.pods ?? [])).toEqual(pods === undefined ? [] : [pods]);
    if (pods === 'by-hand')
      expect(changes[0]?.remedy).toBe('kubectl -n media rollout restart deployment/app');
    expect(changes.length).toBeGreaterThan(0);
  });

  it('is taken by a pod that restarts for its hash', () => {
    const reader = (hash: string) => {
      const base = reads({}, envFrom('ConfigMap'));
      const { spec } = base as unknown as { spec: { template: object } };
      return {
        ...base,
        spec: {
          ...spec,
          template: { ...spec.template, metadata: { annotations: { 'checksum/config': hash } } },
        },
      };
    };
    const changes = changesBetween(
      [configMap({ a: '1' }), reader('1')],
      [configMap({ a: '2' }), reader('2')],
    );
    expect(changes.flatMap(({ pods }) => pods ?? [])).toEqual(['replaced']);
  });

  it('may be read by a chart that is told its name', () => {
    const release = object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
      spec: { values: { secret: { existingSecret: 'config' } } },
    });
    expect(
      changesOf(configMap({ a: 'MQ==' }, 'Secret'), configMap({ a: 'Mg==' }, 'Secret'), [release]),
    ).toContainEqual(expect.objectContaining({ name: 'helmrelease/media/app', pods: 'may', certain: false }));
  });

  it('is not certain where no key opens it', () => {
    const [before, after] = ['x', 'y'].map((text) =>
      configMap({ a: `ENC[AES256_GCM,data:${text}]` }, 'Secret'),
    );
    const [change] = changesOf(before as KubernetesObject, after as KubernetesObject, [
      reads({}, envFrom('Secret')),
    ]);
    expect(change).toMatchObject({ pods: 'by-hand', certain: false });
  });

  it('changes who passes where a proxy reads it', () => {
    const proxy = reads(volume('ConfigMap'), {
      image: 'docker.io/nginxinc/nginx-unprivileged:1.30',
      ...mount(),
    });
    const changes = changesOf(configMap({ 'nginx.conf': 'a' }), configMap({ 'nginx.conf': 'b' }), [proxy]);
    expect(changes).toContainEqual(
      expect.objectContaining({ risk: 'network', name: 'configmap/media/config' }),
    );
  });

  it('holds a password that PostgreSQL keeps', () => {
    const server = reads(
      { volumes: [{ name: 'data', hostPath: {} }] },
      { image: 'postgres:16', ...envFrom('Secret') },
    );
    const changes = changesOf(
      configMap({ POSTGRES_PASSWORD: 'MQ==' }, 'Secret'),
      configMap({ POSTGRES_PASSWORD: 'Mg==' }, 'Secret'),
      [server],
    );
    expect(changes[0]).toMatchObject({
      risk: 'data',
      sentence: expect.stringContaining('keeps the password'),
    });
  });
});

describe('a release', () => {
  const release = (spec: object) => object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', { spec });
  const source = (tag: string) =>
    object('source.toolkit.fluxcd.io/v1', 'OCIRepository', {
      metadata: { name: 'chart', namespace: 'media' },
      spec: { url: 'oci://example.org/charts/app', ref: { tag } },
    });
  const byRef = { chartRef: { kind: 'OCIRepository', name: 'chart' } };
  const byChart = (version: string) => ({ chart: { spec: { chart: 'app', version } } });

  it.each<[string, KubernetesObject[], KubernetesObject[], string]>([
    ['its version', [release(byChart('1.0.0'))], [release(byChart('1.1.0'))], 'its chart app 1.0.0 → 1.1.0'],
    [
      'the version of its source',
      [release(byRef), source('v1')],
      [release(byRef), source('v2')],
      'its chart app v1 → v2',
    ],
    [
      'a value',
      [release({ values: { image: { tag: '1' } } })],
      [release({ values: { image: { tag: '2' } } })],
      'spec.values.image.tag',
    ],
    ['a patch of its objects', [release({})], [release({ postRenderers: [{}] })], 'spec.postRenderers'],
    [
      'values from elsewhere',
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'config' }] }), configMap({ a: '1' })],
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'config' }] }), configMap({ a: '2' })],
      'ConfigMap config changes',
    ],
    ['a field that nobody knows', [release({})], [release({ tomorrow: 1 })], 'spec.tomorrow'],
  ])('may restart pods: %s', (_, before, after, why) => {
    const restarts = restartsAmong(changesBetween(before, after));
    expect(restarts).toMatchObject([{ name: 'helmrelease/media/app', pods: 'may', certain: false }]);
    expect(restarts[0]?.sentence).toContain(why);
  });

  it.each([
    ['interval', '1h'],
    ['timeout', '5m'],
    ['upgrade', { remediation: {} }],
    ['dependsOn', [{ name: 'a' }]],
  ])('does not for %s', (field, value) => {
    expect(changesOf(release({}), release({ [field]: value }))).toMatchObject([{ risk: 'nothing' }]);
  });

  it('is compared by what its chart makes where that is known', () => {
    const [before, after] = ['1', '2'].map((version) => {
      const outside: SourcedObject[] = [{ object: release(byChart(version)), file: 'release.yaml' }];
      return tree(
        [
          {
            object: workload('Deployment', container({ image: `a:${version}` })),
            file: 'release.yaml',
            template: 'deployment.yaml',
          },
        ],
        { outside },
      );
    });
    const restarts = restartsAmong(compareTrees(before as never, after as never));
    expect(restarts.map(({ name }) => name)).toEqual(['deployment/media/app']);
  });

  it('loses data where Helm installs it again', () => {
    const changes = changesOf(release({ releaseName: 'a' }), release({ releaseName: 'b' }));
    expect(changes.map(({ risk }) => risk)).toContain('data');
  });
});

describe('a custom resource', () => {
  const resource = (apiVersion: string, kind: string, spec: object, metadata: object = {}) =>
    object(apiVersion, kind, { metadata: { name: 'app', namespace: 'media', ...metadata }, spec });

  it.each([
    ['postgresql.cnpg.io/v1', 'Cluster', 'CloudNativePG'],
    ['k8s.keycloak.org/v2alpha1', 'Keycloak', 'operator'],
    ['gateway.envoyproxy.io/v1alpha1', 'EnvoyProxy', 'Envoy Gateway'],
    ['example.org/v1', 'Anything', 'not known here'],
    ['ceph.rook.io/v1', 'CephCluster', 'storage'],
  ])('whose controller restarts pods may do so: %s %s', (apiVersion, kind, why) => {
    const changes = changesOf(resource(apiVersion, kind, { a: 1 }), resource(apiVersion, kind, { a: 2 }));
    expect(changes).toContainEqual(
      expect.objectContaining({
        risk: 'restart',
        pods: 'may',
        certain: false,
        sentence: expect.stringContaining(why),
      }),
    );
  });

  it.each([
    ['monitoring.coreos.com/v1', 'PodMonitor'],
    ['cert-manager.io/v1', 'ClusterIssuer'],
    ['policy/v1', 'PodDisruptionBudget'],
    ['volsync.backube/v1alpha1', 'ReplicationDestination'],
  ])('of which no pod restarts is named as nothing: %s %s', (apiVersion, kind) => {
    expect(
      changesOf(resource(apiVersion, kind, { a: 1 }), resource(apiVersion, kind, { a: 2 })),
    ).toMatchObject([{ risk: 'nothing' }]);
  });

  it('may be told something by an annotation', () => {
    const [before, after] = ['1', '2'].map((value) =>
      resource('example.org/v1', 'Anything', {}, { annotations: { 'example.org/restart': value } }),
    );
    expect(changesOf(before as KubernetesObject, after as KubernetesObject)).toMatchObject([{ pods: 'may' }]);
  });

  it('restarts nodes for another version of Talos', () => {
    const talos = (version: string) =>
      resource('tuppr.home-operations.com/v1alpha1', 'TalosUpgrade', { talos: { version } });
    expect(changesOf(talos('v1.13.2'), talos('v1.14.7'))).toMatchObject([
      {
        risk: 'restart',
        pods: 'replaced',
        gap: 'per-node',
        sentence: expect.stringContaining('v1.13.2 → v1.14.7'),
      },
    ]);
    const kubernetes = (version: string) =>
      resource('tuppr.home-operations.com/v1alpha1', 'KubernetesUpgrade', { kubernetes: { version } });
    expect(changesOf(kubernetes('v1.36.0'), kubernetes('v1.36.1'))).toMatchObject([
      { risk: 'restart', pods: 'may' },
    ]);
  });

  it('that is new and of an unknown kind may do anything', () => {
    expect(changesBetween([], [resource('example.org/v1', 'Anything', {})])).toMatchObject([
      { pods: 'may', certain: false },
    ]);
  });
});

describe('data', () => {
  const data = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
  const withImage = (image: string) =>
    workload('Deployment', {
      pod: data,
      container: { image, volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    });

  it.each([
    ['another major version of PostgreSQL', 'postgres:16', 'postgres:17', 'PostgreSQL 16 becomes 17', true],
    ['a database of another family', 'postgres:16', 'mariadb:11', 'its image changes', true],
    [
      'an older Immich',
      'ghcr.io/immich-app/immich-server:v3.3.1',
      'ghcr.io/immich-app/immich-server:v3.1.0',
      'older',
      true,
    ],
    [
      'a newer Immich',
      'ghcr.io/immich-app/immich-server:v3.1.0',
      'ghcr.io/immich-app/immich-server:v3.3.1',
      'only forward',
      true,
    ],
    ['another major version of MariaDB', 'mariadb:10.11', 'mariadb:11.4', 'another major version', false],
    [
      'another major version of Valkey',
      'valkey/valkey:8.1',
      'valkey/valkey:9.0',
      'another major version',
      false,
    ],
    [
      'an extension that is gone',
      'immich-app/postgres:14-vectorchord0.4.3-pgvectors0.2.0',
      'immich-app/postgres:14-vectorchord0.4.3',
      'pgvectors 0.2.0 is no longer',
      true,
    ],
    [
      'an extension that is newer',
      'immich-app/postgres:14-vectorchord0.4.3',
      'immich-app/postgres:14-vectorchord0.5.3',
      'vectorchord 0.4.3 becomes 0.5.3',
      false,
    ],
  ])('may be unreadable: %s', (_, before, after, why, certain) => {
    const changes = changesOf(withImage(before), withImage(after));
    expect(changes).toContainEqual(
      expect.objectContaining({ risk: 'data', certain, sentence: expect.stringContaining(why) }),
    );
    expect(restartsAmong(changes)).toHaveLength(1);
  });

  it.each([
    ['postgres:16.1', 'postgres:16.2'],
    ['example.org/app:1', 'example.org/app:2'],
    ['mariadb:11.1', 'mariadb:11.2'],
  ])('stays readable from %s to %s', (before, after) => {
    expect(changesOf(withImage(before), withImage(after)).filter(({ risk }) => risk === 'data')).toEqual([]);
  });

  it.each([
    ['a namespace', object('v1', 'Namespace', { metadata: { name: 'media' } })],
    ['a claim', claim('ReadWriteOnce')],
    [
      'a definition',
      object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { metadata: { name: 'a.example.org' } }),
    ],
    ['a release', object('helm.toolkit.fluxcd.io/v2', 'HelmRelease')],
    ['a database', object('postgresql.cnpg.io/v1', 'Cluster')],
  ])('goes with %s', (_, gone) => {
    expect(changesBetween([gone], [])).toMatchObject([{ risk: 'data', certain: true }]);
    const kept = {
      ...gone,
      metadata: { ...gone.metadata, annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } },
    };
    expect(changesBetween([kept], [])).toMatchObject([{ risk: 'nothing' }]);
  });

  it('is in the backups that are no longer kept, or made', () => {
    const backup = (restic: object) =>
      object('volsync.backube/v1alpha1', 'ReplicationSource', { spec: { sourcePVC: 'a', restic } });
    expect(changesOf(backup({ retain: { daily: 7 } }), backup({ retain: { daily: 3 } }))).toMatchObject([
      { risk: 'data' },
    ]);
    expect(changesOf(backup({ repository: 'a' }), backup({ repository: 'b' }))).toMatchObject([
      { risk: 'data' },
    ]);
    expect(changesOf(backup({ cacheCapacity: '1Gi' }), backup({ cacheCapacity: '2Gi' }))).toMatchObject([
      { risk: 'nothing' },
    ]);
  });
});

describe('the network', () => {
  const of = (apiVersion: string, kind: string, spec: object, metadata: object = {}) =>
    object(apiVersion, kind, { metadata: { name: 'app', namespace: 'media', ...metadata }, spec });

  it.each([
    ['networking.k8s.io/v1', 'NetworkPolicy', { egress: [] }],
    ['cilium.io/v2', 'CiliumNetworkPolicy', { egress: [] }],
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', { egress: [] }],
    ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', { priority: 1 }],
    ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy', { order: 1 }],
    ['v1', 'Service', { ports: [{ port: 80 }] }],
    ['networking.k8s.io/v1', 'Ingress', { rules: [{ host: 'a' }] }],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute', { hostnames: ['a'] }],
    ['gateway.networking.k8s.io/v1', 'Gateway', { listeners: [{ name: 'a', port: 1 }] }],
    ['gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', { jwt: {} }],
    ['rbac.authorization.k8s.io/v1', 'Role', { rules: [] }],
  ])('changes with a %s %s', (apiVersion, kind, spec) => {
    expect(changesOf(of(apiVersion, kind, {}), of(apiVersion, kind, spec))).toMatchObject([
      { risk: 'network', certain: true },
    ]);
    expect(changesBetween([of(apiVersion, kind, spec)], [])).toMatchObject([{ risk: 'network' }]);
    expect(changesBetween([], [of(apiVersion, kind, spec)])).toMatchObject([{ risk: 'network' }]);
    const labelled = of(apiVersion, kind, spec, { labels: { 'app.kubernetes.io/part-of': 'a' } });
    expect(changesOf(of(apiVersion, kind, spec), labelled)).toMatchObject([{ risk: 'nothing' }]);
  });

  it('is named where a policy gets another name and says the same', () => {
    const policy = (name: string) => of('networking.k8s.io/v1', 'NetworkPolicy', { ingress: [] }, { name });
    const changes = changesBetween([policy('old')], [policy('new')]);
    expect(changes.find(({ name }) => name.endsWith('/old'))?.sentence).toContain(
      'NetworkPolicy media/new says the same',
    );
  });

  it('changes with a label of a namespace that a policy selects, and with no other', () => {
    const namespace = (labels: object) => object('v1', 'Namespace', { metadata: { name: 'media', labels } });
    const policy = of('networking.k8s.io/v1', 'NetworkPolicy', {
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { tier: 'a' } } }] }],
    });
    const expression = of('networking.k8s.io/v1', 'NetworkPolicy', {
      ingress: [
        { from: [{ namespaceSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }] },
      ],
    });
    for (const selecting of [policy, expression])
      expect(changesOf(namespace({ tier: 'a' }), namespace({ tier: 'b' }), [selecting])).toMatchObject([
        { risk: 'network' },
      ]);
    expect(changesOf(namespace({ other: 'a' }), namespace({ other: 'b' }), [policy])).toMatchObject([
      { risk: 'nothing' },
    ]);
    const level = 'pod-security.kubernetes.io/enforce';
    expect(changesOf(namespace({ [level]: 'baseline' }), namespace({ [level]: 'restricted' }))).toMatchObject(
      [{ risk: 'network' }],
    );
    const warn = 'pod-security.kubernetes.io/warn';
    expect(changesOf(namespace({ [warn]: 'baseline' }), namespace({ [warn]: 'restricted' }))).toMatchObject([
      { risk: 'nothing' },
    ]);
  });
});

describe('what Flux does with an object', () => {
  const by = (object: KubernetesObject, appliedBy: string | undefined): SourcedObject => ({
    object,
    file: 'a.yaml',
    ...(appliedBy === undefined ? {} : { appliedBy }),
  });

  it.each<[string, KubernetesObject, string]>([
    ['a workload', workload('Deployment'), 'restart'],
    ['a claim', claim('ReadWriteOnce'), 'data'],
    ['a policy', object('networking.k8s.io/v1', 'NetworkPolicy'), 'network'],
  ])('is named where another Flux Kustomization applies it: %s', (_, moved, risk) => {
    const changes = changesBetween([by(moved, 'flux-system/home')], [by(moved, 'flux-system/other')]);
    expect(changes).toMatchObject([
      { risk, certain: false, sentence: expect.stringContaining('flux-system/home → flux-system/other') },
    ]);
  });

  it('prunes nothing that its Kustomization does not prune', () => {
    const keeping = { ...kustomization, spec: { prune: false } };
    const all = (objects: readonly KubernetesObject[]) => ({
      objects: objects.map((each) => by(each, 'flux-system/home')),
      outside: [],
      unseen: [],
    });
    expect(compareTrees(all([keeping, workload('Deployment')]), all([keeping]))).toMatchObject([
      { risk: 'nothing', sentence: expect.stringContaining('does not prune') },
    ]);
  });

  it('is not certain where not everything is built', () => {
    const unseen = [{ sentence: 'It is broken', remedy: 'Fix it' }];
    expect(compareTrees(tree([workload('Deployment')]), tree([], { unseen }))).toMatchObject([
      { certain: false },
    ]);
  });

  it.each(['reconcile: disabled', 'ssa: IfNotPresent', 'ssa: Ignore'])(
    'leaves an object alone that says %s',
    (annotation) => {
      const [name = '', value = ''] = annotation.split(': ');
      const metadata = { annotations: { [`kustomize.toolkit.fluxcd.io/${name}`]: value } };
      expect(
        changesOf(
          workload('Deployment', { metadata }),
          workload('Deployment', { metadata, ...container({ image: 'a:2' }) }),
        ),
      ).toMatchObject([{ risk: 'nothing' }]);
    },
  );

  it('makes an object again where its whole Kustomization is told to', () => {
    const forced = { ...kustomization, spec: { prune: true, force: true } };
    const all = (object: KubernetesObject) => ({
      objects: [by(forced, undefined), by(object, 'flux-system/home')],
      outside: [],
      unseen: [],
    });
    const changes = compareTrees(
      all(workload('Deployment')),
      all(workload('Deployment', { spec: { selector: {} } })),
    );
    expect(changes).toMatchObject([{ risk: 'restart', gap: 'until-ready' }]);
  });

  it('is said to be uncertain where two forms are applied', () => {
    const after = {
      ...by(workload('Deployment', container({ image: 'a:2' })), 'flux-system/home'),
      uncertain: 'Two forms are applied',
    };
    expect(changesBetween([by(workload('Deployment'), 'flux-system/home')], [after])).toMatchObject([
      { certain: false, sentence: expect.stringContaining('Two forms are applied') },
    ]);
  });
});

describe('for every tree', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const json = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      value,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  const kinds = fc.constantFrom(
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['batch/v1', 'Job'],
    ['v1', 'Service'],
    ['v1', 'Secret'],
    ['v1', 'ConfigMap'],
    ['v1', 'PersistentVolumeClaim'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'],
    ['example.org/v1', 'Anything'],
    ['postgresql.cnpg.io/v1', 'Cluster'],
    ['v1', 'Namespace'],
    ['tuppr.home-operations.com/v1alpha1', 'TalosUpgrade'],
  );
  const objects = fc.array(
    fc
      .tuple(kinds, fc.constantFrom('a', 'b', 'c'), json, json)
      .map(([[apiVersion = '', kind = ''], name, spec, data]) =>
        object(apiVersion, kind, { metadata: { name, namespace: 'media' }, spec, data }),
      ),
    { maxLength: 6 },
  );

  it('the same tree changes nothing', () => {
    fc.assert(
      fc.property(objects, (all) => {
        expect(compareTrees(tree(all), tree(structuredClone(all)))).toEqual([]);
      }),
    );
  });

  it('an object that differs is named, and no comparison fails', () => {
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const changes = compareTrees(tree(before), tree(after));
        const names = new Set(changes.map(({ name }) => name));
        const last = (all: readonly KubernetesObject[]) =>
          new Map(all.map((each) => [`${each.apiVersion}/${each.kind}/${each.metadata.name}`, each]));
        const [old, next] = [last(before), last(after)];
        for (const [key, each] of [...old, ...next])
          if (!old.has(key) || !next.has(key))
            expect(names).toContain(`${each.kind.toLowerCase()}/media/${each.metadata.name}`);
      }),
    );
  });

  it('each change of a pod template is a restart', () => {
    const pod = fc.record({
      containers: fc.array(
        fc.record({ name: fc.constantFrom('a', 'b'), image: fc.constantFrom('x:1', 'x:2') }),
        { maxLength: 2 },
      ),
      nodeName: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(pod, pod, fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet'), (one, other, kind) => {
        const [before, after] = [one, other].map((spec) => workload(kind, { pod: spec }));
        const restarts = restartsAmong(changesOf(before as KubernetesObject, after as KubernetesObject));
        const differs = JSON.stringify(before) !== JSON.stringify(after);
        expect(restarts.length > 0).toBe(differs);
      }),
    );
  });
});
