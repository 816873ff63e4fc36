import { type Cursor, colon, deepest, hash, skipSpaces, space, unsupported } from './cursor.ts';
import { readKey } from './key.ts';

const indicators = new Set([...'-?:,[]{}#&*!|>\'"%@`']);

export function readFlow(cursor: Cursor, inside: boolean, depth: number): unknown {
  if (depth > deepest) unsupported();
  const first = cursor.text[cursor.at];
  if (first === '"') return readDouble(cursor);
  if (first === "'") return readSingle(cursor);
  if (first === '[') return readFlowList(cursor, depth);
  if (first === '{') return readFlowMap(cursor, depth);
  return inside ? readFlowPlain(cursor) : readLinePlain(cursor);
}

/** Reads a plain scalar up to the end of the line or a comment. */
function readLinePlain(cursor: Cursor): unknown {
  const { text, at, end } = cursor;
  const first = text[at] ?? '';
  if (indicators.has(first) && !(first === '-' && text.charCodeAt(at + 1) !== space && at + 1 < end))
    unsupported();
  let stop = at;
  let last = at;
  for (; stop < end; stop += 1) {
    const code = text.charCodeAt(stop);
    if (code === space) continue;
    if (code === hash && text.charCodeAt(stop - 1) === space) break;
    if (code === 9) unsupported();
    if (code === colon && (stop + 1 === end || text.charCodeAt(stop + 1) === space)) unsupported();
    last = stop + 1;
  }
  cursor.at = last;
  return cursor.readPlain(text.slice(at, last));
}

const flowPlain = /[A-Za-z0-9_./+~$-][A-Za-z0-9_./+~$ ()=;-]*/y;

function readFlowPlain(cursor: Cursor): unknown {
  flowPlain.lastIndex = cursor.at;
  const found = flowPlain.exec(cursor.text);
  if (found === null) unsupported();
  const text = found[0].trimEnd();
  if (/^-(?: |$)/.test(text)) unsupported();
  cursor.at += text.length;
  return cursor.readPlain(text);
}

function readFlowList(cursor: Cursor, depth: number): unknown[] {
  const list: unknown[] = [];
  eachFlow(cursor, ']', () => list.push(readFlow(cursor, true, depth + 1)));
  return list;
}

function readFlowMap(cursor: Cursor, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  eachFlow(cursor, '}', () => {
    const key = readKey(cursor);
    if (key === undefined || key === '__proto__' || Object.hasOwn(map, key)) unsupported();
    skipSpaces(cursor);
    map[key] = readFlow(cursor, true, depth + 1);
  });
  return map;
}

/** Reads the items between brackets, which are in one line and separated by commas. */
function eachFlow(cursor: Cursor, close: string, read: () => void): void {
  const { text } = cursor;
  cursor.at += 1;
  skipSpaces(cursor);
  if (text[cursor.at] === close) {
    cursor.at += 1;
    return;
  }
  for (;;) {
    skipSpaces(cursor);
    if (cursor.at >= cursor.end) unsupported();
    read();
    skipSpaces(cursor);
    const next = text[cursor.at];
    cursor.at += 1;
    if (next === close) return;
    if (next !== ',') unsupported();
  }
}

function readDouble(cursor: Cursor): string {
  const { text, at, end } = cursor;
  let stop = at + 1;
  let escapes = false;
  for (; ; stop += 1) {
    if (stop >= end) unsupported();
    const code = text.charCodeAt(stop);
    if (code === 34) break;
    if (code === 9) unsupported();
    if (code !== 92) continue;
    escapes = true;
    stop += 1;
    if (!'"\\/nt'.includes(text[stop] ?? 'x')) unsupported();
  }
  cursor.at = stop + 1;
  return escapes ? JSON.parse(text.slice(at, stop + 1)) : text.slice(at + 1, stop);
}

function readSingle(cursor: Cursor): string {
  const { text, at, end } = cursor;
  let stop = at;
  do {
    stop = text.indexOf("'", stop + 1);
    if (stop < 0 || stop >= end) unsupported();
    if (text[stop + 1] !== "'") break;
    stop += 1;
  } while (stop < end);
  const value = text.slice(at + 1, stop);
  if (value.includes('\t')) unsupported();
  cursor.at = stop + 1;
  return value.includes("''") ? value.replaceAll("''", "'") : value;
}
