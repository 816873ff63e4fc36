import type { PrivateValues } from '../config/private.ts';
import { err, type Outcome } from '../problems/outcome.ts';
import { redactor } from './redact.ts';

/** An outcome whose problems, such as words of an API server, hold no private value. */
export function redactProblems<Value>(outcome: Outcome<Value>, privateValues: PrivateValues): Outcome<Value> {
  return outcome.ok ? outcome : err(...redactValues(outcome.problems, privateValues));
}

/**
 * A copy of JSON data without private values. Redact before a report is formatted: the escapes of a format hide values
 * from a search.
 */
export function redactValues<Value>(value: Value, privateValues: PrivateValues): Value {
  if (privateValues.size === 0) return value;
  const redact = redactor(privateValues);
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === 'string' ? redact(item) : item,
  );
}
