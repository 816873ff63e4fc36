import { Environment } from '@marcbachmann/cel-js';

/** Whether an expression holds for an object that runs, or why that cannot be said. */
export type LiveExpression = (object: unknown) => boolean | { why: string };

/**
 * Compiles an expression of CEL over `object` and `status`, as operators evaluate health checks against live objects.
 *
 * @returns why it cannot be compiled
 */
export function compileLiveExpression(expression: string): LiveExpression | { why: string } {
  try {
    const environment = new Environment({
      unlistedVariablesAreDyn: true,
      homogeneousAggregateLiterals: false,
      enableOptionalTypes: true,
    });
    const evaluate = environment.parse(expression);
    const checked = evaluate.check();
    if (!checked.valid) return { why: firstLine(checked.error) };
    return (object) => {
      try {
        const result: unknown = evaluate({ object, status: Object(object).status ?? {} });
        return typeof result === 'boolean' ? result : { why: 'it is neither true nor false' };
      } catch (error) {
        return { why: firstLine(error) };
      }
    };
  } catch (error) {
    return { why: firstLine(error) };
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
