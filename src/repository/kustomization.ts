import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  stringify,
  type YAMLMap,
} from 'yaml';
import { defined } from '../kubernetes/defined.ts';
import { syntaxErrorText } from '../kubernetes/syntaxErrors.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Position, Problem } from '../problems/problem.ts';
import { insertLines, joinLines, plainText, removeLines, type StyledText, splitLines } from './styledText.ts';

/** A kustomization with only these resources. */
export function newKustomization(entries: readonly string[]): string {
  const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
  if (entries.length === 0) return `${head}resources: []\n`;
  return `${head}resources:\n${entries.map((entry) => `  - ${quoted(entry)}\n`).join('')}`;
}

/** The canonical form of an entry: to Kustomize `./a`, `a` and `a/` are one resource, and duplicates are an error. */
export function sameEntry(entry: string): string {
  return entry.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
}

/**
 * Reads the `resources:` of a kustomization.
 *
 * @param file the path to name in a problem.
 */
export function readEntries(text: string, file: string): Outcome<string[]> {
  const parsed = parse(splitLines(text), file);
  return parsed.ok ? ok(parsed.value.items.map(({ entry }) => entry)) : parsed;
}

/**
 * Adds and removes resources. In a block list every other byte stays. The `yaml` library writes a list in any other form
 * anew, with its comments.
 *
 * @param add entries that are not in the file.
 * @param remove entries of the file, with its spelling.
 * @param file the path to name in a problem.
 */
export function editEntries(
  text: string,
  add: readonly string[],
  remove: ReadonlySet<string>,
  file: string,
): Outcome<string> {
  const styled = splitLines(text);
  const parsed = parse(styled, file);
  if (!parsed.ok) return parsed;
  const expected = [
    ...parsed.value.items.map(({ entry }) => entry).filter((entry) => !remove.has(entry)),
    ...add,
  ];
  for (const edit of [editAsLines, editAsDocument]) {
    const edited = edit(styled, parsed.value, add, remove);
    if (edited === undefined) continue;
    const result = parse(splitLines(edited), file);
    if (!result.ok) continue;
    if (parsed.value.otherFields !== undefined && result.value.otherFields !== parsed.value.otherFields)
      continue;
    if (result.value.items.map(({ entry }) => entry).join('\n') === expected.join('\n')) return ok(edited);
  }
  return err(unreadable(file, 'The list of resources is written in a form that cannot be edited'));
}

interface Parsed {
  /** The form of the list: a block, empty or `[]`, any other form, no list, or a file that is no map. */
  form: 'block' | 'empty' | 'other' | 'none' | 'no-map';
  /** Index of the line with the key `resources`. */
  keyLine: number;
  items: { entry: string; firstLine: number; lastLine: number }[];
  /** The values of all other fields as JSON: an edit must not change what an alias means in one of them. */
  otherFields: string | undefined;
}

function parse(styled: StyledText, file: string): Outcome<Parsed> {
  const lineCounter = new LineCounter();
  let documents: Document.Parsed[];
  try {
    const all = parseAllDocuments(plainText(styled), { lineCounter });
    documents = 'empty' in all ? [] : all;
  } catch (error) {
    // The parser recurses once per level of nesting.
    if (!(error instanceof RangeError)) throw error;
    return err(unreadable(file, 'The file is nested too deeply to be read'));
  }
  const [document, second] = documents;
  if (second !== undefined) return err(unreadable(file, 'The file holds more than one document'));
  const [error] = document?.errors ?? [];
  if (error !== undefined) {
    const [at] = error.linePos ?? [];
    const position = at === undefined ? undefined : { line: at.line, column: at.col };
    return err(unreadable(file, `The file is not YAML: ${syntaxErrorText(error)}`, position));
  }
  const root = document?.contents ?? null;
  if (document === undefined || root === null || (isScalar(root) && root.value === null)) {
    return ok({ form: 'no-map', keyLine: 0, items: [], otherFields: undefined });
  }
  if (!isMap(root)) return err(unreadable(file, 'The file is not a map'));
  const otherFields = otherFieldsOf(document);
  if (otherFields === undefined)
    return err(unreadable(file, 'An alias (*name) has no anchor (&name) before it, or repeats itself'));
  const list = readList(root, document, lineCounter, file);
  return list.ok ? ok({ ...list.value, otherFields }) : list;
}

function otherFieldsOf(document: Document.Parsed): string | undefined {
  try {
    const { resources: _, ...otherFields }: Record<string, unknown> = Object(document.toJS());
    return JSON.stringify(otherFields);
  } catch {
    // `yaml` throws only for aliases: for one without an anchor, or for too many.
    return undefined;
  }
}

function readList(
  root: YAMLMap,
  document: Document.Parsed,
  lineCounter: LineCounter,
  file: string,
): Outcome<Omit<Parsed, 'otherFields'>> {
  const lineOf = (offset: number) => lineCounter.linePos(offset).line - 1;
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === 'resources');
  if (pair === undefined && root.items.some(({ key }) => isScalar(key) && key.value === '<<'))
    return err(unreadable(file, 'The list of resources may come from a merge key (<<)'));
  if (pair === undefined) return ok({ form: root.flow ? 'other' : 'none', keyLine: 0, items: [] });
  const keyLine = isScalar(pair.key) ? lineOf(pair.key.range?.[0] ?? 0) : 0;
  const list = isAlias(pair.value) ? (pair.value.resolve(document) ?? null) : pair.value;
  if (list === null || (isScalar(list) && list.value === null)) {
    return ok({ form: 'empty', keyLine, items: [] });
  }
  if (!isSeq(list)) {
    return err(unreadable(file, 'The field resources is not a list', { line: keyLine + 1, column: 1 }));
  }
  const items = list.items.flatMap((item) => {
    const value = isAlias(item) ? item.resolve(document) : item;
    if (!isScalar(value) || typeof value.value !== 'string' || !isNode(item) || !item.range) return [];
    const [start, end] = item.range;
    return [{ entry: value.value, firstLine: lineOf(start), lastLine: lineOf(Math.max(start, end - 1)) }];
  });
  const isElsewhere = isAlias(pair.value) || list.flow || root.flow;
  const form = isElsewhere && list.items.length > 0 ? 'other' : list.items.length === 0 ? 'empty' : 'block';
  return ok({ form, keyLine, items });
}

/** Edits whole lines, so that everything else stays. Returns undefined if a line holds more than an item. */
function editAsLines(
  styled: StyledText,
  parsed: Parsed,
  add: readonly string[],
  remove: ReadonlySet<string>,
): string | undefined {
  if (parsed.form === 'other') return undefined;
  if (parsed.form === 'none' || parsed.form === 'no-map') return joinLines(appendList(styled, parsed, add));
  if (parsed.form === 'empty') return fillEmptyList(styled, parsed.keyLine, add);
  const removedPaths = new Set(
    parsed.items.flatMap(({ entry, firstLine, lastLine }) =>
      remove.has(entry) ? range(firstLine, lastLine) : [],
    ),
  );
  const last = parsed.items.at(-1);
  const prefix = /^\s*-\s+/.exec(styled.lines[last?.firstLine ?? -1]?.text ?? '')?.[0];
  if (last === undefined || prefix === undefined) return undefined;
  const left = parsed.items.some(({ entry }) => !remove.has(entry)) || add.length > 0;
  const longer = insertLines(
    styled,
    last.lastLine + 1,
    add.map((entry) => prefix + quoted(entry)),
  );
  const shorter = removeLines(longer, removedPaths);
  return joinLines(left ? shorter : replaceLine(shorter, parsed.keyLine, /^resources:/, 'resources: []'));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function replaceLine(styled: StyledText, at: number, pattern: RegExp, by: string): StyledText {
  const lines = styled.lines.map((line, index) =>
    index === at ? { ...line, text: line.text.replace(pattern, by) } : line,
  );
  return { ...styled, lines };
}

function appendList(styled: StyledText, parsed: Parsed, add: readonly string[]): StyledText {
  const whole = splitLines(newKustomization(add)).lines.map((line) => line.text);
  const list = parsed.form === 'none' ? whole.slice(2) : whole;
  return insertLines(styled, styled.lines.length, list);
}

function fillEmptyList(styled: StyledText, keyLine: number, add: readonly string[]): string | undefined {
  if (add.length === 0) return joinLines(styled);
  const pattern = /^resources:(\s*\[\s*\])?(?=\s*(#.*)?$)/;
  if (!pattern.test(styled.lines[keyLine]?.text ?? '')) return undefined;
  const opened = replaceLine(styled, keyLine, pattern, 'resources:');
  return joinLines(
    insertLines(
      opened,
      keyLine + 1,
      add.map((entry) => `  - ${quoted(entry)}`),
    ),
  );
}

function editAsDocument(
  styled: StyledText,
  parsed: Parsed,
  add: readonly string[],
  remove: ReadonlySet<string>,
): string | undefined {
  const [document] = parseAllDocuments(plainText(styled));
  if (document === undefined || !isMap(document.contents)) return undefined;
  const given = document.get('resources', true);
  const list = isSeq(given) ? given : document.createNode([]);
  list.items = [
    ...list.items.filter((item) => {
      const value = isAlias(item) ? item.resolve(document) : item;
      return !(isScalar(value) && typeof value.value === 'string' && remove.has(value.value));
    }),
    ...add.map((entry) => document.createNode(entry)),
  ];
  if (parsed.form === 'empty') list.flow = false;
  document.set('resources', list);
  const ending = styled.lines[0]?.end === '\r\n' ? '\r\n' : '\n';
  try {
    const text = document.toString({ lineWidth: 0 }).replaceAll('\n', ending);
    return (styled.mark ? '\ufeff' : '') + text;
  } catch {
    // `yaml` throws for an alias whose anchor was on a removed entry.
    return undefined;
  }
}

/** An entry as a YAML scalar on one line, quoted if necessary. */
function quoted(entry: string): string {
  return stringify(entry, { lineWidth: 0, blockQuote: false }).trimEnd();
}

function unreadable(file: string, message: string, at?: Position): Problem {
  return defined({
    code: 'kustomization-unreadable' as const,
    file,
    at,
    message,
    expected: 'one kustomization with a list of files and directories under resources',
    remedy:
      'Fix the file by hand, with an entry on each line and no alias; Gatehouse only adds its own entries to it',
  });
}
