/** A text with its escapes resolved, and the mapping of offsets back to the source. */
export interface DecodedView {
  bytes: Uint8Array;
  /** Whether an escape resolved to the start of another one: `%25`, `\\`. */
  isNested: boolean;
  /** The source offset of the byte at an index; that of an escape is its first byte. */
  startOf(at: number): number;
  /** The exclusive source end of a range that ends (exclusive) at an index above 0. */
  endOf(at: number): number;
}

interface Escape {
  /** The length in the source, in bytes. */
  length: number;
  /** The resolved code point; -1 for none (a continued line). */
  codePoint: number;
  /** Whether the code point is one byte rather than a character. */
  isByte: boolean;
}

const percent = 0x25;
const ampersand = 0x26;
const bracket = 0x5b;
const backslash = 0x5c;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** The length of base64 at the end of a line from which the next line counts as its continuation. */
export const wrappedRun = 40;

function hexAt(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    const byte = bytes[i] ?? 0;
    const digit =
      byte >= 0x30 && byte <= 0x39
        ? byte - 0x30
        : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
          ? (byte | 0x20) - 0x57
          : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;
const isOctal = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x37;
const isPunctuation = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x2f) ||
  (byte >= 0x3a && byte <= 0x40) ||
  (byte >= 0x5b && byte <= 0x60) ||
  byte >= 0x7b;

function isBase64Byte(byte: number): boolean {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x2f && byte <= 0x39) || byte === 0x2b;
}

/** `\uXXXX`, together with the second half of a surrogate pair. */
function utf16At(bytes: Uint8Array, at: number): Escape | undefined {
  const unit = hexAt(bytes, at + 2, 4);
  if (unit < 0) return undefined;
  if (unit >= 0xd800 && unit < 0xdc00 && bytes[at + 6] === backslash && bytes[at + 7] === 0x75) {
    const low = hexAt(bytes, at + 8, 4);
    if (low >= 0xdc00 && low < 0xe000) {
      return { length: 12, codePoint: 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00), isByte: false };
    }
  }
  return { length: 6, codePoint: unit, isByte: false };
}

/** A backslash at the end of a line joins it with the next one (YAML 1.2, section 5.7; shells). */
function continuationAt(bytes: Uint8Array, at: number): Escape | undefined {
  let next = at + 1;
  if (bytes[next] === carriageReturn) next++;
  if (bytes[next] !== newline) return undefined;
  next++;
  while (isBlank(bytes[next])) next++;
  return { length: next - at, codePoint: -1, isByte: true };
}

function backslashAt(bytes: Uint8Array, at: number): Escape | undefined {
  const byte = bytes[at + 1];
  if (byte === undefined) return undefined;
  if (byte === 0x75) return utf16At(bytes, at);
  if (byte === 0x78 || byte === 0x55) {
    const digits = byte === 0x78 ? 2 : 8;
    const value = hexAt(bytes, at + 2, digits);
    return value < 0 || value > 0x10ffff
      ? undefined
      : { length: 2 + digits, codePoint: value, isByte: digits === 2 };
  }
  if (byte === 0x6e) return { length: 2, codePoint: newline, isByte: true };
  if (byte === 0x72) return { length: 2, codePoint: carriageReturn, isByte: true };
  if (byte === 0x74) return { length: 2, codePoint: 0x09, isByte: true };
  if (isOctal(byte) && isOctal(bytes[at + 2]) && isOctal(bytes[at + 3])) {
    const value = (byte - 0x30) * 64 + ((bytes[at + 2] ?? 0) - 0x30) * 8 + ((bytes[at + 3] ?? 0) - 0x30);
    return value > 0xff ? undefined : { length: 4, codePoint: value, isByte: true };
  }
  if (byte === 0x20 || (byte < 0x7f && isPunctuation(byte)))
    return { length: 2, codePoint: byte, isByte: true };
  return continuationAt(bytes, at);
}

const entities: Record<string, number> = {
  amp: 0x26,
  lt: 0x3c,
  gt: 0x3e,
  quot: 0x22,
  apos: 0x27,
  commat: 0x40,
  period: 0x2e,
};

const longestEntity = 10;

function entityAt(bytes: Uint8Array, at: number): Escape | undefined {
  let end = at + 1;
  while (end - at <= longestEntity && bytes[end] !== 0x3b) end++;
  if (bytes[end] !== 0x3b) return undefined;
  const name = Buffer.from(bytes.subarray(at + 1, end)).toString('latin1');
  const numeric = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
  const value = numeric
    ? Number.parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] === undefined ? 10 : 16)
    : (entities[name] ?? -1);
  return value < 0 || value > 0x10ffff
    ? undefined
    : { length: end + 1 - at, codePoint: value, isByte: false };
}

/** Whether the newline at `at` wraps a long run of base64. */
function wrapsBase64(bytes: Uint8Array, at: number): boolean {
  const end = bytes[at - 1] === carriageReturn ? at - 1 : at;
  if (end < wrappedRun) return false;
  if (!isBase64Byte(bytes[end - 8] ?? 0) || !isBase64Byte(bytes[end - 20] ?? 0)) return false;
  for (let i = end - wrappedRun; i < end; i++) if (!isBase64Byte(bytes[i] ?? 0)) return false;
  let next = at + 1;
  while (isBlank(bytes[next])) next++;
  return isBase64Byte(bytes[next] ?? 0);
}

function wrapAt(bytes: Uint8Array, at: number): Escape | undefined {
  const end = bytes[at] === carriageReturn ? at + 1 : at;
  if (bytes[end] !== newline || !wrapsBase64(bytes, end)) return undefined;
  let next = end + 1;
  while (isBlank(bytes[next])) next++;
  return { length: next - at, codePoint: -1, isByte: true };
}

function escapeAt(bytes: Uint8Array, at: number): Escape | undefined {
  const byte = bytes[at];
  if (byte === percent) {
    const value = hexAt(bytes, at + 1, 2);
    return value < 0 ? undefined : { length: 3, codePoint: value, isByte: true };
  }
  if (byte === backslash) return backslashAt(bytes, at);
  if (byte === ampersand) return entityAt(bytes, at);
  if (byte === newline || byte === carriageReturn) return wrapAt(bytes, at);
  if (byte === bracket && bytes[at + 1] === 0x2e && bytes[at + 2] === 0x5d) {
    return { length: 3, codePoint: 0x2e, isByte: true };
  }
  return undefined;
}

const special = new Uint8Array(256);
for (const byte of [percent, backslash, ampersand, newline, carriageReturn, bracket]) special[byte] = 1;

/** Whether an escape at an offset could hide a part of a pattern. */
export type EscapeFilter = (bytes: Uint8Array, at: number) => boolean;

const fold = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

const base64Digit = new Int8Array(256).fill(-1);
for (const [i, character] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  base64Digit[character.charCodeAt(0)] = i;
}

/**
 * The base64 trigrams of all patterns. A pattern that a line break cuts has at least six characters, so three of them are
 * on one side of it.
 */
function base64Trigrams(patterns: readonly Uint8Array[]): { has(bytes: Uint8Array, at: number): boolean } {
  const known = new Uint8Array(2 ** 18);
  const indexAt = (bytes: Uint8Array, at: number): number => {
    const first = base64Digit[bytes[at] ?? 0] ?? -1;
    const second = base64Digit[bytes[at + 1] ?? 0] ?? -1;
    const third = base64Digit[bytes[at + 2] ?? 0] ?? -1;
    return first < 0 || second < 0 || third < 0 ? -1 : first * 4096 + second * 64 + third;
  };
  for (const bytes of patterns) {
    for (let at = 0; at + 2 < bytes.length; at++) {
      const index = indexAt(bytes, at);
      if (index >= 0) known[index] = 1;
    }
  }
  return { has: (bytes, at) => known[indexAt(bytes, at)] === 1 };
}

/**
 * Most escapes hide nothing: `\"` in JSON when no value has a quote. An escape counts if its code point is in a pattern,
 * at the end or before the byte that follows here; or if it joins lines, or creates another escape.
 */
export function escapeFilter(patterns: readonly Uint8Array[]): EscapeFilter {
  const pairs = new Uint8Array(2 ** 16);
  const last = new Uint8Array(256);
  const threes = base64Trigrams(patterns);
  let hasWide = false;
  for (const bytes of patterns) {
    for (const [i, byte] of bytes.entries()) {
      const next = bytes[i + 1];
      hasWide ||= byte >= 0x80;
      if (next === undefined) last[fold(byte)] = 1;
      else pairs[fold(byte) * 256 + fold(next)] = 1;
    }
  }
  /** The most frequent escapes in JSON and scripts, such as `\"`: one byte, which needs no decoding. */
  const isSimple = (byte: number, next: number) =>
    byte < 0x7f && isPunctuation(byte) && special[byte] === 0 && special[next] === 0;
  return (bytes, at) => {
    if (bytes[at] === backslash) {
      const byte = bytes[at + 1] ?? 0;
      const next = bytes[at + 2] ?? 0;
      if (isSimple(byte, next)) return last[byte] === 1 || pairs[byte * 256 + fold(next)] === 1;
    }
    const step = escapeAt(bytes, at);
    if (!step) return false;
    const { codePoint, length: taken } = step;
    if (codePoint < 0)
      return (
        bytes[at] === backslash ||
        threes.has(bytes, bytes[at - 1] === carriageReturn ? at - 4 : at - 3) ||
        threes.has(bytes, at + taken)
      );
    if (special[codePoint] === 1) return true;
    if (codePoint >= 0x80) return hasWide;
    const plain = fold(codePoint);
    const next = bytes[at + taken] ?? 0;
    return (
      last[plain] === 1 ||
      pairs[plain * 256 + fold(next)] === 1 ||
      (special[next] === 1 && escapeAt(bytes, at + taken) !== undefined)
    );
  };
}

function encode(step: Escape): Uint8Array {
  if (step.codePoint < 0) return new Uint8Array(0);
  if (step.isByte || step.codePoint < 0x80) return Uint8Array.of(step.codePoint);
  return new TextEncoder().encode(String.fromCodePoint(step.codePoint));
}

/**
 * Maps offsets by breakpoints: index `at[i]` of the view is offset `from[i]` of the source. Odd breakpoints start
 * escapes, even ones plain text.
 */
function sourceOffsets(
  at: readonly number[],
  from: readonly number[],
): Pick<DecodedView, 'startOf' | 'endOf'> {
  const segmentOf = (index: number): number => {
    let low = 0;
    let high = at.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((at[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const inStep = (segment: number, index: number) => (from[segment] ?? 0) + index - (at[segment] ?? 0);
  return {
    startOf(index) {
      const segment = segmentOf(index);
      return segment % 2 === 1 ? (from[segment] ?? 0) : inStep(segment, index);
    },
    endOf(index) {
      const segment = segmentOf(index - 1);
      return segment % 2 === 1 ? (from[segment + 1] ?? 0) : inStep(segment, index - 1) + 1;
    },
  };
}

/**
 * Resolves what URLs, JSON, YAML, shells, regular expressions and XML escape (`%2e`, `\u002e`, `\x2e`, `\056`, `\.`,
 * `&#46;`, `[.]`), joins continued lines and wrapped base64. One level: `%252e` becomes `%2e`.
 *
 * @returns undefined when nothing in the text is escaped
 */
export function decodedView(bytes: Uint8Array): DecodedView | undefined {
  const out = new Uint8Array(bytes.length);
  const at: number[] = [0];
  const from: number[] = [0];
  let size = 0;
  let copied = 0;
  let isNested = false;
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i] as number;
    const step = special[byte] === 1 ? escapeAt(bytes, i) : undefined;
    if (!step) {
      i++;
      continue;
    }
    out.set(bytes.subarray(copied, i), size);
    size += i - copied;
    isNested ||= special[step.codePoint] === 1;
    const plain = encode(step);
    at.push(size);
    from.push(i);
    out.set(plain, size);
    size += plain.length;
    i += step.length;
    copied = i;
    at.push(size);
    from.push(i);
  }
  if (copied === 0) return undefined;
  out.set(bytes.subarray(copied), size);
  size += bytes.length - copied;
  return { bytes: out.subarray(0, size), isNested, ...sourceOffsets(at, from) };
}
