import { Cron } from 'croner';
import * as z from 'zod';
import { raise } from '../finding.ts';

/** A cron schedule with five fields as Kubernetes parses it, which fires at least once. */
export const schedule = z.string().superRefine((value, context) => {
  const problem = cronProblem(value);
  if (problem === undefined) return;
  raise(context, {
    code: 'not-a-schedule',
    message: problem,
    shown: `"${value}": ${problem}`,
    expected:
      'a cron schedule with the fields minute, hour, day of month, month and day of week, such as "30 3 * * *"',
  });
});

/** One field as robfig/cron v3 parses it, which Kubernetes uses: without `L`, `W`, `#` and day 7. */
const cronField = /^((\*|\d+|[A-Za-z]{3})(-(\d+|[A-Za-z]{3}))?(\/\d+)?(,(?!$)|$))+$/;

function cronProblem(value: string): string | undefined {
  const fields = value.trim().split(/\s+/);
  if (fields.length !== 5) return 'the cron schedule does not have five fields';
  if (!fields.every((field) => cronField.test(field))) return 'invalid cron schedule';
  if (/(^|[,-])7/.test(fields[4] ?? '')) return 'Kubernetes does not accept day 7; Sunday is 0';
  try {
    const next = new Cron(value, { utcOffset: 0 }).nextRun(new Date(0));
    return next === null ? 'the schedule never fires' : undefined;
  } catch {
    return 'invalid cron schedule';
  }
}

/** An absolute path on a node without `.` and `..`, other than the root. */
export const absolutePath = z.string().superRefine((value, context) => {
  const parts = value.split('/').slice(1);
  const clean = parts.length > 0 && parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (value.startsWith('/') && clean && !/[\u0000-\u001f\u007f]/.test(value)) return;
  raise(context, {
    code: 'not-a-path',
    message: 'invalid absolute path',
    expected: 'an absolute path without "." and ".." and without a trailing slash, such as /mnt/nas/photos',
  });
});

/** A Git URL that the source-controller of Flux can fetch. */
export const gitUrl = z.string().superRefine((value, context) => {
  if (
    /^(https|ssh):\/\/[^\s/:@]+(:\d+)?\/\S+$/.test(value) ||
    /^ssh:\/\/[^\s/:@]+@[^\s/:@]+(:\d+)?\/\S+$/.test(value)
  )
    return;
  const scp = /^(?<user>[^\s@/]+)@(?<host>[^\s:/]+):(?<path>[^\s]+)$/.exec(value)?.groups;
  const withPassword = /^https:\/\/[^/]*@/.test(value);
  raise(context, {
    code: 'not-a-git-address',
    message: withPassword ? 'the URL contains a password or token' : 'Flux cannot fetch from this URL',
    expected:
      'https://host/owner/name or ssh://git@host/owner/name, such as ssh://git@github.com/you/home-ops',
    ...(scp ? { suggestion: `ssh://${scp['user']}@${scp['host']}/${scp['path']}` } : {}),
    ...(withPassword ? { remedy: 'remove it from the URL and give it to Flux in a Secret' } : {}),
  });
});
