import type { Problem } from './problem.ts';

/** A value, or every reason why there is none. Nothing in Gatehouse throws for bad input. */
export type Outcome<Value> = { ok: true; value: Value } | { ok: false; problems: Problem[] };

export function ok<Value>(value: Value): Outcome<Value> {
  return { ok: true, value };
}

export function err(...problems: Problem[]): { ok: false; problems: Problem[] } {
  return { ok: false, problems };
}
