/**
 * Every code that Gatehouse can report, with what `gatehouse explain CODE` says about it. The keys are the
 * closed union: a code that is not here does not compile. `exit` is the exit code that a run ends with:
 * 1 found something, 2 invalid input or usage, 3 the surroundings failed, 4 something is unknown.
 */
export const codes = {
  // Reading a text
  'text-not-found': { exit: 2, means: 'The file is not there.' },
} as const satisfies Record<string, { exit: 1 | 2 | 3 | 4; means: string }>;

export type ProblemCode = keyof typeof codes;
