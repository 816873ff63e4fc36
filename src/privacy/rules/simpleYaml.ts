import type { Leaf } from './rule.ts';

/** A key or a list index of the current path. The indent of an item is that of its dash plus 0.5, inside its key. */
interface OpenNode {
  indent: number;
  name: string;
}

interface Line {
  text: string;
  indent: number;
  /** Offset of the line's first character. */
  at: number;
}

const key = /^(?:"([^"\\]*)"|'([^']*)'|([\w./$][^\s:#"'{}[\],]*))[ ]*:(?=\s|$)[ ]*/;
const dash = /^-(?: +|$)/;
const quoted = /^(?:"([^"\\]*)"|'((?:[^']|'')*)')(?=\s*(?:#.*)?$)/;
const blockScalar = /^[|>][-+\d]*\s*(?:#.*)?$/;
const anchor = /^&[^\s,[\]{}]+(?:\s+|$)/;
const alias = /^\*[^\s,[\]{}]+(?=\s*(?:#.*)?$)/;
const emptyMap = /^\{\s*\}(?=\s*(?:#.*)?$)/;
const item = /"[^"\\]*"|'(?:[^']|'')*'|-?[\w./$][^\s,[\]{}#:"']*/;
const items = new RegExp(item, 'g');
const flowList = new RegExp(
  `^\\[\\s*(?:(?:${item.source})\\s*(?:,\\s*(?:${item.source})\\s*)*)?\\](?=\\s*(?:#.*)?$)`,
);
/** Also matches a key with a space in it: what looks like a scalar is a map. */
const needsFullParser = /^["'&*!{[@`%?|>]|:(?:\s|$)/;
const notAString = /^(?:~|null|true|false|yes|no|on|off|[-+]?[\d.][\d_.]*(?:e[-+]?\d+)?)$/i;

const isContent = ({ text }: Line): boolean => text !== '' && !text.startsWith('#');

/** Trimmed lines with their indent; undefined if a tab indents one. */
function linesOf(source: string, offset: number): Line[] | undefined {
  let at = offset;
  const lines: Line[] = [];
  for (const raw of source.split('\n')) {
    const text = raw.trim();
    const indent = raw.length - raw.trimStart().length;
    if (indent > 0 && text !== '' && raw.lastIndexOf('\t', indent - 1) >= 0) return undefined;
    lines.push({ text, indent, at });
    at += raw.length + 1;
  }
  return lines;
}

function scalarLeaf(path: readonly string[], text: string, start: number): Leaf | undefined {
  const quote = quoted.exec(text);
  if (quote) {
    const value = quote[1] ?? quote[2]?.replaceAll("''", "'") ?? '';
    return { path, value, isString: true, start, end: start + quote[0].length };
  }
  if (needsFullParser.test(text)) return undefined;
  const value = text.includes('#') ? text.replace(/\s+#.*$/, '') : text;
  return { path, value, isString: !notAString.test(value), start, end: start + value.length };
}

/** The leaves of a value after a key or a dash on the same line. */
function leavesOf(path: readonly string[], text: string, start: number): Leaf[] | undefined {
  if (emptyMap.test(text)) return [];
  const reference = alias.exec(text)?.[0];
  if (reference !== undefined)
    return [{ path, value: '', isString: false, start, end: start + reference.length }];
  const list = flowList.exec(text)?.[0];
  if (list === undefined) {
    const leaf = scalarLeaf(path, text, start);
    return leaf && [leaf];
  }
  const leaves = [...list.matchAll(items)].map(({ 0: each, index }, position) =>
    scalarLeaf([...path, String(position)], each, start + index),
  );
  return leaves.every((leaf) => leaf !== undefined) ? leaves : undefined;
}

/** The number of lines from `first` on that are blank or deeper than `indent`. */
function deeperLines(lines: readonly Line[], first: number, indent: number): number {
  let count = 0;
  for (
    let line = lines[first];
    line && (line.text === '' || line.indent > indent);
    line = lines[first + count]
  )
    count++;
  return count;
}

function nextContent(lines: readonly Line[], first: number): Line | undefined {
  for (let i = first; i < lines.length; i++) {
    const line = lines[i];
    if (line && isContent(line)) return line;
  }
  return undefined;
}

function blockLeaf(path: readonly string[], body: readonly Line[], start: number): Leaf {
  const written = body.filter(({ text }) => text !== '');
  const first = written[0];
  const last = written.at(-1);
  const value = written.map(({ text }) => text).join('\n');
  if (!first || !last) return { path, value, isString: true, start, end: start };
  return {
    path,
    value,
    isString: true,
    start: first.at + first.indent,
    end: last.at + last.indent + last.text.length,
  };
}

/**
 * Adds the items and the key of a line to the path, and removes what the line ends.
 *
 * @returns the offset of the value in the line, and the column of its key or dash: deeper lines belong to it
 */
function openLine(line: Line, open: OpenNode[]): { from: number; parent: number } {
  const close = (indent: number) => {
    for (let last = open.at(-1); last && last.indent >= indent; last = open.at(-1)) open.pop();
  };
  let from = 0;
  let indent = line.indent;
  let parent = line.indent;
  for (let item = dash.exec(line.text); item; item = dash.exec(line.text.slice(from))) {
    close(indent + 1);
    const last = open.at(-1);
    if (last?.indent === indent + 0.5) last.name = String(Number(last.name) + 1);
    else open.push({ indent: indent + 0.5, name: '0' });
    parent = indent;
    from += item[0].length;
    indent += item[0].length;
  }
  const named = key.exec(line.text.slice(from));
  if (!named) return { from, parent };
  close(indent);
  open.push({ indent, name: named[1] ?? named[2] ?? named[3] ?? '' });
  return { from: from + named[0].length, parent: indent };
}

/**
 * The leaves of one simple document in block style: keys, one-line scalars, block scalars, lists, also one-line flow
 * lists, anchors and aliases. Most manifests are simple. Reading them costs a fraction of a full parse, which matters for
 * a whole history.
 *
 * @param offset - the start of the document in the text, added to the ranges of the leaves
 * @returns undefined when the document needs a full parser
 */
export function simpleLeaves(source: string, offset: number): Leaf[] | undefined {
  const lines = linesOf(source, offset);
  if (!lines) return undefined;
  const leaves: Leaf[] = [];
  const open: OpenNode[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (!line || !isContent(line)) continue;
    const { from, parent } = openLine(line, open);
    const rest = line.text.slice(from);
    const skipped = anchor.exec(rest)?.[0].length ?? 0;
    const value = rest.slice(skipped);
    const start = line.at + line.indent + from + skipped;
    if (value === '' || value.startsWith('#')) continue;
    const path = open.map(({ name }) => name);
    if (blockScalar.test(value)) {
      const count = deeperLines(lines, i + 1, parent);
      leaves.push(blockLeaf(path, lines.slice(i + 1, i + 1 + count), start));
      i += count;
      continue;
    }
    const next = nextContent(lines, i + 1);
    const found = leavesOf(path, value, start);
    if (!found || path.length === 0 || (next && next.indent > parent)) return undefined;
    leaves.push(...found);
  }
  return leaves;
}
