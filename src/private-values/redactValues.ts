import type { PrivateValues } from '../config/private.ts';
import { redactor } from './redact.ts';

/**
 * A copy of data of JSON in which no text holds a private value. Reports are made from such a copy, since what they
 * escape could not be found in them any more.
 */
export function redactValues<Value>(value: Value, privateValues: PrivateValues): Value {
  if (privateValues.size === 0) return value;
  const redact = redactor(privateValues);
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === 'string' ? redact(item) : item,
  );
}
