import { expect, it } from 'vitest';
import { fakeCluster, servedKind } from '../../../tests/live/fakeCluster.ts';
import { askServed } from './served.ts';

const group = 'snapshot.storage.k8s.io/v1';
const kinds = ['VolumeSnapshot', 'VolumeSnapshotClass'].map((kind) => ({ apiVersion: group, kind }));
const ask = (served: string[], missing: string[] = []) =>
  askServed(
    { kind: 'served', kinds },
    fakeCluster([], { served: served.map((kind) => servedKind(group, kind)), missing }).cluster,
  );

it('is kept where every kind is served', async () => {
  expect((await ask(['VolumeSnapshot', 'VolumeSnapshotClass'])).verdict).toBe('kept');
});

it('names what is not served', async () => {
  expect(await ask(['VolumeSnapshot'])).toEqual({
    verdict: 'broken',
    evidence: ['The API server does not serve VolumeSnapshotClass (snapshot.storage.k8s.io/v1)'],
  });
});

it('is not checked where whoever serves the group does not answer', async () => {
  const answer = await ask([], [group]);
  expect(answer.verdict).toBe('not checked');
  expect(answer.evidence).toHaveLength(2);
});
