import { readPlain } from './kubernetesTags.ts';
import type { ManifestDocument } from './manifests.ts';

/**
 * Reads the YAML that people and programs write for Kubernetes: block maps and lists, scalars of one line, literal
 * and folded blocks, flow collections of one line, anchors of scalars. It makes of it what the library makes of it,
 * ten times as fast; whatever else there is, or is wrong, is the library's.
 *
 * @returns nothing where the text is not wholly of this kind
 */
export function readBlockYaml(text: string): ManifestDocument[] | undefined {
  if (text.includes('\r') || text.includes('\ufeff') || text.includes('\0')) return undefined;
  try {
    return readStream(text);
  } catch (error) {
    if (error === beyond) return undefined;
    throw error;
  }
}

/** Thrown and caught within this file: the text is the library's to read. */
const beyond: unique symbol = Symbol('beyond');

function leave(): never {
  throw beyond;
}

const newline = 10;
const space = 32;
const hash = 35;
const dash = 45;
const colon = 58;

/** More aliases than this are counted by the library. */
const mostAliases = 50;
const deepest = 60;

/** Keys that need no quotes, up to their colon. What a key may be beyond that is the library's. */
const plainKey = /[A-Za-z0-9_./][A-Za-z0-9_./-]*(?=:(?:[ \n]|$))/y;
const quotedKey = /(?:"([^"\\\n]*)"|'([^'\n]*)')(?=:(?:[ \n]|$))/y;
const indicators = new Set([...'-?:,[]{}#&*!|>\'"%@`']);

type Map = Record<string, unknown>;

/** Where the reader stands: at `at`, in the line that ends at `end`. */
interface State {
  text: string;
  at: number;
  end: number;
  line: number;
  /** Scalars by anchor; `leave` stands for a collection, which no alias may name here. */
  anchors: globalThis.Map<string, unknown>;
  aliases: number;
}

function readStream(text: string): ManifestDocument[] {
  const state: State = {
    text,
    at: 0,
    end: lineEnd(text, 0),
    line: 1,
    anchors: new globalThis.Map(),
    aliases: 0,
  };
  const documents: ManifestDocument[] = [];
  for (;;) {
    const column = toContent(state);
    if (column === 'marker') {
      skipMarker(state);
      continue;
    }
    if (column === undefined) return documents;
    if (column !== 0 || text.charCodeAt(state.at) === 37) leave();
    state.anchors.clear();
    state.aliases = 0;
    const { line } = state;
    const value = readBlock(state, 0, 0);
    const after = toContent(state);
    if (typeof after === 'number') leave();
    documents.push({ value, line });
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function nextLine(state: State): void {
  state.at = state.end + 1;
  state.end = state.at >= state.text.length ? state.text.length : lineEnd(state.text, state.at);
  state.line += 1;
}

/** Goes to the next content from the beginning of a line, past blank lines and comments: its column. */
function toContent(state: State): number | 'marker' | undefined {
  const { text } = state;
  while (state.at < text.length) {
    let at = state.at;
    while (text.charCodeAt(at) === space) at += 1;
    const code = text.charCodeAt(at);
    if (at >= state.end || code === hash) {
      nextLine(state);
      continue;
    }
    if (code === 9) leave();
    const column = at - state.at;
    if (column === 0 && (text.startsWith('---', at) || text.startsWith('...', at))) return 'marker';
    state.at = at;
    return column;
  }
  return undefined;
}

function skipMarker(state: State): void {
  if (!/^---[ ]*(?: #.*)?$/.test(state.text.slice(state.at, state.end))) leave();
  nextLine(state);
}

/** Looks at the column of the next content without taking it for read; -1 at the end of the document. */
function nextColumn(state: State): number {
  const start = state.at;
  const column = toContent(state);
  if (typeof column !== 'number') {
    if (column === undefined) state.at = state.text.length;
    return -1;
  }
  // The line may be gone to again from its beginning.
  state.at = state.at - column;
  if (state.at < start) leave();
  return column;
}

/** A block collection whose first content stands at `state.at`, in the given column. */
function readBlock(state: State, column: number, depth: number): unknown {
  if (depth > deepest) leave();
  return isItem(state) ? readList(state, column, depth) : readMap(state, column, depth);
}

function isItem({ text, at, end }: State): boolean {
  return text.charCodeAt(at) === dash && (at + 1 === end || text.charCodeAt(at + 1) === space);
}

function readMap(state: State, column: number, depth: number): Map {
  const map: Map = {};
  for (;;) {
    const key = readKey(state);
    if (key === undefined || key === '__proto__' || Object.hasOwn(map, key)) leave();
    map[key] = readValue(state, column, depth, true);
    const next = nextColumn(state);
    if (next < column) return map;
    if (next > column) leave();
    state.at += column;
    if (isItem(state)) leave();
  }
}

/** A key and its colon; nothing where there is none. */
function readKey(state: State): string | undefined {
  const { text, at } = state;
  plainKey.lastIndex = at;
  const plain = plainKey.exec(text);
  if (plain !== null) {
    const [key] = plain;
    if (readPlain(key) !== key) leave();
    state.at = at + key.length + 1;
    return key;
  }
  quotedKey.lastIndex = at;
  const quoted = quotedKey.exec(text);
  if (quoted === null) return undefined;
  state.at = at + quoted[0].length + 1;
  return quoted[1] ?? quoted[2];
}

function readList(state: State, column: number, depth: number): unknown[] {
  const list: unknown[] = [];
  for (;;) {
    const dashAt = state.at;
    state.at += 1;
    skipSpaces(state);
    const inner = column + state.at - dashAt;
    if (startsBlock(state)) list.push(readBlock(state, inner, depth + 1));
    else list.push(readValue(state, column, depth, false));
    const next = nextColumn(state);
    if (next < column) return list;
    if (next > column) leave();
    state.at += column;
    if (isItem(state)) continue;
    state.at -= column;
    return list;
  }
}

/** Whether a list or a map begins in the line of an item's dash. */
function startsBlock(state: State): boolean {
  if (state.at >= state.end) return false;
  if (isItem(state)) return true;
  plainKey.lastIndex = state.at;
  quotedKey.lastIndex = state.at;
  return plainKey.test(state.text) || quotedKey.test(state.text);
}

function skipSpaces(state: State): void {
  while (state.text.charCodeAt(state.at) === space) state.at += 1;
}

/** What stands after a colon or a dash, or in the lines below. Ends at the beginning of a line. */
function readValue(state: State, column: number, depth: number, inMap: boolean): unknown {
  const { text } = state;
  const start = state.at;
  skipSpaces(state);
  if (state.at >= state.end || (text.charCodeAt(state.at) === hash && state.at > start)) {
    nextLine(state);
    return readBelow(state, column, depth, inMap);
  }
  const anchor = text[state.at] === '&' ? readAnchor(state) : undefined;
  if (anchor !== undefined && state.at >= state.end) {
    state.anchors.set(anchor, leave);
    nextLine(state);
    const below = readBelow(state, column, depth, inMap);
    if (below === null) leave();
    return below;
  }
  // An alias has no properties: the library says what is wrong.
  if (anchor !== undefined && text[state.at] === '*') leave();
  const value = readInline(state, column);
  if (anchor !== undefined)
    state.anchors.set(anchor, typeof value === 'object' && value !== null ? leave : value);
  return value;
}

/** A collection in the lines below: a list in a map may stand in the column of its key. */
function readBelow(state: State, column: number, depth: number, inMap: boolean): unknown {
  const next = nextColumn(state);
  if (next < column || (next === column && !inMap)) return null;
  state.at += next;
  if (next === column && !isItem(state)) {
    state.at -= next;
    return null;
  }
  if (next > column && !startsBlock(state)) leave();
  return readBlock(state, next, depth + 1);
}

function readAnchor(state: State): string {
  const name = /^&([\w-]+)(?: +|$)/.exec(state.text.slice(state.at, state.end));
  if (name === null || name[1] === undefined) leave();
  state.at += name[0].length;
  return name[1];
}

/** A scalar or a flow collection in the rest of the line, or a block scalar that begins in it. */
function readInline(state: State, column: number): unknown {
  const { text } = state;
  const first = text[state.at] ?? '';
  if (first === '|' || first === '>') return readBlockScalar(state, column, first === '>');
  const value = first === '*' ? readAlias(state) : readFlow(state, false, 0);
  skipComment(state);
  nextLine(state);
  // What is indented further would go on with a scalar.
  if (nextColumn(state) > column) leave();
  return value;
}

function skipComment(state: State): void {
  const start = state.at;
  skipSpaces(state);
  if (state.at < state.end && (state.text.charCodeAt(state.at) !== hash || state.at === start)) leave();
}

function readAlias(state: State): unknown {
  const name = /^\*([\w-]+)(?= |$)/.exec(state.text.slice(state.at, state.end));
  state.aliases += 1;
  if (name === null || name[1] === undefined || !state.anchors.has(name[1]) || state.aliases > mostAliases)
    leave();
  const value = state.anchors.get(name[1]);
  if (value === leave) leave();
  state.at += name[0].length;
  return value;
}

function readFlow(state: State, inside: boolean, depth: number): unknown {
  if (depth > deepest) leave();
  const first = state.text[state.at];
  if (first === '"') return readDouble(state);
  if (first === "'") return readSingle(state);
  if (first === '[') return readFlowList(state, depth);
  if (first === '{') return readFlowMap(state, depth);
  return inside ? readFlowPlain(state) : readLinePlain(state);
}

/** A plain scalar up to the end of the line or a comment. */
function readLinePlain(state: State): unknown {
  const { text, at, end } = state;
  const first = text[at] ?? '';
  if (indicators.has(first) && !(first === '-' && text.charCodeAt(at + 1) !== space && at + 1 < end)) leave();
  let stop = at;
  let last = at;
  for (; stop < end; stop += 1) {
    const code = text.charCodeAt(stop);
    if (code === space) continue;
    if (code === hash && text.charCodeAt(stop - 1) === space) break;
    if (code === 9) leave();
    if (code === colon && (stop + 1 === end || text.charCodeAt(stop + 1) === space)) leave();
    last = stop + 1;
  }
  state.at = last;
  return readPlain(text.slice(at, last));
}

const flowPlain = /[A-Za-z0-9_./+~$-][A-Za-z0-9_./+~$ ()=;-]*/y;

function readFlowPlain(state: State): unknown {
  flowPlain.lastIndex = state.at;
  const found = flowPlain.exec(state.text);
  if (found === null) leave();
  const text = found[0].trimEnd();
  if (/^-(?: |$)/.test(text)) leave();
  state.at += text.length;
  return readPlain(text);
}

function readFlowList(state: State, depth: number): unknown[] {
  const list: unknown[] = [];
  eachFlow(state, ']', () => list.push(readFlow(state, true, depth + 1)));
  return list;
}

function readFlowMap(state: State, depth: number): Map {
  const map: Map = {};
  eachFlow(state, '}', () => {
    const key = readKey(state);
    if (key === undefined || key === '__proto__' || Object.hasOwn(map, key)) leave();
    skipSpaces(state);
    map[key] = readFlow(state, true, depth + 1);
  });
  return map;
}

/** Reads what stands between brackets, all in one line, with commas between. */
function eachFlow(state: State, close: string, read: () => void): void {
  const { text } = state;
  state.at += 1;
  skipSpaces(state);
  if (text[state.at] === close) {
    state.at += 1;
    return;
  }
  for (;;) {
    skipSpaces(state);
    if (state.at >= state.end) leave();
    read();
    skipSpaces(state);
    const next = text[state.at];
    state.at += 1;
    if (next === close) return;
    if (next !== ',') leave();
  }
}

function readDouble(state: State): string {
  const { text, at, end } = state;
  let stop = at + 1;
  let escapes = false;
  for (; ; stop += 1) {
    if (stop >= end) leave();
    const code = text.charCodeAt(stop);
    if (code === 34) break;
    if (code === 9) leave();
    if (code !== 92) continue;
    escapes = true;
    stop += 1;
    if (!'"\\/nt'.includes(text[stop] ?? 'x')) leave();
  }
  state.at = stop + 1;
  return escapes ? JSON.parse(text.slice(at, stop + 1)) : text.slice(at + 1, stop);
}

function readSingle(state: State): string {
  const { text, at, end } = state;
  let stop = at;
  do {
    stop = text.indexOf("'", stop + 1);
    if (stop < 0 || stop >= end) leave();
    if (text[stop + 1] !== "'") break;
    stop += 1;
  } while (stop < end);
  const value = text.slice(at + 1, stop);
  if (value.includes('\t')) leave();
  state.at = stop + 1;
  return value.includes("''") ? value.replaceAll("''", "'") : value;
}

/** A literal or folded block: the lines that are indented further than `column`. */
function readBlockScalar(state: State, column: number, folds: boolean): string {
  const { text } = state;
  const header = /^[|>]([+-]?) *(?: #.*)?$/.exec(text.slice(state.at, state.end));
  if (header === null) leave();
  nextLine(state);
  const { lines, isWhole } = blockLines(state, column);
  if (!isWhole) leave();
  let last = lines.length;
  while (last > 0 && lines[last - 1] === '') last -= 1;
  if (last === 0) leave();
  const content = lines.slice(0, last);
  const body = folds ? folded(content) : content.join('\n');
  if (header[1] === '-') return body;
  return header[1] === '+' ? `${body}\n${'\n'.repeat(lines.length - last)}` : `${body}\n`;
}

/** The lines of a block without their indentation, and whether the last one ends with a line break. */
function blockLines(state: State, column: number): { lines: string[]; isWhole: boolean } {
  const { text } = state;
  const lines: string[] = [];
  let indent = -1;
  let isWhole = true;
  while (state.at < text.length) {
    let at = state.at;
    while (text.charCodeAt(at) === space) at += 1;
    const own = at - state.at;
    const isBlank = at >= state.end;
    if (isBlank) {
      if (indent < 0 && own > 0) leave();
      lines.push(own > indent && indent >= 0 ? text.slice(state.at + indent, state.end) : '');
    } else {
      if (indent < 0) {
        if (own <= column) break;
        if (text.charCodeAt(at) === 9) leave();
        indent = own;
      }
      if (own < indent) {
        if (own > column || text.charCodeAt(at) === 9) leave();
        break;
      }
      lines.push(text.slice(state.at + indent, state.end));
    }
    isWhole = text.charCodeAt(state.end) === newline;
    nextLine(state);
  }
  return { lines, isWhole };
}

/** Lines as a folded block joins them; lines that are indented further are the library's. */
function folded(lines: readonly string[]): string {
  let body = '';
  let blanks = 0;
  for (const [index, line] of lines.entries()) {
    if (line === '') {
      blanks += 1;
      continue;
    }
    if (/^[ \t]/.test(line)) leave();
    if (index === 0) body = line;
    else if (body === '') body = '\n'.repeat(blanks) + line;
    else body += blanks === 0 ? ` ${line}` : '\n'.repeat(blanks) + line;
    blanks = 0;
  }
  return body;
}
