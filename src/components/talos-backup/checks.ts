import type { LiveCheck } from '../contract/checks.ts';
import type { Bound, BuildContext } from '../contract/component.ts';
import { backupMargin, longestPause } from '../shared/longestPause.ts';
import { backup } from './names.ts';
import type { TalosBackupSection } from './section.ts';

/** What is asked about copies of etcd: of the CronJob, and of the bucket. */
export function talosBackupChecks(
  { section, settings }: BuildContext<TalosBackupSection>,
  buckets: readonly Bound<'bucket'>[],
): LiveCheck[] {
  const within = longestPause(section.schedule) + backupMargin;
  const { namespace, name } = backup;
  const now = `kubectl -n ${namespace} create job --from=cronjob/${name} etcd-backup-by-hand`;
  const field = 'talosBackup';
  return [
    {
      id: 'talos-backup-run',
      promise: 'etcd is copied as often as its schedule says',
      question: {
        kind: 'recent',
        of: { apiVersion: 'batch/v1', kind: 'CronJob', namespace, name },
        path: ['status', 'lastSuccessfulTime'],
        within,
        demands: [
          { expr: '!has(object.spec.suspend) || !object.spec.suspend', otherwise: 'spec.suspend is true' },
        ],
      },
      remedy: `Make a copy now, and look at its log: ${now}`,
      field,
    },
    ...buckets.map(
      ({ requirement: { store, bucket }, binding }): LiveCheck => ({
        id: 'talos-backup-newest',
        promise: `${store} holds a copy of etcd that is not too old`,
        question: {
          kind: 'newest-object',
          store: binding.reader,
          bucket,
          prefix: `${settings.cluster.name}/`,
          within,
        },
        remedy: `Make a copy now, and look at its log: ${now}`,
        replaces: 'Talos Backup, step 7',
        field,
      }),
    ),
  ];
}
