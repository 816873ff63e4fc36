import { createHash } from 'node:crypto';
import * as z from 'zod';
import { raise } from '../../config/finding.ts';
import { schedule } from '../../config/values/host.ts';

/**
 * What the definition of a ReplicationSource admits in a field of its schedule (`spec.trigger.schedule`, VolSync
 * 0.15): numbers, without names, and a step of everything alone. Of the minute it reads the end.
 */
const field = /^(\*(\/\d+)?|(\d+,)*\d+|\d+-\d+)$/;
const minuteField = /(\d|\*)$/;

/** A cron line that VolSync takes, which is less than Kubernetes takes. */
export const backupSchedule = schedule.pipe(
  z.string().superRefine((value, context) => {
    const [minute = '', ...others] = value.trim().split(/\s+/);
    if (minuteField.test(minute) && others.every((each) => field.test(each))) return;
    const message = 'VolSync takes no names of days and months, no lists of ranges, and a step of * alone';
    raise(context, {
      code: 'not-a-schedule',
      message,
      shown: `"${value}": ${message}`,
      expected: 'a number, numbers with commas, one range, * or */2 in each field, such as 0 3 * * 1-5',
    });
  }),
);

/**
 * The schedule with a minute of its own for each name, so that twenty volumes do not start at once. What a user
 * says by a list or a range stays as it is.
 *
 * @param schedule - five fields; a minute of `0` becomes some minute of that hour, one of every 15 minutes starts later in its quarter
 * @param name - what is scheduled: the same name gets the same minute
 */
export function spread(schedule: string, name: string): string {
  const [minute = '', ...others] = schedule.trim().split(/\s+/);
  const hash = createHash('sha256').update(name).digest().readUInt32BE(0);
  const step = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (step !== undefined) {
    const width = Number(step);
    // A step that does not divide the hour would fire less often from a later start.
    return 60 % width !== 0 ? schedule : [`${hash % width}-59/${step}`, ...others].join(' ');
  }
  return /^\d+$/.test(minute) ? [String(hash % 60), ...others].join(' ') : schedule;
}
