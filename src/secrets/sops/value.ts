import { timestampOf } from './timestamp.ts';

/** The types that SOPS writes into `type:` of an encrypted value. */
export type ValueType = 'str' | 'int' | 'float' | 'bool' | 'time';

/** A leaf of a document. `text` is what SOPS encrypts and hashes: `True`, `-12`, `0.5`, RFC 3339, or the string. */
export interface PlainValue {
  type: ValueType;
  text: string;
}

/** Why a plain scalar has no value: it is null, which SOPS does not encrypt, or a number that SOPS cannot encode. */
export type NoValue = 'null' | 'too-large';

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const trues = new Set(['true', 'True', 'TRUE']);
const falses = new Set(['false', 'False', 'FALSE']);
const infinities = new Map(
  ['inf', 'Inf', 'INF'].flatMap((word) => [
    [`.${word}`, '+Inf'],
    [`+.${word}`, '+Inf'],
    [`-.${word}`, '-Inf'],
  ]),
);
const decimalFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const largestInt = 2n ** 63n - 1n;
const largestUnsigned = 2n ** 64n - 1n;

/**
 * Types an unquoted scalar as go-yaml 3 does (`resolve.go`), which SOPS uses. It mixes YAML 1.1 and 1.2: `0777` is octal
 * and `1_000` a number, but `yes` is a string. In JSON an integer beyond 64 bits becomes a float; in YAML it is refused,
 * as by SOPS.
 */
export function resolvePlain(source: string, format: 'yaml' | 'json'): PlainValue | NoValue {
  if (nulls.has(source)) return 'null';
  if (trues.has(source)) return { type: 'bool', text: 'True' };
  if (falses.has(source)) return { type: 'bool', text: 'False' };
  const infinite = infinities.get(source);
  if (infinite) return { type: 'float', text: infinite };
  if (/^\.(?:nan|NaN|NAN)$/.test(source)) return { type: 'float', text: 'NaN' };
  if (/^[-+.0-9]/.test(source)) {
    const number = source.startsWith('.') ? floatOf(source) : numberOf(source, format);
    if (number) return number;
  }
  return { type: 'str', text: source };
}

function numberOf(source: string, format: 'yaml' | 'json'): PlainValue | NoValue | undefined {
  const time = timestampOf(source);
  if (time) return { type: 'time', text: time };
  const digits = source.replaceAll('_', '');
  const integer = integerOf(digits);
  if (integer !== undefined && integer <= largestInt && integer >= -largestInt - 1n)
    return { type: 'int', text: integer.toString() };
  const unsigned = integer !== undefined && integer > 0n && integer <= largestUnsigned;
  if (unsigned && !digits.startsWith('+') && format === 'yaml') return 'too-large';
  return floatOf(digits);
}

/** Go's `strconv.ParseInt` with base 0. Remove underscores first. */
function integerOf(digits: string): bigint | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(digits);
  if (!match) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const size = hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : (decimal ?? '');
  return sign === '-' ? -BigInt(size) : BigInt(size);
}

function floatOf(digits: string): PlainValue | undefined {
  if (!decimalFloat.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? { type: 'float', text: goFloat(value) } : undefined;
}

/** Go's `strconv.FormatFloat(value, 'f', -1, 64)`: the shortest digits that round-trip, without an exponent. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', exponent] = Math.abs(value).toString().split('e');
  if (exponent === undefined) return sign + mantissa;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return sign + (point >= all.length ? all.padEnd(point, '0') : `${all.slice(0, point)}.${all.slice(point)}`);
}

/**
 * Parses a decrypted value, as Go's `Atoi`, `ParseFloat` and `ParseBool` do.
 *
 * @returns undefined when the text is not of that type
 */
export function plainValueOf(type: string, text: string): PlainValue | undefined {
  switch (type) {
    case 'str':
    case 'bytes':
      return { type: 'str', text };
    case 'int':
      return /^[-+]?[0-9]+$/.test(text)
        ? { type, text: BigInt(text.replace('+', '')).toString() }
        : undefined;
    case 'float':
      return floatOf(text) ?? (/^(?:[-+]Inf|NaN)$/.test(text) ? { type, text } : undefined);
    case 'bool':
      if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return { type, text: 'True' };
      return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? { type, text: 'False' } : undefined;
    case 'time': {
      const time = timestampOf(text);
      return time === undefined ? undefined : { type, text: time };
    }
    default:
      return undefined;
  }
}

/** The source of a value other than a string, so that YAML and JSON read the same type again. */
export function literalOf({ type, text }: PlainValue): string {
  if (type === 'bool') return text.toLowerCase();
  if (type !== 'float') return text;
  if (text === 'NaN') return '.nan';
  if (text.endsWith('Inf')) return text.replace('+Inf', '.inf').replace('-Inf', '-.inf');
  return text.includes('.') ? text : `${text}.0`;
}
