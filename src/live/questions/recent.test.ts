import { expect, it } from 'vitest';
import { fakeCluster, servedKind } from '../../../tests/live/fakeCluster.ts';
import type { Fields } from '../../kubernetes/fields.ts';
import { askRecent } from './recent.ts';

const now = new Date('2026-11-30T12:00:00Z');
const of = {
  apiVersion: 'volsync.backube/v1alpha1',
  kind: 'ReplicationSource',
  namespace: 'media',
  name: 'db-s3',
};
const question = {
  kind: 'recent',
  of,
  path: ['status', 'lastSyncTime'],
  within: 30 * 3600,
  demands: [
    { expr: '!has(object.spec.paused) || !object.spec.paused', otherwise: 'spec.paused is true' },
    {
      expr: '!has(status.latestMoverStatus) || status.latestMoverStatus.result != "Failed"',
      otherwise: 'its last run failed',
    },
  ],
} as const;
const { apiVersion, kind, namespace, name } = of;
const ask = (status: Fields | undefined, spec: Fields = {}, changed: object = {}) =>
  askRecent(
    { ...question, ...changed },
    fakeCluster([{ apiVersion, kind, metadata: { namespace, name }, spec, ...(status && { status }) }])
      .cluster,
    now,
  );
const young = { lastSyncTime: '2026-11-30T03:17:00Z' };

it('is kept where the time is not long ago', async () => {
  expect(await ask(young)).toEqual({
    verdict: 'kept',
    evidence: ['ReplicationSource media/db-s3: status.lastSyncTime is 9 h old (2026-11-30T03:17:00Z)'],
  });
});

it('is broken where the controller never did anything, though it may be ready', async () => {
  for (const status of [undefined, {}, { conditions: [] }])
    expect(await ask(status)).toEqual({
      verdict: 'broken',
      evidence: ['ReplicationSource media/db-s3: it never happened: there is no status.lastSyncTime'],
    });
});

it('is broken where it is long ago, and says what goes on since', async () => {
  const condition = {
    type: 'Synchronizing',
    status: 'True',
    reason: 'SyncInProgress',
    lastTransitionTime: '2026-11-28T03:17:00Z',
  };
  expect(await ask({ lastSyncTime: '2026-11-27T03:18:00Z', conditions: [condition] })).toEqual({
    verdict: 'broken',
    evidence: [
      'ReplicationSource media/db-s3: status.lastSyncTime is 3 days old (2026-11-27T03:18:00Z), and may be 30 hours old',
      'ReplicationSource media/db-s3: Synchronizing is True since 2026-11-28T03:17:00Z (SyncInProgress)',
    ],
  });
});

it('is broken where it is paused, or its last run failed, however young the time is', async () => {
  const paused = await ask(young, { paused: true });
  expect([paused.verdict, paused.evidence[0]]).toEqual([
    'broken',
    'ReplicationSource media/db-s3: spec.paused is true',
  ]);
  const failed = await ask({ ...young, latestMoverStatus: { result: 'Failed' } });
  expect([failed.verdict, failed.evidence[0]]).toEqual([
    'broken',
    'ReplicationSource media/db-s3: its last run failed',
  ]);
});

it('is broken where the time is none, the object is gone, or the kind', async () => {
  expect((await ask({ lastSyncTime: 'soon' })).evidence).toEqual([
    'ReplicationSource media/db-s3: status.lastSyncTime is no time',
  ]);
  const served = [servedKind(apiVersion, kind)];
  expect(await askRecent(question, fakeCluster([], { served }).cluster, now)).toEqual({
    verdict: 'broken',
    evidence: ['ReplicationSource media/db-s3 is not in the cluster'],
  });
  const others = [servedKind('v1', 'Pod')];
  expect(await askRecent(question, fakeCluster([], { served: others }).cluster, now)).toEqual({
    verdict: 'broken',
    evidence: ['The cluster does not know the kind ReplicationSource (volsync.backube/v1alpha1)'],
  });
});

it('is not checked where a demand cannot be evaluated', async () => {
  const demands = [{ expr: 'object.spec.nothing.there', otherwise: 'x' }];
  expect((await ask(young, {}, { demands })).verdict).toBe('not checked');
});
