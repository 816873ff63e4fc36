import { Cron } from 'croner';
import type { PrometheusRule } from '../../kubernetes/types.ts';
import { alertsAbout } from '../shared/alerts.ts';
import { backup } from './names.ts';

const minutesOfDay = 24 * 60;
/** The days that are looked at for the longest pause: more than a year of them, and the same in every run. */
const runs = 400;
const since = new Date('2026-01-01T00:00:00Z');

/** The longest time between two runs of a schedule, in seconds. */
export function longestPause(schedule: string): number {
  const [minute = '*', hour = '*', ...days] = schedule.trim().split(/\s+/);
  const times = valuesOf(hour, 23).flatMap((hours) =>
    valuesOf(minute, 59).map((minutes) => hours * 60 + minutes),
  );
  const overnight = longestStep(daysOf(days)) * minutesOfDay + (times[0] ?? 0) - (times.at(-1) ?? 0);
  return Math.max(longestStep(times), overnight) * 60;
}

/** The days on which it runs, counted from any one. Every day is the same in UTC. */
function daysOf(fields: readonly string[]): number[] {
  if (fields.every((field) => field === '*')) return [0, 1];
  // With a name of a time zone instead, each run takes four times as long.
  const firsts = new Cron(`0 0 ${fields.join(' ')}`, { utcOffset: 0 }).nextRuns(runs, since);
  return firsts.map((first) => first.getTime() / (minutesOfDay * 60_000));
}

function longestStep(values: readonly number[]): number {
  return Math.max(0, ...values.slice(1).map((value, index) => value - (values[index] ?? value)));
}

/** What a field of numbers says, in order: `*`, `5`, `1-9`, with `/3` behind, and lists of these. */
function valuesOf(field: string, last: number): number[] {
  const values = field.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/');
    const [first = '', end = step === undefined ? first : String(last)] =
      range === '*' ? ['0', String(last)] : range.split('-');
    const count = Math.floor((Number(end) - Number(first)) / Number(step ?? 1)) + 1;
    return Array.from({ length: count }, (_, index) => Number(first) + index * Number(step ?? 1));
  });
  return [...new Set(values)].sort((one, other) => one - other);
}

/** Who looks when a copy is missed: nobody, unless somebody is told. The metrics are those of kube-state-metrics. */
export function backupAlerts(schedule: string): PrometheusRule {
  const which = `namespace="${backup.namespace}",cronjob="${backup.name}"`;
  const late = longestPause(schedule) + 6 * 3600;
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
