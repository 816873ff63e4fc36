import type * as z from 'zod';
import type { ProblemCode } from '../problems/codes.ts';

/**
 * The result of checking a value. `message` never contains the value. `shown` and `suggestion`, the probable
 * intention, may contain it and are used for public fields only.
 */
export interface ValueFinding {
  code: ProblemCode;
  message: string;
  shown?: string;
  expected: string;
  remedy?: string;
  suggestion?: string;
}

/** Raises a finding inside of a zod refinement. `schemaProblem.ts` turns it into a problem with a position. */
export function raise(context: z.RefinementCtx, finding: ValueFinding): void {
  context.addIssue({ code: 'custom', message: finding.message, params: { finding } });
}
