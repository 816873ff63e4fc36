import { expect, test } from 'vitest';
import { type Change, compiled, readByShell, shellOf } from '../../../tests/compiledDocuments.ts';

const definitions = 'kubectl get crd volumesnapshots.snapshot.storage.k8s.io';
const withSnapshots: Change = () => {};
const direct: Change = (cluster) => {
  cluster.volsync.copyMethod = 'Direct';
  // A database is not read while it writes.
  const [node] = Object.keys(cluster.cluster.nodes);
  cluster.immich.database.storage = { kind: 'hostPath', node, path: '/var/mnt/immich/postgres' };
};
const cloned: Change = (cluster) => {
  cluster.volsync.copyMethod = 'Clone';
};

// VolSync watches VolumeSnapshots whatever it copies by (replicationsource_controller.go, SetupWithManager).
test.each([
  ['by snapshots', withSnapshots],
  ['as it is', direct],
  ['by a clone', cloned],
])('the definitions of snapshots are looked for where a volume is copied %s', (_, change) => {
  const { documents, privateValues } = compiled(change, 'platform');
  const quickstart = documents.get('docs/quickstart.md') ?? '';
  expect(shellOf(quickstart).filter((block) => block.includes(definitions))).toHaveLength(1);
  expect(quickstart.includes('kubectl get volumesnapshotclass')).toBe(change === withSnapshots);
  readByShell(documents, privateValues, 1);
});
