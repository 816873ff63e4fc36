import { describe, expect, it } from 'vitest';
import { changesBetween, changesOf, object, workload } from '../../../tests/upgradedTrees.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { restartsAmong } from './clusterChange.ts';

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
    ['a variable', {}, container({ env: [{ name: 'A', value: '1' }] }), 'container app: variable A'],
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
    ['OnDelete', 'StatefulSet', { updateStrategy: { type: 'OnDelete' } }, 'delete pods -l app=app'],
    ['OnDelete', 'DaemonSet', { updateStrategy: { type: 'OnDelete' } }, 'delete pods -l app=app'],
    ['a partition', 'StatefulSet', { updateStrategy: { rollingUpdate: { partition: 1 } } }, 'partition'],
    ['a pause', 'Deployment', { paused: true }, 'spec.paused: false'],
  ])('has to be done by hand with %s of a %s', (_, kind, spec, remedy) => {
    const changes = changesOf(
      workload(kind, { spec }),
      workload(kind, { spec, ...container({ image: 'a:2' }) }),
    );
    expect(restartsAmong(changes)).toMatchObject([
      { pods: 'by-hand', remedy: expect.stringContaining(remedy) },
    ]);
  });

  it.each<[string, string, object, object]>([
    ['a pause', 'Deployment', { paused: true }, {}],
    ['OnDelete', 'StatefulSet', { updateStrategy: { type: 'OnDelete' } }, {}],
    ['OnDelete', 'DaemonSet', { updateStrategy: { type: 'OnDelete' } }, {}],
    [
      'a partition',
      'StatefulSet',
      { updateStrategy: { rollingUpdate: { partition: 3 } } },
      { updateStrategy: { rollingUpdate: { partition: 1 } } },
    ],
  ])('of before may reach the pods when %s ends: %s', (_, kind, held, free) => {
    const spec = { replicas: 3 };
    const [before, after] = [held, free].map((each) => workload(kind, { spec: { ...spec, ...each } }));
    expect(changesOf(before as KubernetesObject, after as KubernetesObject)).toMatchObject([
      { risk: 'restart', pods: 'may', certain: false },
    ]);
    expect(changesOf(after as KubernetesObject, before as KubernetesObject)).toMatchObject([
      { risk: 'nothing' },
    ]);
  });

  it('reaches the pods of a StatefulSet from its partition on', () => {
    const spec = { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } };
    const [change] = changesOf(
      workload('StatefulSet', { spec }),
      workload('StatefulSet', { spec, ...container({ image: 'a:2' }) }),
    );
    expect(change).toMatchObject({ pods: 'replaced', sentence: expect.stringContaining('from 2 on') });
  });

  it.each(['parallelism', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'suspend'])(
    'of a Job may reach its pods by %s',
    (field) => {
      const job = (value: unknown) => object('batch/v1', 'Job', { spec: { [field]: value } });
      const [old, next] = field === 'suspend' ? [true, false] : [5, 4];
      expect(changesOf(job(old), job(next))).toMatchObject([{ risk: 'restart', certain: false }]);
    },
  );

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

  it.each(['Job', 'CronJob'])('are those of a run of a %s that is gone, if one goes on', (kind) => {
    expect(changesBetween([object('batch/v1', kind)], [])).toMatchObject([{ pods: 'may', certain: false }]);
  });

  it('are those of a workload that is gone', () => {
    expect(changesBetween([workload('Deployment')], [])).toMatchObject([
      { risk: 'restart', pods: 'stopped' },
    ]);
  });
});
