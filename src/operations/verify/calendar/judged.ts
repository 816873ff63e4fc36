import type { Answer } from '../../../live/check.ts';

const day = 86_400_000;
/** So many days before its end something is broken: there has to be time to renew it, and to notice a failure. */
export const leastDays = 14;

/** Something that ends. */
export interface Ending {
  ends: Date;
  /** When it was to be renewed by itself, for what renews itself. */
  renewal?: Date | undefined;
  /** What it is, as a noun: "Certificate media/immich". */
  what: string;
}

/**
 * Judges something that ends: broken where it is over or ends within {@link leastDays} days. What renews itself is
 * broken where it is over, or was to be renewed more than a day ago: some certificates live for a day.
 */
export function judged({ ends, renewal, what }: Ending, now: Date): Answer {
  const left = Math.floor((ends.getTime() - now.getTime()) / day);
  const date = ends.toISOString().slice(0, 10);
  const when =
    ends <= now ? `ended on ${date}` : `ends on ${date}, in ${left} ${left === 1 ? 'day' : 'days'}`;
  const isLate = renewal !== undefined && now.getTime() - renewal.getTime() > day;
  const isShort = renewal === undefined && left < leastDays;
  return {
    verdict: ends <= now || isLate || isShort ? 'broken' : 'kept',
    evidence: [
      `${what} ${when}`,
      ...(isLate ? [`It was to be renewed on ${renewal.toISOString().slice(0, 10)}`] : []),
    ],
    ends: { what, at: ends.toISOString() },
  };
}
