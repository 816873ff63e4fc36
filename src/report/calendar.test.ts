import { expect, it } from 'vitest';
import type { CheckResult, CheckVerdict } from '../live/check.ts';
import { calendarDocument, renderCalendar } from './calendar.ts';
import { styleFor } from './style.ts';

const result = (what: string, at: string | undefined, verdict: CheckVerdict): CheckResult => ({
  id: `ends-${what}`,
  promise: `${what} is valid for a while`,
  remedy: `renew ${what}`,
  verdict,
  evidence: [],
  ends: at === undefined ? undefined : { what, at },
  at: '2026-11-30T12:00:00.000Z',
});
const results = [
  result('far', '2027-11-30T12:00:00.000Z', 'kept'),
  result('none', undefined, 'kept'),
  result('over', '2026-11-29T12:00:00.000Z', 'broken'),
  result('soon', '2026-12-20T12:00:00.000Z', 'kept'),
];

it('shows what ends by date, and how what ends soon is renewed', () => {
  expect(renderCalendar(results, styleFor(false))).toEqual([
    [
      'What ends',
      '',
      '  2026-11-29      over  over',
      '      do     renew over',
      '  2026-12-20   20 days  soon',
      '      do     renew soon',
      '  2027-11-30  365 days  far',
    ].join('\n'),
  ]);
  expect(renderCalendar([], styleFor(false))).toEqual([]);
});

it('tells programs the same', () => {
  expect(calendarDocument(results)).toEqual([
    {
      what: 'over',
      at: '2026-11-29T12:00:00.000Z',
      days: -1,
      id: 'ends-over',
      verdict: 'broken',
      remedy: 'renew over',
    },
    {
      what: 'soon',
      at: '2026-12-20T12:00:00.000Z',
      days: 20,
      id: 'ends-soon',
      verdict: 'kept',
      remedy: 'renew soon',
    },
    {
      what: 'far',
      at: '2027-11-30T12:00:00.000Z',
      days: 365,
      id: 'ends-far',
      verdict: 'kept',
      remedy: 'renew far',
    },
  ]);
});
