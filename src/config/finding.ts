import type * as z from 'zod';
import type { ProblemCode } from '../problems/codes.ts';

/**
 * What a check says of a value. `message` never repeats the value; `shown` may, and is used for public fields
 * only, as is `suggestion`, the value that was probably meant.
 */
export interface ValueFinding {
  code: ProblemCode;
  message: string;
  shown?: string;
  expected: string;
  remedy?: string;
  suggestion?: string;
}

/** Raises a finding inside a zod refinement; `problems.ts` turns it into a problem with its place. */
export function raise(context: z.RefinementCtx, finding: ValueFinding): void {
  context.addIssue({ code: 'custom', message: finding.message, params: { finding } });
}
