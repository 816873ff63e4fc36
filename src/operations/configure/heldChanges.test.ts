import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { heldChanges } from './heldChanges.ts';

const metadata = { name: 'any', namespace: 'media' };
const volume = (spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata,
  spec,
});

/** A workload with data in the volume `data`. */
function workload(container: object = {}, pod: object = {}, kind = 'Deployment'): KubernetesObject {
  const containers = [
    { name: 'app', image: 'postgres:16', volumeMounts: [{ name: 'data', mountPath: '/data' }], ...container },
  ];
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata,
    spec: { template: { spec: { volumes, containers, ...pod } } },
  };
}

describe('a volume', () => {
  it.each([
    ['nfs', { server: 'a', path: '/a' }, { server: 'a', path: '/b' }],
    ['cephfs', { monitors: ['a'] }, { monitors: ['b'] }],
    ['csi', { driver: 'a', volumeHandle: '1' }, { driver: 'a', volumeHandle: '2' }],
    ['hostPath', { path: '/a' }, undefined],
  ])('that leads elsewhere is named: %s', (source, before, after) => {
    expect(heldChanges(volume({ [source]: before }), volume({ [source]: after }))).toEqual([
      expect.stringContaining(`spec.${source} changes`),
    ]);
  });

  it('is the same where a default is written out', () => {
    const claim = (spec: object): KubernetesObject => ({
      ...volume(spec),
      kind: 'PersistentVolumeClaim',
    });
    expect(heldChanges(claim({}), claim({ volumeMode: 'Filesystem' }))).toEqual([]);
    expect(
      heldChanges(volume({ hostPath: { path: '/a' } }), volume({ hostPath: { path: '/a', type: '' } })),
    ).toEqual([]);
    expect(
      heldChanges(
        workload(),
        workload(
          {},
          { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data', readOnly: false } }] },
        ),
      ),
    ).toEqual([]);
    expect(heldChanges(claim({}), claim({ volumeMode: 'Block' }))).toHaveLength(1);
  });

  it('may get another size and other options of its mount', () => {
    const before = volume({
      nfs: { server: 'a', path: '/a' },
      capacity: { storage: '1Ti' },
      mountOptions: ['hard'],
    });
    const after = volume({
      nfs: { path: '/a', server: 'a' },
      capacity: { storage: '2Ti' },
      mountOptions: ['soft'],
    });
    expect(heldChanges(before, after)).toEqual([]);
  });
});

describe('a workload with data', () => {
  it.each<[string, object, object, RegExp]>([
    [
      'another part of the volume',
      { volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'b' }] },
      {},
      /elsewhere, or another part/,
    ],
    [
      'another directory',
      { volumeMounts: [{ name: 'data', mountPath: '/var/lib/data' }] },
      {},
      /elsewhere, or another part/,
    ],
    ['another PGDATA', { env: [{ name: 'PGDATA', value: '/data/18' }] }, {}, /variable PGDATA changes/],
    ['another user', { securityContext: { runAsUser: 1 } }, {}, /another user/],
    ['another user of the pod', {}, { securityContext: { runAsUser: 1 } }, /another user/],
    ['another version', { image: 'postgres:17' }, {}, /16 becomes 17/],
  ])('that gets %s is named', (_what, container, pod, sentence) => {
    for (const kind of ['Deployment', 'StatefulSet'])
      expect(heldChanges(workload({}, {}, kind), workload(container, pod, kind))).toEqual([
        expect.stringMatching(sentence),
      ]);
  });

  it('may get what leaves its data where it is', () => {
    const next = workload({
      image: 'postgres:16.2',
      env: [{ name: 'TZ', value: 'UTC' }],
      volumeMounts: [
        { name: 'data', mountPath: '/data' },
        { name: 'cache', mountPath: '/cache' },
      ],
    });
    expect(heldChanges(workload(), next)).toEqual([]);
  });

  it('is named for the claims that it makes', () => {
    const set = (size: string): KubernetesObject => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: size } }] },
    });
    expect(heldChanges(set('a'), set('b'))).toEqual([expect.stringContaining('volumeClaimTemplates')]);
  });
});
