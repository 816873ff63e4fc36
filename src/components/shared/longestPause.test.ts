import { Cron } from 'croner';
import { expect, it } from 'vitest';
import fc from '../../../tests/fastCheck.ts';
import { longestPause } from './longestPause.ts';

it.each([
  ['30 2 * * *', 24],
  ['0 */6 * * *', 6],
  ['0 6 * * 0', 7 * 24],
  ['0 0 1 * *', 31 * 24],
  // So many runs on one day that counting runs never leaves it.
  ['* * 1 * *', 30 * 24 + 1 / 60],
  ['5-10,50/5 1-3,22 * * *', 18 + 10 / 60],
  ['0 0 29 2 *', (8 * 365 + 1) * 24],
  ['*/10 3 13 * 5', 6 * 24 + 23 + 1 / 6],
])('the longest pause of %s is %d hours', (schedule, hours) => {
  expect(longestPause(schedule)).toBeCloseTo(hours * 3600);
});

it('is the longest pause among the runs of two years', () => {
  const number = (least: number, most: number) => {
    const one = fc.integer({ min: least, max: most });
    const range = fc.tuple(one, one).map(([from, to]) => `${Math.min(from, to)}-${Math.max(from, to)}`);
    return fc.oneof(
      fc.constant('*'),
      one.map(String),
      range,
      fc.integer({ min: 2, max: 9 }).map((step) => `*/${step}`),
    );
  };
  const single = (most: number) =>
    fc
      .uniqueArray(fc.integer({ min: 0, max: most }), { minLength: 1, maxLength: 3 })
      .map((all) => all.join(','));
  const schedule = fc.tuple(single(59), single(23), number(1, 28), number(1, 12), number(0, 6));
  fc.assert(
    fc.property(schedule, (fields) => {
      const text = fields.join(' ');
      const start = new Date('2026-01-01T00:00:00Z');
      const times = new Cron(text, { utcOffset: 0 })
        .nextRuns(2 * 366 * 9, start)
        .map((run) => run.getTime() / 1000);
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(longestPause(text), text).toBeGreaterThanOrEqual(Math.max(...pauses.slice(0, 900)));
      expect(pauses, text).toContain(longestPause(text));
    }),
    { numRuns: 15 },
  );
});
