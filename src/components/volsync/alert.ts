import type { PrometheusRule } from '../../kubernetes/types.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { operator } from './names.ts';

/** Who looks when a backup is missed: nobody, unless somebody is told (VolSync's documentation, "Metrics & monitoring"). */
export function backupAlerts(): PrometheusRule {
  const what = '{{ $labels.obj_namespace }}/{{ $labels.obj_name }}';
  return alertsAbout(operator, [
    {
      alert: 'VolumeBackupMissed',
      // A source is out of sync from the moment at which it should have run until it has.
      expr: 'max by (obj_namespace, obj_name) (volsync_volume_out_of_sync{role="source"}) == 1',
      for: '6h',
      labels: { severity: 'critical' },
      annotations: {
        summary: `The backup ${what} is overdue`,
        description: `No backup of ${what} has ended well since it was due. kubectl describe replicationsource shows why.`,
      },
    },
    {
      alert: 'VolumeBackupsNotWatched',
      expr: 'absent(volsync_volume_out_of_sync{role="source"})',
      for: '1h',
      labels: { severity: 'critical' },
      annotations: {
        summary: 'Nobody knows whether volumes are backed up',
        description: 'VolSync does not run, or its metrics are not read.',
      },
    },
  ]);
}
