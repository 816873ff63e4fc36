import type { Answer } from '../../live/check.ts';

/** Answers of checks, each with what was seen. */
export const kept = (...evidence: string[]): Answer => ({ verdict: 'kept', evidence });

export function broken(evidence: readonly string[], remedy?: string): Answer {
  return { verdict: 'broken', evidence, ...(remedy === undefined ? {} : { remedy }) };
}

export function notChecked(evidence: string, remedy?: string): Answer {
  return { verdict: 'not checked', evidence: [evidence], ...(remedy === undefined ? {} : { remedy }) };
}

/** Broken where something is wrong, and kept with what was seen otherwise. */
export function unlessWrong(wrong: readonly string[], seen: readonly string[], remedy?: string): Answer {
  return wrong.length > 0 ? broken(wrong, remedy) : kept(...seen);
}

/** `1 node`, `2 nodes`. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
