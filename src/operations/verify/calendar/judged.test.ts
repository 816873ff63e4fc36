import { expect, it } from 'vitest';
import { judged } from './judged.ts';

const now = new Date('2026-11-30T12:00:00Z');
const what = 'The token';

it.each([
  ['2027-11-30T12:00:00Z', 'kept', 'The token ends on 2027-11-30, in 365 days'],
  ['2026-12-31T12:00:00Z', 'kept', 'The token ends on 2026-12-31, in 31 days'],
  ['2026-12-14T12:00:00Z', 'kept', 'The token ends on 2026-12-14, in 14 days'],
  ['2026-12-14T11:59:59Z', 'broken', 'The token ends on 2026-12-14, in 13 days'],
  ['2026-12-01T12:00:00Z', 'broken', 'The token ends on 2026-12-01, in 1 day'],
  ['2026-11-30T12:00:00Z', 'broken', 'The token ended on 2026-11-30'],
  ['2020-01-01T00:00:00Z', 'broken', 'The token ended on 2020-01-01'],
])('%s is %s', (end, verdict, sentence) => {
  const ends = new Date(end);
  expect(judged({ ends, what }, now)).toEqual({
    verdict,
    evidence: [sentence],
    ends: { what, at: ends.toISOString() },
  });
});

it('lets what renews itself live shortly, until its renewal is a day late', () => {
  const ends = new Date('2026-12-01T00:00:00Z');
  const late = (renewal: string) => judged({ ends, renewal: new Date(renewal), what }, now);
  expect(late('2026-11-30T20:00:00Z').verdict).toBe('kept');
  expect(late('2026-11-29T12:00:01Z').verdict).toBe('kept');
  expect(late('2026-11-29T11:59:59Z')).toMatchObject({
    verdict: 'broken',
    evidence: ['The token ends on 2026-12-01, in 0 days', 'It was to be renewed on 2026-11-29'],
  });
  const over = judged({ ends: now, renewal: now, what }, now);
  expect(over.verdict).toBe('broken');
});
