const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  first: number;
  last: number;
  words?: readonly string[];
}

const fields: readonly Field[] = [
  { first: 0, last: 59 },
  { first: 0, last: 23 },
  { first: 1, last: 31 },
  { first: 1, last: 12, words: months },
  { first: 0, last: 6, words: days },
];

const words = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/**
 * Whether a CronJob may have the schedule: what `ParseStandard` of github.com/robfig/cron v3 (`parser.go`) reads, which
 * Kubernetes 1.36 uses. A time zone in the schedule is refused.
 */
export function isCronSchedule(text: string): boolean {
  if (text.startsWith('@'))
    return words.has(text) || /^@every (?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(text);
  if (/^(?:CRON_)?TZ=/.test(text)) return false;
  const parts = text.trim().split(/\s+/);
  return parts.length === fields.length && parts.every((part, index) => isList(part, fields[index]));
}

function isList(text: string, field: Field | undefined): boolean {
  return field !== undefined && text.split(',').every((range) => isRange(range, field));
}

function isRange(text: string, field: Field): boolean {
  const [bounds = '', step, ...more] = text.split('/');
  if (more.length > 0) return false;
  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0)) return false;
  if (bounds === '*' || bounds === '?') return true;
  const [from = '', to, ...others] = bounds.split('-');
  const start = numberOf(from, field);
  const end = to === undefined ? start : numberOf(to, field);
  if (others.length > 0 || start === undefined || end === undefined) return false;
  return start >= field.first && end <= field.last && start <= end;
}

function numberOf(text: string, { words: names, first }: Field): number | undefined {
  const position = names?.indexOf(text.toLowerCase()) ?? -1;
  if (position >= 0) return position + first;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
