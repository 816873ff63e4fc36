import {
  type Document,
  isMap,
  isPair,
  isScalar,
  type Pair,
  parseDocument,
  type Range,
  type YAMLMap,
} from 'yaml';
import type { Path } from '../kubernetes/path.ts';
import { formatField, newestFormat, type OldField } from './format.ts';

/** A change of a text: what is between the offsets gets replaced. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text of a configuration file in the newest format. Only the old keys and the format change: comments, order,
 * quotes and line ends stay.
 *
 * @param text valid YAML with a map, such as `readDocument` accepts
 * @param oldFields as `inNewestFormat` finds them in it
 */
export function textInNewestFormat(text: string, oldFields: readonly OldField[]): string {
  const document = parseDocument(text);
  if (!isMap(document.contents)) return text;
  const edits = [
    fieldEdit(text, document.contents, formatField, String(newestFormat)),
    ...oldFields.flatMap(({ from, to }) => keyEdit(text, document, from, String(to.at(-1)))),
  ];
  return edits
    .filter((edit) => edit !== undefined)
    .toSorted((one, other) => other.start - one.start)
    .reduce((edited, { start, end, text: put }) => edited.slice(0, start) + put + edited.slice(end), text);
}

/**
 * The text of a configuration file with a value at `map.field`. It takes the place of the old value, or the first line of
 * the map. Everything else stays as it is.
 *
 * @param text valid YAML, such as `readDocument` accepts
 * @returns undefined where the text has no such map, or the map is empty
 */
export function textWithField(text: string, map: Path, field: string, value: string): string | undefined {
  const contents = parseDocument(text).getIn(map, true);
  const edit = isMap(contents) ? fieldEdit(text, contents, field, value) : undefined;
  return edit && text.slice(0, edit.start) + edit.text + text.slice(edit.end);
}

function fieldEdit(text: string, contents: YAMLMap, field: string, put: string): Edit | undefined {
  const said = contents.items.find((pair) => keyOf(pair) === field);
  const value = rangeOf(said?.value);
  // An empty value has no text of its own: `uid:`.
  if (value) return { start: value[0], end: value[1], text: value[0] === value[1] ? ` ${put}` : put };
  const first = rangeOf(contents.items[0]?.key);
  if (first === undefined) return undefined;
  const before = text.slice(text.lastIndexOf('\n', first[0] - 1) + 1, first[0]);
  // An explicit key: `? cluster`.
  const explicit = /\?\s*$/u.exec(before)?.[0].length ?? 0;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indentation = before.slice(0, before.length - explicit).replace(/\S/gu, ' ');
  const separator = contents.flow ? ', ' : `${newline}${indentation}`;
  const start = first[0] - explicit;
  // A map in the style of JSON stays one.
  const key = isQuoted(text, first) ? JSON.stringify(field) : field;
  return { start, end: start, text: `${key}: ${put}${separator}` };
}

/** A plain key in the place of a quoted one could join with the value: `{"way":1}`. */
function isQuoted(text: string, [start]: Range): boolean {
  return /["']/u.test(text.charAt(start));
}

function keyEdit(text: string, document: Document, path: Path, name: string): Edit[] {
  const map = document.getIn(path.slice(0, -1), true);
  if (!isMap(map)) return [];
  const range = rangeOf(map.items.find((pair) => keyOf(pair) === path.at(-1))?.key);
  if (range === undefined) return [];
  const quote = isQuoted(text, range) ? text.charAt(range[0]) : '';
  return [{ start: range[0], end: range[1], text: `${quote}${name}${quote}` }];
}

function keyOf(pair: Pair): unknown {
  return isPair(pair) && isScalar(pair.key) ? pair.key.value : undefined;
}

function rangeOf(node: unknown): Range | undefined {
  return isScalar(node) ? (node.range ?? undefined) : undefined;
}
