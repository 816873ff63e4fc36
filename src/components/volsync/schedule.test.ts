import { Cron } from 'croner';
import { expect, it } from 'vitest';
import { spread } from './schedule.ts';

const names = Array.from({ length: 40 }, (_, index) => `media/volume-${index}/rustfs`);

it('gives each name a minute of its own, and the same name the same', () => {
  const schedules = names.map((name) => spread('0 3 * * *', name));
  expect(new Set(schedules).size).toBeGreaterThan(20);
  expect(names.map((name) => spread('0 3 * * *', name))).toEqual(schedules);
  for (const schedule of schedules) expect(schedule).toMatch(/^[1-5]?\d 3 \* \* \*$/);
});

/** How often a schedule fires in the first two days of a month. */
function fires(schedule: string): number {
  const end = new Date('2026-01-03T00:00:00Z');
  const runs = new Cron(schedule, { timezone: 'UTC' }).nextRuns(200, new Date('2025-12-31T23:59:59Z'));
  return runs.filter((at) => at < end).length;
}

it.each(['0 3 * * *', '*/15 * * * *', '*/30 2 * * 4', '5 */6 1 * *', '0,30 4 * * *', '*/40 * * * *'])(
  '%s fires as often as before, whatever the name',
  (schedule) => {
    const before = fires(schedule);
    expect(before).toBeGreaterThan(0);
    for (const name of names.slice(0, 6)) expect(fires(spread(schedule, name)), name).toBe(before);
  },
);

it('keeps a schedule that a later start would change, and one that a user spread', () => {
  for (const schedule of ['*/40 * * * *', '0,30 4 * * *', '10-20 5 * * *'])
    expect(spread(schedule, 'any')).toBe(schedule);
});
