import type { LiveCheck } from '../contract/checks.ts';
import type { BuildContext } from '../contract/component.ts';
import type { BackupRequirement } from '../contract/requirements.ts';
import { backupMargin, longestPause } from '../shared/longestPause.ts';
import { backupName, namespace, operator } from './names.ts';
import { bucketsFor } from './secrets.ts';
import type { VolsyncSection } from './section.ts';

/**
 * What is asked about backups of volumes: of the operator, of each ReplicationSource, and of each bucket. The operator alone
 * says nothing: without the definitions of VolumeSnapshot it is ready, and does nothing for ever (VolSync 0.16).
 */
export function volsyncChecks(context: BuildContext<VolsyncSection>): LiveCheck[] {
  const volumes = context.provided('backup');
  if (volumes.length === 0) return [];
  return [
    {
      id: 'volsync-operator',
      promise: 'The operator that backs up volumes is ready',
      question: {
        kind: 'condition',
        of: { apiVersion: 'v1', kind: 'Pod', namespace, labels: operator.labels },
        type: 'Ready',
        status: 'True',
      },
      remedy: `kubectl -n ${namespace} describe pods -l app.kubernetes.io/name=volsync`,
      field: 'volsync',
    },
    {
      id: 'volsync-snapshot-definitions',
      promise: 'The definitions are there without which VolSync is ready and backs up nothing',
      question: {
        kind: 'served',
        kinds: ['VolumeSnapshot', 'VolumeSnapshotClass', 'VolumeSnapshotContent'].map((kind) => ({
          apiVersion: 'snapshot.storage.k8s.io/v1',
          kind,
        })),
      },
      remedy:
        'Install the definitions of kubernetes-csi/external-snapshotter (client/config/crd), and restart the operator: ' +
        `kubectl -n ${namespace} rollout restart deployment/volsync`,
      field: 'volsync',
    },
    ...volumes.flatMap((volume) => checksOf(context, volume)),
  ];
}

function checksOf(context: BuildContext<VolsyncSection>, volume: BackupRequirement): LiveCheck[] {
  const within = longestPause(context.section.schedule) + backupMargin;
  const { namespace: where, name: claim, requester } = volume;
  return bucketsFor(context, volume).flatMap(({ requirement: { store, bucket }, binding }): LiveCheck[] => {
    const name = backupName(volume, store);
    const describe = `kubectl -n ${where} describe replicationsource ${name}`;
    return [
      {
        id: `volsync-run-${where}-${name}`,
        promise: `VolSync backs up the volume ${where}/${claim} to ${store}`,
        question: {
          kind: 'recent',
          of: { apiVersion: 'volsync.backube/v1alpha1', kind: 'ReplicationSource', namespace: where, name },
          path: ['status', 'lastSyncTime'],
          within,
          demands: [
            { expr: '!has(object.spec.paused) || !object.spec.paused', otherwise: 'spec.paused is true' },
            {
              expr: '!has(status.latestMoverStatus) || !has(status.latestMoverStatus.result) || status.latestMoverStatus.result != "Failed"',
              otherwise: 'its last run failed (status.latestMoverStatus.result is Failed)',
            },
          ],
        },
        remedy: `See why: ${describe}`,
        field: requester.field,
      },
      {
        id: `volsync-newest-${where}-${name}`,
        promise: `${store} holds a backup of the volume ${where}/${claim} that is not too old`,
        // restic writes a file below `snapshots/` at the end of each backup, and none before.
        question: {
          kind: 'newest-object',
          store: binding.reader,
          bucket,
          prefix: `${claim}/snapshots/`,
          within,
        },
        remedy: `See why nothing came: ${describe}`,
        field: requester.field,
      },
    ];
  });
}
