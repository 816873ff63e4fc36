import { readBlockScalar } from './blockYaml/blockScalar.ts';
import {
  type Cursor,
  cursorAt,
  deepest,
  hash,
  isItem,
  nextColumn,
  nextLine,
  skipSpaces,
  toContent,
  unsupported,
  unsupportedYaml,
} from './blockYaml/cursor.ts';
import { readFlow } from './blockYaml/flow.ts';
import { readKey, startsKey } from './blockYaml/key.ts';
import type { ReadPlain } from './kubernetesTags.ts';
import type { ManifestDocument } from './manifestDocument.ts';

/**
 * Reads the subset of YAML that most Kubernetes manifests use: block maps and lists, scalars of one line, literal
 * and folded blocks, flow collections of one line, anchors of scalars. It returns what the library returns, ten
 * times as fast. Invalid text and everything else are left to the library.
 *
 * @returns undefined if a part of the text is not in this subset
 */
export function readBlockYaml(text: string, readPlain: ReadPlain): ManifestDocument[] | undefined {
  if (text.includes('\r') || text.includes('\ufeff') || text.includes('\0')) return undefined;
  try {
    return readStream(cursorAt(text, readPlain));
  } catch (error) {
    if (error === unsupportedYaml) return undefined;
    throw error;
  }
}

/** Texts with more aliases are left to the library, which limits their expansion. */
const mostAliases = 50;

function readStream(cursor: Cursor): ManifestDocument[] {
  const { text } = cursor;
  const documents: ManifestDocument[] = [];
  for (;;) {
    const column = toContent(cursor);
    if (column === 'marker') {
      skipMarker(cursor);
      continue;
    }
    if (column === undefined) return documents;
    if (column !== 0 || text.charCodeAt(cursor.at) === 37) unsupported();
    cursor.anchors.clear();
    cursor.aliases = 0;
    const { line } = cursor;
    const value = readBlock(cursor, 0, 0);
    const after = toContent(cursor);
    if (typeof after === 'number') unsupported();
    documents.push({ value, line });
  }
}

function skipMarker(cursor: Cursor): void {
  if (!/^---[ ]*(?: #.*)?$/.test(cursor.text.slice(cursor.at, cursor.end))) unsupported();
  nextLine(cursor);
}

/** Reads a block collection whose first content is at `cursor.at`, in the given column. */
function readBlock(cursor: Cursor, column: number, depth: number): unknown {
  if (depth > deepest) unsupported();
  return isItem(cursor) ? readList(cursor, column, depth) : readMap(cursor, column, depth);
}

function readMap(cursor: Cursor, column: number, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (;;) {
    const key = readKey(cursor);
    if (key === undefined || key === '__proto__' || Object.hasOwn(map, key)) unsupported();
    map[key] = readValue(cursor, column, depth, true);
    const next = nextColumn(cursor);
    if (next < column) return map;
    if (next > column) unsupported();
    cursor.at += column;
    if (isItem(cursor)) unsupported();
  }
}

function readList(cursor: Cursor, column: number, depth: number): unknown[] {
  const list: unknown[] = [];
  for (;;) {
    const dashAt = cursor.at;
    cursor.at += 1;
    skipSpaces(cursor);
    const inner = column + cursor.at - dashAt;
    if (startsBlock(cursor)) list.push(readBlock(cursor, inner, depth + 1));
    else list.push(readValue(cursor, column, depth, false));
    const next = nextColumn(cursor);
    if (next < column) return list;
    if (next > column) unsupported();
    cursor.at += column;
    if (isItem(cursor)) continue;
    cursor.at -= column;
    return list;
  }
}

/** Whether a list or a map begins at the cursor, in the line of a dash. */
function startsBlock(cursor: Cursor): boolean {
  if (cursor.at >= cursor.end) return false;
  if (isItem(cursor)) return true;
  return startsKey(cursor);
}

/** Reads the value after a colon or a dash, or in the lines below. Ends at the beginning of a line. */
function readValue(cursor: Cursor, column: number, depth: number, inMap: boolean): unknown {
  const { text } = cursor;
  const start = cursor.at;
  skipSpaces(cursor);
  if (cursor.at >= cursor.end || (text.charCodeAt(cursor.at) === hash && cursor.at > start)) {
    nextLine(cursor);
    return readBelow(cursor, column, depth, inMap);
  }
  const anchor = text[cursor.at] === '&' ? readAnchor(cursor) : undefined;
  if (anchor !== undefined && cursor.at >= cursor.end) {
    cursor.anchors.set(anchor, unsupported);
    nextLine(cursor);
    const below = readBelow(cursor, column, depth, inMap);
    if (below === null) unsupported();
    return below;
  }
  // An anchor before an alias is invalid: the library reports it.
  if (anchor !== undefined && text[cursor.at] === '*') unsupported();
  const value = readInline(cursor, column);
  if (anchor !== undefined)
    cursor.anchors.set(anchor, typeof value === 'object' && value !== null ? unsupported : value);
  return value;
}

/** Reads a collection in the lines below. A list in a map may be in the column of its key. */
function readBelow(cursor: Cursor, column: number, depth: number, inMap: boolean): unknown {
  const next = nextColumn(cursor);
  if (next < column || (next === column && !inMap)) return null;
  cursor.at += next;
  if (next === column && !isItem(cursor)) {
    cursor.at -= next;
    return null;
  }
  if (next > column && !startsBlock(cursor)) unsupported();
  return readBlock(cursor, next, depth + 1);
}

function readAnchor(cursor: Cursor): string {
  const name = /^&([\w-]+)(?: +|$)/.exec(cursor.text.slice(cursor.at, cursor.end));
  if (name === null || name[1] === undefined) unsupported();
  cursor.at += name[0].length;
  return name[1];
}

/** Reads a scalar or a flow collection in the rest of the line, or a block scalar that begins in it. */
function readInline(cursor: Cursor, column: number): unknown {
  const { text } = cursor;
  const first = text[cursor.at] ?? '';
  if (first === '|' || first === '>') return readBlockScalar(cursor, column, first === '>');
  const value = first === '*' ? readAlias(cursor) : readFlow(cursor, false, 0);
  skipComment(cursor);
  nextLine(cursor);
  // A line that is indented further would continue the scalar.
  if (nextColumn(cursor) > column) unsupported();
  return value;
}

function skipComment(cursor: Cursor): void {
  const start = cursor.at;
  skipSpaces(cursor);
  if (cursor.at < cursor.end && (cursor.text.charCodeAt(cursor.at) !== hash || cursor.at === start))
    unsupported();
}

function readAlias(cursor: Cursor): unknown {
  const name = /^\*([\w-]+)(?= |$)/.exec(cursor.text.slice(cursor.at, cursor.end));
  cursor.aliases += 1;
  if (name === null || name[1] === undefined || !cursor.anchors.has(name[1]) || cursor.aliases > mostAliases)
    unsupported();
  const value = cursor.anchors.get(name[1]);
  if (value === unsupported) unsupported();
  cursor.at += name[0].length;
  return value;
}
