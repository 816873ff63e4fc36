import { createHash } from 'node:crypto';

/**
 * The schedule with a minute of its own for each name, so that twenty volumes do not start at once. What a person
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
