import type { PrivateValues } from '../config/private.ts';

/** Replaces every private value of a text with `${NAME}`, the longest first. */
export type Redact = (text: string) => string;

export function redactor(privateValues: PrivateValues): Redact {
  const values = [...privateValues]
    .filter(([, value]) => value !== '')
    .sort(([, one], [, other]) => other.length - one.length);
  return (text) =>
    values.reduce((result, [name, value]) => result.replaceAll(value, () => `\${${name}}`), text);
}
