import type { PrivateValues } from '../config/private.ts';
import { unsearchable } from '../privacy/commonValues.ts';
import { wholeOf } from './namedValues.ts';

/** Replaces every private value of a text with `${NAME}`, the longest first. */
export type Redact = (text: string) => string;

/** From this length on, a value is replaced inside longer words too, as the scanner finds it. */
const distinctive = 8;

/**
 * Replaces values as the scanner finds them: a short one as a whole word only, and one that is in most texts anyway
 * only inside the host name that tells it.
 */
export function redactor(privateValues: PrivateValues): Redact {
  const replaced = new Map<string, string>();
  const patterns = [...privateValues].flatMap(([name, value]): string[] => {
    if (value === '') return [];
    const common = unsearchable(value) !== undefined;
    const text = common ? wholeOf(name, value) : value;
    if (text === undefined || replaced.has(text)) return [];
    replaced.set(text, common ? text.replace(value, () => `\${${name}}`) : `\${${name}}`);
    return [text];
  });
  if (patterns.length === 0) return (text) => text;
  const longestFirst = patterns.sort((one, other) => other.length - one.length);
  const all = new RegExp(longestFirst.map(patternOf).join('|'), 'gu');
  return (text) => text.replace(all, (found) => replaced.get(found) ?? found);
}

function patternOf(text: string): string {
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (text.length >= distinctive) return literal;
  return `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`;
}
