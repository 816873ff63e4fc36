import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { BuildContext, RuleFinding } from '../contract/component.ts';
import type { BackupRequirement } from '../contract/requirements.ts';
import type { VolsyncSection } from './section.ts';

export type CopyMethod = 'Snapshot' | 'Clone' | 'Direct';
type StorageClass = ClusterSettings['cluster']['storageClasses'][string];

/** What its storage class can do, where the configuration says so. */
export function classOf(
  { storageClass }: BackupRequirement,
  { cluster }: ClusterSettings,
): StorageClass | undefined {
  return Object.hasOwn(cluster.storageClasses, storageClass)
    ? cluster.storageClasses[storageClass]
    : undefined;
}

/**
 * How a volume is copied: a snapshot where the driver takes one, a clone where it makes one, and otherwise the volume
 * itself while its app writes to it.
 */
export function copyMethodOf(chosen: VolsyncSection['copyMethod'], can: StorageClass): CopyMethod {
  if (chosen !== 'auto') return chosen;
  if (can.snapshotClass !== undefined) return 'Snapshot';
  return can.clone ? 'Clone' : 'Direct';
}

/** Why a volume of its storage class cannot be copied in the chosen way. */
export function copyRules({ settings, section, provided }: BuildContext<VolsyncSection>): RuleFinding[] {
  return provided('backup').flatMap((volume): RuleFinding[] => {
    const can = classOf(volume, settings);
    if (can === undefined) return [unknownClass(volume, settings)];
    const problem = problemOf(volume, copyMethodOf(section.copyMethod, can), can);
    return problem === undefined
      ? []
      : [
          {
            code: 'cannot-copy',
            field: section.copyMethod === 'auto' ? volume.requester.field : 'volsync.copyMethod',
            ...problem,
          },
        ];
  });
}

function unknownClass(
  { name, namespace, storageClass, requester }: BackupRequirement,
  { cluster }: ClusterSettings,
): RuleFinding {
  const known = Object.keys(cluster.storageClasses);
  return {
    code: 'unknown-storage-class',
    field: requester.field,
    message: `the volume ${namespace}/${name} is of the storage class ${storageClass}, of which cluster.storageClasses says nothing`,
    expected: known.length > 0 ? `one of: ${known.join(', ')}` : `cluster.storageClasses.${storageClass}`,
    remedy: '"kubectl get storageclass,volumesnapshotclass" shows what there is',
  };
}

function problemOf(
  { name, namespace, storageClass, accessMode, atOnce }: BackupRequirement,
  method: CopyMethod,
  can: StorageClass,
): Pick<RuleFinding, 'message' | 'expected' | 'remedy'> | undefined {
  const volume = `the volume ${namespace}/${name}`;
  if (!can.accessModes.includes(accessMode))
    return {
      message: `${volume} is mounted ${accessMode}, and cluster.storageClasses.${storageClass} has no such volumes`,
      expected: can.accessModes.join(', '),
    };
  if (method === 'Snapshot' && can.snapshotClass === undefined)
    return {
      message: `${volume} is to be copied by a snapshot, and the storage class ${storageClass} has no snapshot class`,
      expected: `cluster.storageClasses.${storageClass}.snapshotClass, or another copyMethod`,
      remedy: '"kubectl get volumesnapshotclass" shows what there is',
    };
  if (method === 'Clone' && !can.clone)
    return {
      message: `${volume} is to be cloned, and the storage class ${storageClass} clones none`,
      expected: `cluster.storageClasses.${storageClass}.clone: true where its driver can, or another copyMethod`,
    };
  if (method === 'Direct' && atOnce)
    return {
      message: `${volume} would be read while its app writes to it, and its files are of use only together`,
      expected: `a storage class that takes snapshots or makes clones`,
      remedy:
        'give cluster.storageClasses a snapshotClass where there is one, or let the app write a dump elsewhere',
    };
  if (method === 'Direct' && accessMode === 'ReadWriteOncePod')
    return {
      message: `${volume} is mounted ReadWriteOncePod: while its app runs, nothing else may read it`,
      expected: 'a storage class that takes snapshots or makes clones',
    };
  return undefined;
}
