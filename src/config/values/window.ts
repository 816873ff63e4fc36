import * as z from 'zod';
import { raise } from '../finding.ts';

const secondsOf: Record<string, number> = { h: 3600, m: 60, s: 1 };

/** The length of a maintenance window, in whole numbers of `h`, `m` and `s`: from one hour to one week. */
export const windowLength = z.string().superRefine((value, context) => {
  const parts = /^(\d{1,6}[smh])+$/.test(value) ? [...value.matchAll(/(\d+)([smh])/g)] : [];
  const seconds = parts.reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (secondsOf[unit] ?? 0),
    0,
  );
  if (seconds >= 3600 && seconds <= 168 * 3600) return;
  const message =
    parts.length === 0
      ? 'invalid duration'
      : seconds < 3600
        ? 'the window is too short to upgrade a node'
        : 'a window that is longer than a week never closes';
  raise(context, {
    code: 'not-a-duration',
    message,
    shown: `"${value}": ${message}`,
    expected: 'a duration from 1h to 168h, such as 4h or 2h30m',
  });
});

/** A time zone of the IANA database, such as `Europe/Berlin`. */
export const timeZone = z.string().superRefine((value, context) => {
  if (/^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/.test(value) && isKnown(value)) return;
  const message = 'unknown time zone';
  raise(context, {
    code: 'not-a-time-zone',
    message,
    shown: `"${value}": ${message}`,
    expected: 'a time zone of the IANA database, such as UTC or Europe/Berlin',
  });
});

function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
