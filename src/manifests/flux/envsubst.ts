import { type Expression, parseExpressions } from './expression.ts';
import { matchesGlob } from './glob.ts';

/** What is known of a variable: its value, that nobody sets it, or that its value is hidden or elsewhere. */
export type Variable = { value: string } | 'unset' | 'unknown';

/** A text with what is known filled in. An expression that is not known stays as it is written. */
export interface Evaluated {
  text: string;
  /** Names whose values decide and are not known. */
  unknown: ReadonlySet<string>;
  /** Names that nobody sets and that have no default: Flux refuses the Kustomization for one. */
  unset: ReadonlySet<string>;
  /** Expressions that Flux refuses, or of which the result is not known. */
  unclear: readonly string[];
  /** The expressions of the text. */
  sources: readonly string[];
}

interface State {
  lookup: (name: string) => Variable;
  /** Counts the characters of a result before it is made. */
  spend: (characters: number) => void;
  unknown: Set<string>;
  unset: Set<string>;
  unclear: boolean;
}

/**
 * Evaluates the expressions of a text as fluxcd/pkg/envsubst 1.7 does in strict mode, which is what kustomize-controller
 * 1.9 does by default (feature gate `StrictPostBuildSubstitutions`). All operators of the library are evaluated; of
 * values with other characters than ASCII only those that do not depend on how Go counts or changes them. The test
 * compares it with recorded answers of the library.
 */
export function evaluate(
  text: string,
  lookup: (name: string) => Variable,
  spend: (characters: number) => void = () => {},
): Evaluated {
  const parts = parseExpressions(text);
  const none = { unknown: new Set<string>(), unset: new Set<string>(), sources: [] };
  if ('malformed' in parts) return { ...none, text, unclear: [parts.malformed] };
  const state: State = { lookup, spend, unknown: none.unknown, unset: none.unset, unclear: false };
  const unclear: string[] = [];
  const sources: string[] = [];
  const filled = parts.map((part) => {
    if (typeof part === 'string') return part;
    sources.push(part.source);
    state.unclear = false;
    const value = resultOf(part.expression, state);
    if (state.unclear) unclear.push(part.source);
    return value ?? part.source;
  });
  return { text: filled.join(''), unknown: state.unknown, unset: state.unset, unclear, sources };
}

/** The operators that tolerate a variable that nobody sets. The library gives the last two no meaning of their own. */
const defaulting: ReadonlySet<string> = new Set(['=', ':=', ':-', ':?', ':+']);

function resultOf(expression: Expression, state: State): string | undefined {
  const { name, operator } = expression;
  // The library evaluates arguments first, also those that it does not need.
  const found = expression.arguments.map((each) => (typeof each === 'string' ? each : resultOf(each, state)));
  const variable = state.lookup(name);
  if (variable === 'unknown') {
    state.unknown.add(name);
    return undefined;
  }
  if (variable === 'unset' && !defaulting.has(operator)) {
    state.unset.add(name);
    return undefined;
  }
  const value = variable === 'unset' ? '' : variable.value;
  if (defaulting.has(operator) && value !== '') return value;
  const known = found.filter((each) => each !== undefined);
  if (known.length < found.length) return undefined;
  if (defaulting.has(operator)) return known.join('');
  if (operator === '//') state.spend(countOf(value, known[0] ?? '') * (known[1]?.length ?? 0));
  const result = operated(operator, value, known);
  state.unclear ||= result === undefined;
  return result;
}

function countOf(value: string, pattern: string): number {
  let count = 0;
  if (pattern === '') return count;
  for (let at = value.indexOf(pattern); at >= 0; at = value.indexOf(pattern, at + pattern.length)) count++;
  return count;
}

/** Longer values are not filled in where a pattern is tried on each of their beginnings. */
const longest = 4096;

const ascii = /^[\x01-\x7f]*$/;

/** The result of an operator; undefined where it depends on how Go sees characters that are not ASCII. */
function operated(operator: string, value: string, found: readonly string[]): string | undefined {
  const [first, second] = found;
  if (operator === '#' && first === undefined) return String(Buffer.byteLength(value));
  if (operator.startsWith('/')) return replaced(operator, value, first ?? '', second);
  if (operator === '' || operator === ',^' || operator === '^,') return value;
  if (!ascii.test(value) || value.length > longest) return undefined;
  if (operator === ':') return sliced(value, first ?? '', second);
  if (operator === ',,') return value.toLowerCase();
  if (operator === '^^') return value.toUpperCase();
  if (operator === ',') return value.slice(0, 1).toLowerCase() + value.slice(1);
  if (operator === '^') return value.slice(0, 1).toUpperCase() + value.slice(1);
  return first === undefined || !ascii.test(first) ? undefined : trimmed(operator, value, first);
}

function replaced(
  operator: string,
  value: string,
  pattern: string,
  by: string | undefined,
): string | undefined {
  // Between which bytes Go would insert is not repeated here.
  if (operator === '//') return pattern === '' ? undefined : value.split(pattern).join(by ?? '');
  if (operator === '/#')
    return by !== undefined && value.startsWith(pattern) ? by + value.slice(pattern.length) : value;
  if (operator === '/%')
    return by !== undefined && value.endsWith(pattern)
      ? value.slice(0, value.length - pattern.length) + by
      : value;
  const at = value.indexOf(pattern);
  return at < 0 ? value : value.slice(0, at) + (by ?? '') + value.slice(at + pattern.length);
}

/** Bash gives the whole value where a number cannot be read, and so does the library. */
function sliced(value: string, position: string, length: string | undefined): string | undefined {
  const isNumber = (text: string): boolean => /^[-+]?\d{1,15}$/.test(text);
  if ([position, length ?? '0'].some((text) => /\d{16}/.test(text))) return undefined;
  if (!isNumber(position)) return value;
  const from = Number(position);
  const start = from < 0 ? Math.max(0, value.length + from) : from;
  if (length === undefined) return value.slice(start);
  if (!isNumber(length)) return value;
  // The library breaks off where the end is before the beginning.
  return Number(length) < 0 && start <= value.length ? undefined : value.slice(start, start + Number(length));
}

function trimmed(operator: string, value: string, pattern: string): string | undefined {
  if (operator === '#' || operator === '##') return withoutBeginning(value, pattern, operator === '##');
  // The library turns both around, the pattern without regard to what its characters mean.
  const rest = withoutBeginning(reversed(value), reversed(pattern), operator === '%%');
  return rest === undefined ? undefined : reversed(rest);
}

function withoutBeginning(value: string, pattern: string, isLongest: boolean): string | undefined {
  let cut = 0;
  for (let length = value.length; length > 0; length--) {
    const matches = matchesGlob(pattern, value.slice(0, length));
    if (matches === undefined) return undefined;
    if (matches) cut = length;
    if (matches && isLongest) break;
  }
  return value.slice(cut);
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
