/**
 * Objects of the kinds that health checks look at, with what is of no matter left out. The waiting ReplicationSource
 * is recorded (VolSync's documentation, "Source status"); the others are put together from the conditions that
 * VolSync, Kubernetes and Rook set.
 */
export interface Recorded {
  name: string;
  kind: string;
  /** Whether a node may go down while it is so. */
  holds: boolean;
  object: Record<string, unknown>;
}

const synchronizing = (status: 'True' | 'False', reason: string, message: string) => ({
  conditions: [
    { lastTransitionTime: '2022-11-29T17:25:13Z', message, reason, status, type: 'Synchronizing' },
  ],
});

const source = { apiVersion: 'volsync.backube/v1alpha1', kind: 'ReplicationSource' };
const node = (status: 'True' | 'False' | 'Unknown') => ({
  apiVersion: 'v1',
  kind: 'Node',
  status: {
    conditions: [
      { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory' },
      { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure' },
      { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID' },
      { type: 'Ready', status, reason: status === 'True' ? 'KubeletReady' : 'NodeStatusUnknown' },
    ],
  },
});
const servers = (status: Record<string, number>) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  spec: { replicas: 3 },
  status: { observedGeneration: 1, ...status },
});
const ceph = (status: Record<string, unknown>) => ({
  apiVersion: 'ceph.rook.io/v1',
  kind: 'CephCluster',
  status: { phase: 'Ready', ...status },
});

export const recorded: readonly Recorded[] = [
  { name: 'a node that is ready', kind: 'Node', holds: true, object: node('True') },
  { name: 'a node that is not ready', kind: 'Node', holds: false, object: node('False') },
  { name: 'a node that nobody hears of', kind: 'Node', holds: false, object: node('Unknown') },
  {
    name: 'a source that waits for its time',
    kind: 'ReplicationSource',
    holds: true,
    object: {
      ...source,
      status: {
        ...synchronizing('False', 'WaitingForSchedule', 'Waiting for next scheduled synchronization'),
        lastSyncDuration: '28.818695981s',
        lastSyncTime: '2022-11-29T17:25:28Z',
        nextSyncTime: '2022-11-29T17:30:00Z',
      },
    },
  },
  {
    name: 'a source that copies',
    kind: 'ReplicationSource',
    holds: false,
    object: {
      ...source,
      status: synchronizing('True', 'SyncInProgress', 'Synchronization in-progress'),
    },
  },
  { name: 'a source that was made just now', kind: 'ReplicationSource', holds: true, object: source },
  {
    name: 'a source with an error before it copies',
    kind: 'ReplicationSource',
    holds: true,
    object: { ...source, status: synchronizing('False', 'Error', 'secret not found') },
  },
  {
    name: 'all servers',
    kind: 'StatefulSet',
    holds: true,
    object: servers({ replicas: 3, readyReplicas: 3 }),
  },
  {
    name: 'two of three servers',
    kind: 'StatefulSet',
    holds: false,
    object: servers({ replicas: 3, readyReplicas: 2 }),
  },
  { name: 'no server yet', kind: 'StatefulSet', holds: false, object: servers({ replicas: 0 }) },
  {
    name: 'a healthy Ceph',
    kind: 'CephCluster',
    holds: true,
    object: ceph({ ceph: { health: 'HEALTH_OK', lastChecked: '2026-08-01T10:00:00Z' } }),
  },
  {
    name: 'a Ceph that moves data',
    kind: 'CephCluster',
    holds: false,
    object: ceph({ ceph: { health: 'HEALTH_WARN' } }),
  },
  { name: 'a Ceph that nobody asked yet', kind: 'CephCluster', holds: false, object: ceph({}) },
];
