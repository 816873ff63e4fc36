import { Cron } from 'croner';

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

/** How much later than its schedule says a backup may be before somebody is told, in seconds. */
export const backupMargin = 6 * 3600;
