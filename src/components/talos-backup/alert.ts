import type { PrometheusRule } from '../../kubernetes/types.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { backupMargin, longestPause } from '../shared/longestPause.ts';
import { backup } from './names.ts';

/** Who looks when a copy is missed: nobody, unless somebody is told. The metrics are those of kube-state-metrics. */
export function backupAlerts(schedule: string): PrometheusRule {
  const which = `namespace="${backup.namespace}",cronjob="${backup.name}"`;
  const late = longestPause(schedule) + backupMargin;
  return alertsAbout(backup, [
    {
      alert: 'EtcdBackupMissed',
      expr: `time() - max(kube_cronjob_status_last_successful_time{${which}}) > ${late}`,
      for: '15m',
      labels: { severity: 'critical' },
      annotations: {
        summary: 'etcd was not copied when it should have been',
        description: `No copy of etcd has ended well for longer than its schedule allows. kubectl -n ${backup.namespace} get jobs shows the last ones.`,
      },
    },
    {
      alert: 'EtcdBackupsNotWatched',
      expr: `absent(kube_cronjob_status_last_successful_time{${which}})`,
      for: '26h',
      labels: { severity: 'critical' },
      annotations: {
        summary: 'etcd was never copied, or nobody knows',
        description: 'The CronJob talos-backup has not ended well once, or kube-state-metrics is not read.',
      },
    },
  ]);
}
