import { describe, expect, it } from 'vitest';
import { changesBetween, changesOf, object, workload } from '../../../tests/upgradedTrees.ts';
import { restartsAmong } from './clusterChange.ts';

const claim = (mode: string) =>
  object('v1', 'PersistentVolumeClaim', {
    metadata: { name: 'data', namespace: 'media' },
    spec: { accessModes: [mode] },
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

  it.each([
    ['volsync.backube/v1alpha1', 'ReplicationSource'],
    ['postgresql.cnpg.io/v1', 'ScheduledBackup'],
  ])('is no longer backed up where what does it is gone: %s %s', (apiVersion, kind) => {
    expect(changesBetween([object(apiVersion, kind)], [])).toMatchObject([
      { risk: 'data', sentence: expect.stringContaining('no more backups') },
    ]);
  });

  it.each<[string, string, object, object]>([
    ['volsync.backube/v1alpha1', 'ReplicationSource', {}, { paused: true }],
    [
      'volsync.backube/v1alpha1',
      'ReplicationSource',
      { trigger: { schedule: '0 3 * * *' } },
      { trigger: { manual: 'once' } },
    ],
    ['postgresql.cnpg.io/v1', 'ScheduledBackup', {}, { suspend: true }],
  ])('is no longer backed up on a schedule: %s %s', (apiVersion, kind, before, after) => {
    const of = (spec: object) => object(apiVersion, kind, { spec });
    expect(changesOf(of(before), of(after))).toMatchObject([{ risk: 'data', certain: true }]);
    expect(changesOf(of(after), of(before)).filter(({ risk }) => risk === 'data')).toEqual([]);
  });

  it.each<[string, object, object, boolean]>([
    ['by a catalogue', { imageCatalogRef: { major: 14 } }, { imageCatalogRef: { major: 17 } }, true],
    [
      'from a name to a catalogue',
      { imageName: 'a/postgresql:16.2' },
      { imageCatalogRef: { major: 17 } },
      true,
    ],
    ['from none', {}, { imageName: 'a/postgresql:16.2' }, false],
  ])('of CloudNativePG may be of another major version: %s', (_, before, after, certain) => {
    const of = (spec: object) => object('postgresql.cnpg.io/v1', 'Cluster', { spec });
    expect(changesOf(of(before), of(after))).toContainEqual(
      expect.objectContaining({ risk: 'data', certain }),
    );
  });

  it('is seen where its container has another name', () => {
    const named = (name: string, image: string) =>
      workload('Deployment', { pod: data, container: { name, image } });
    const changes = changesOf(named('a', 'x/immich-server:v3.1.0'), named('b', 'x/immich-server:v3.3.1'));
    expect(changes).toContainEqual(
      expect.objectContaining({ risk: 'data', sentence: expect.stringContaining('only forward') }),
    );
  });

  it('is named without a tag that is not there', () => {
    const [change] = changesOf(withImage('x/grafana'), withImage('x/grafana:12'));
    expect(change?.sentence).toContain('grafana without a tag becomes 12');
  });

  it.each([
    ['one before its release', 'rustfs/rustfs', '1.0.0-rc.3', '1.0.1', 'before its release'],
    ['another major version', 'valkey/valkey', '8.1', '9.0', 'another major version'],
    ['one that changes its database', 'grafana/grafana', '11.0', '12.0', 'only forward'],
  ])('of a release may be unreadable: %s', (_, repository, from, to, why) => {
    const release = (tag: string) =>
      object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', {
        spec: { values: { image: { app: { repository, tag } } } },
      });
    expect(changesOf(release(from), release(to))).toContainEqual(
      expect.objectContaining({ risk: 'data', certain: false, sentence: expect.stringContaining(why) }),
    );
    expect(changesOf(release(to), release(to))).toEqual([]);
  });
});
