import type { Problem } from '../problems/problem.ts';

/** What a step came to: its value, or every reason why there is none. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refused(...problems: Problem[]): { ok: false; problems: Problem[] } {
  return { ok: false, problems };
}
