import { Cron } from 'croner';
import * as z from 'zod';
import { raise } from '../finding.ts';

/** A cron line of five fields as Kubernetes reads it, which fires at least once in the next ten years. */
export const schedule = z.string().superRefine((value, context) => {
  const problem = cronProblem(value);
  if (problem === undefined) return;
  raise(context, {
    code: 'not-a-schedule',
    message: problem,
    shown: `"${value}": ${problem}`,
    expected: 'five fields: minute, hour, day of month, month, day of week, such as 30 3 * * *',
  });
});

/** One field as robfig/cron v3 reads it, which Kubernetes uses: it knows neither `L`, `W` and `#` nor day 7. */
const cronField = /^((\*|\d+|[A-Za-z]{3})(-(\d+|[A-Za-z]{3}))?(\/\d+)?(,(?!$)|$))+$/;

function cronProblem(value: string): string | undefined {
  const fields = value.trim().split(/\s+/);
  if (fields.length !== 5) return 'this is not a cron line of five fields';
  if (!fields.every((field) => cronField.test(field))) return 'this is not a cron line';
  if (/(^|[,-])7/.test(fields[4] ?? '')) return 'Sunday is 0: Kubernetes knows no day 7';
  try {
    const next = new Cron(value, { utcOffset: 0 }).nextRun(new Date(0));
    return next === null ? 'this never fires' : undefined;
  } catch {
    return 'this is not a cron line';
  }
}

/** An absolute path on a node, without `.` or `..`, that is not the root itself. */
export const absolutePath = z.string().superRefine((value, context) => {
  const parts = value.split('/').slice(1);
  const clean = parts.length > 0 && parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (value.startsWith('/') && clean && !/[\u0000-\u001f\u007f]/.test(value)) return;
  raise(context, {
    code: 'not-a-path',
    message: 'this is not an absolute path below the root',
    expected: 'a path such as /mnt/nas/photos, without a slash at the end and without dots between slashes',
  });
});

/** A Git address that Flux's source-controller can fetch. */
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
    message: withPassword ? 'the address carries a password or token' : 'Flux cannot fetch from this address',
    expected: 'https://host/owner/name or ssh://git@host/owner/name',
    ...(scp ? { suggestion: `ssh://${scp['user']}@${scp['host']}/${scp['path']}` } : {}),
    ...(withPassword ? { remedy: 'take it out of the address and give it to Flux as a Secret' } : {}),
  });
});
