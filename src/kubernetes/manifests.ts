import { Composer, type CST, type Document, LineCounter, Parser, type YAMLError } from 'yaml';
import type { ProblemCode } from '../problems/codes.ts';
import type { Position, Problem } from '../problems/problem.ts';
import { readBlockYaml } from './blockYaml.ts';
import { kubernetesTags } from './kubernetesTags.ts';
import type { ManifestDocument } from './manifestDocument.ts';
import type { KubernetesObject } from './object.ts';

export interface Manifests {
  /** What could be read, in the order of the file, without empty documents. */
  documents: ManifestDocument[];
  /** What could not, without the name of the file. */
  problems: Problem[];
}

/**
 * Reads YAML of any number of documents as kubectl and Flux do (YAML 1.1 as sigs.k8s.io/yaml has it: `yes` is
 * true, `014` is 12, a date is text). A document with a mistake is reported and left out; the others are
 * read. Never throws.
 */
export function parseManifests(text: string): Manifests {
  const quick = readBlockYaml(text);
  return quick === undefined ? parseWithLibrary(text) : { documents: quick, problems: [] };
}

/** The same, by the library in any case: whatever {@link parseManifests} reads quicker, it reads as this does. */
export function parseWithLibrary(text: string): Manifests {
  const lineCounter = new LineCounter();
  const tokens = [...new Parser(lineCounter.addNewLine).parse(text)];
  const deep = tokens.find((token) => depthOf(token) > deepest);
  if (deep !== undefined) return { documents: [], problems: [tooDeep(toPosition(deep.offset, lineCounter))] };

  const documents: ManifestDocument[] = [];
  const problems: Problem[] = [];
  const composer = new Composer({ version: '1.1', customTags: kubernetesTags, logLevel: 'silent' });
  for (const document of composer.compose(tokens)) {
    const position = placeOf(document, lineCounter);
    const read = readValue(document, position, lineCounter);
    if ('problems' in read) problems.push(...read.problems);
    else if (read.value !== null) documents.push({ value: read.value, line: position.line });
  }
  return { documents, problems };
}

/**
 * Far more than the deepest custom resource definition. What comes after the tokens is recursive, and where
 * the stack ends inside a regular expression, V8 ends the process instead of throwing.
 */
const deepest = 200;

function depthOf(root: CST.Token): number {
  let depth = 0;
  let level: CST.Token[] = [root];
  while (level.length > 0 && depth <= deepest + 1) {
    level = level.flatMap(innerTokens);
    depth++;
  }
  return depth;
}

function innerTokens(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) =>
    [key, value].filter((inner) => inner !== undefined && inner !== null),
  );
}

function tooDeep(at: Position): Problem {
  return {
    code: 'nested-too-deeply',
    at,
    message: 'values stand inside one another deeper than Gatehouse reads',
    expected: `at most ${deepest} levels`,
  };
}

/** Whether a document is an object that Kubernetes knows by kind and name. */
export function isKubernetesObject(value: unknown): value is KubernetesObject {
  const { apiVersion, kind, metadata }: { [field: string]: unknown } = Object(value);
  const { name }: { name?: unknown } = Object(metadata);
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
}

function placeOf(document: Document.Parsed, lineCounter: LineCounter): Position {
  return toPosition(document.contents?.range[0] ?? document.range[0], lineCounter);
}

function toPosition(offset: number, lineCounter: LineCounter): Position {
  const { line, col } = lineCounter.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function readValue(
  document: Document.Parsed,
  position: Position,
  lineCounter: LineCounter,
): { value: unknown } | { problems: Problem[] } {
  if (document.errors.length > 0) {
    return { problems: document.errors.map((error) => syntaxProblem(error, lineCounter)) };
  }
  const aliases: Problem = {
    code: 'too-many-aliases',
    at: position,
    message: 'the aliases of the document lead nowhere, to themselves, or to far more text than there is',
    expected: 'values written out where they belong',
  };
  try {
    const anchored: unknown[] = [];
    const value: unknown = document.toJS({ onAnchor: (anchor) => anchored.push(anchor) });
    return anchored.some((anchor) => containsItself(anchor, [])) ? { problems: [aliases] } : { value };
  } catch {
    // `yaml` throws only for aliases: one that leads nowhere, or more of them than any person writes.
    return { problems: [aliases] };
  }
}

function containsItself(value: unknown, around: unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (
    around.includes(value) || Object.values(value).some((inner) => containsItself(inner, [...around, value]))
  );
}

const codesOfErrors: Partial<Record<YAMLError['code'], ProblemCode>> = {
  DUPLICATE_KEY: 'duplicate-key',
  TAB_AS_INDENT: 'tab-as-indent',
};

/** The library's messages quote the text, which may be a secret: only the place and the kind are told. */
function syntaxProblem(error: YAMLError, lineCounter: LineCounter): Problem {
  const code = codesOfErrors[error.code] ?? 'yaml-syntax';
  const messages: Partial<Record<ProblemCode, string>> = {
    'duplicate-key': 'the same key stands twice in a map',
    'tab-as-indent': 'a tab stands where the indentation is',
  };
  return {
    code,
    at: toPosition(error.pos[0], lineCounter),
    message: messages[code] ?? `the text is not YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
    expected: 'YAML as Kubernetes reads it',
  };
}
