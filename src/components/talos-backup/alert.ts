import { Cron } from 'croner';
import type { PrometheusRule } from '../../kubernetes/types.ts';
import { objectLabels } from '../labels.ts';
import { backup } from './names.ts';

/** The runs that are looked at for the longest pause: enough for a year of days, and the same in every run. */
const runs = 400;
const since = new Date('2026-01-01T00:00:00Z');

/** The longest time between two runs of a schedule, in seconds. */
export function longestPause(schedule: string): number {
  const times = new Cron(schedule, { timezone: 'UTC' }).nextRuns(runs, since).map((run) => run.getTime());
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return Math.max(...pauses, 0) / 1000;
}

/** Who looks when a copy is missed: nobody, unless somebody is told. The metrics are those of kube-state-metrics. */
export function backupAlerts(schedule: string): PrometheusRule {
  const which = `namespace="${backup.namespace}",cronjob="${backup.name}"`;
  const late = longestPause(schedule) + 6 * 3600;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: backup.name, namespace: backup.namespace, labels: objectLabels(backup) },
    spec: {
      groups: [
        {
          name: backup.name,
          rules: [
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
                description:
                  'The CronJob talos-backup has not ended well once, or kube-state-metrics is not read.',
              },
            },
          ],
        },
      ],
    },
  };
}
