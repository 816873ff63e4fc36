import type { ReadPlain } from '../kubernetesTags.ts';

/** Thrown if the text is not in the supported subset. `readBlockYaml` catches it. */
export const unsupportedYaml: unique symbol = Symbol('unsupported YAML');

export function unsupported(): never {
  throw unsupportedYaml;
}

export const newline = 10;
export const space = 32;
export const hash = 35;
export const dash = 45;
export const colon = 58;

/** Collections that are nested deeper are left to the library. */
export const deepest = 60;

/** The position of the reader: at `at`, in the line that ends at `end`. */
export interface Cursor {
  text: string;
  readPlain: ReadPlain;
  at: number;
  end: number;
  line: number;
  /** Scalars by anchor. `unsupported` marks a collection: aliases of collections are not in the subset. */
  anchors: Map<string, unknown>;
  aliases: number;
}

export function cursorAt(text: string, readPlain: ReadPlain): Cursor {
  return { text, readPlain, at: 0, end: lineEnd(text, 0), line: 1, anchors: new Map(), aliases: 0 };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

export function nextLine(cursor: Cursor): void {
  cursor.at = cursor.end + 1;
  cursor.end = cursor.at >= cursor.text.length ? cursor.text.length : lineEnd(cursor.text, cursor.at);
  cursor.line += 1;
}

/** Moves from the beginning of a line to the next content, past blank lines and comments. Returns its column. */
export function toContent(cursor: Cursor): number | 'marker' | undefined {
  const { text } = cursor;
  while (cursor.at < text.length) {
    let at = cursor.at;
    while (text.charCodeAt(at) === space) at += 1;
    const code = text.charCodeAt(at);
    if (at >= cursor.end || code === hash) {
      nextLine(cursor);
      continue;
    }
    if (code === 9) unsupported();
    const column = at - cursor.at;
    if (column === 0 && (text.startsWith('---', at) || text.startsWith('...', at))) return 'marker';
    cursor.at = at;
    return column;
  }
  return undefined;
}

/** Returns the column of the next content without moving past its indentation; -1 at the end of the document. */
export function nextColumn(cursor: Cursor): number {
  const start = cursor.at;
  const column = toContent(cursor);
  if (typeof column !== 'number') {
    if (column === undefined) cursor.at = cursor.text.length;
    return -1;
  }
  // The caller reads the line again from its beginning.
  cursor.at = cursor.at - column;
  if (cursor.at < start) unsupported();
  return column;
}

export function isItem({ text, at, end }: Cursor): boolean {
  return text.charCodeAt(at) === dash && (at + 1 === end || text.charCodeAt(at + 1) === space);
}

export function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) === space) cursor.at += 1;
}
