import { restrictedPod } from '../../kubernetes/podSecurity.ts';
import type { ReplicationDestination, ReplicationSource } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import type { BackupRequirement } from '../contract/requirements.ts';
import { objectLabels } from '../shared/labels.ts';
import { classOf, copyMethodOf } from './copy.ts';
import { backupName, mover, resticSecret } from './names.ts';
import { spread } from './schedule.ts';
import type { VolsyncSection } from './section.ts';

type Restic = NonNullable<NonNullable<ReplicationSource['spec']>['restic']>;

const volsyncVersion = 'volsync.backube/v1alpha1';

/** The backups of a volume in one store: what is copied, when, how, and how long it is kept. */
export function replicationSource(
  { settings, section }: BuildContext<VolsyncSection>,
  volume: BackupRequirement,
  store: string,
): ReplicationSource {
  const can = classOf(volume, settings);
  const copyMethod = can === undefined ? 'Direct' : copyMethodOf(section.copyMethod, can);
  const { retain } = section;
  const kept = Object.entries(retain).filter(([, count]) => count > 0);
  return {
    apiVersion: volsyncVersion,
    kind: 'ReplicationSource',
    metadata: metadataOf(volume, store),
    spec: {
      sourcePVC: volume.name,
      trigger: { schedule: spread(section.schedule, `${volume.namespace}/${volume.name}/${store}`) },
      restic: {
        ...common(section, volume, store),
        copyMethod,
        ...(copyMethod === 'Direct'
          ? {}
          : { storageClassName: volume.storageClass, accessModes: [volume.accessMode] }),
        ...(copyMethod === 'Snapshot' && can?.snapshotClass !== undefined
          ? { volumeSnapshotClassName: can.snapshotClass }
          : {}),
        pruneIntervalDays: section.pruneDays,
        retain: Object.fromEntries(kept),
      },
    },
  };
}

/**
 * What restores a volume in its place, once. It is not in Git: as long as it exists, a change of its trigger
 * overwrites what the app has written since. To restore, apply it, wait, and remove it.
 */
export function replicationDestination(
  section: VolsyncSection,
  volume: BackupRequirement,
  store: string,
): ReplicationDestination {
  return {
    apiVersion: volsyncVersion,
    kind: 'ReplicationDestination',
    metadata: { ...metadataOf(volume, store), name: `${backupName(volume, store)}-restore` },
    spec: {
      trigger: { manual: 'once' },
      restic: {
        ...common(section, volume, store),
        destinationPVC: volume.name,
        copyMethod: 'Direct',
        // What came after the backup is removed: files of two moments are worse than either.
        enableFileDeletion: true,
        cleanupCachePVC: true,
      },
    },
  };
}

/**
 * What reading and writing have in common. The mover runs as the owner of the files, which is the least that can read
 * and restore them, and as the profile `restricted` of Pod Security demands.
 */
function common(section: VolsyncSection, volume: BackupRequirement, store: string): Restic {
  const { uid, gid } = volume.owner;
  const { cache } = section;
  return {
    repository: resticSecret(volume, store),
    cacheCapacity: cache.size,
    cacheAccessModes: ['ReadWriteOnce'],
    cacheStorageClassName: cache.storageClass ?? volume.storageClass,
    moverSecurityContext: { ...restrictedPod, runAsUser: uid, runAsGroup: gid, fsGroup: gid },
    moverPodLabels: mover(volume.namespace).labels,
    moverResources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '1Gi' } },
  };
}

function metadataOf(volume: BackupRequirement, store: string): ReplicationSource['metadata'] {
  const { namespace } = volume;
  return { name: backupName(volume, store), namespace, labels: objectLabels(mover(namespace)) };
}
