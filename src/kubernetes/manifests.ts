import { Composer, type CST, type Document, LineCounter, Parser, type YAMLError } from 'yaml';
import type { ProblemCode } from '../problems/codes.ts';
import type { Position, Problem } from '../problems/problem.ts';
import { readBlockYaml } from './blockYaml.ts';
import { kubernetesTags, kustomizeTags, readPlain, readPlainForKustomize } from './kubernetesTags.ts';
import type { ManifestDocument } from './manifestDocument.ts';
import type { KubernetesObject } from './object.ts';
import { syntaxErrorText } from './syntaxErrors.ts';

export interface Manifests {
  /** The valid documents, in the order of the file, without empty ones. */
  documents: ManifestDocument[];
  /** The problems of the invalid documents, without the name of the file. */
  problems: Problem[];
}

/**
 * Reads YAML of any number of documents as kubectl and Flux do (YAML 1.1 as sigs.k8s.io/yaml has it: `yes` is
 * true, `014` is 12, a date is text). Invalid documents are reported and left out; the others are read. It only
 * throws what `beforeLibrary` throws.
 *
 * @param beforeLibrary is told how many characters the library will parse, which takes it far more time and memory
 */
export function parseManifests(text: string, beforeLibrary?: (characters: number) => void): Manifests {
  const quick = readBlockYaml(text, readPlain);
  if (quick !== undefined) return { documents: quick, problems: [] };
  beforeLibrary?.(text.length);
  return parseWithLibrary(text);
}

/** Reads YAML as kustomize does, for which `yes` is text. What it writes has quotes where kubectl needs them. */
export const parseForKustomize: typeof parseManifests = (text, beforeLibrary) => {
  const quick = readBlockYaml(text, readPlainForKustomize);
  if (quick !== undefined) return { documents: quick, problems: [] };
  beforeLibrary?.(text.length);
  return parseWithLibrary(text, kustomizeTags);
};

/** The same, but always with the library. {@link parseManifests} returns the same result faster. */
export function parseWithLibrary(text: string, customTags = kubernetesTags): Manifests {
  const lineCounter = new LineCounter();
  const tokens = [...new Parser(lineCounter.addNewLine).parse(text)];
  const deep = tokens.find((token) => depthOf(token) > deepest);
  if (deep !== undefined) return { documents: [], problems: [tooDeep(toPosition(deep.offset, lineCounter))] };

  const documents: ManifestDocument[] = [];
  const ignored = new Set(droppedAmong(tokens));
  const problems = [...ignored].map(({ offset }) => dropped(toPosition(offset, lineCounter)));
  const composer = new Composer({ version: '1.1', customTags, logLevel: 'silent' });
  for (const document of composer.compose(tokens.filter((token) => !ignored.has(token)))) {
    const position = placeOf(document, lineCounter);
    const read = readValue(document, position, lineCounter);
    if ('problems' in read) problems.push(...read.problems);
    else if (read.value !== null) documents.push({ value: read.value, line: position.line });
  }
  return { documents, problems };
}

/**
 * Far more than the deepest custom resource definition. The composer is recursive, and V8 ends the process instead of
 * throwing if the stack overflows inside of a regular expression.
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

/**
 * The documents that follow a line `...` and no line `---`. kustomize 5.8 (kyaml, `kio/byteio_reader.go`) and kubectl
 * split a file at `---` only, and read the first document of each part.
 */
function droppedAmong(tokens: readonly CST.Token[]): readonly CST.Token[] {
  const end = tokens.findIndex(({ type }) => type === 'doc-end');
  return tokens
    .slice(end < 0 ? tokens.length : end)
    .filter(
      (token) =>
        token.type === 'document' &&
        token.value !== undefined &&
        !token.start.some(({ type }) => type === 'doc-start'),
    );
}

function dropped(at: Position): Problem {
  return {
    code: 'yaml-syntax',
    at,
    message: 'the document follows a line "...", so kustomize and kubectl leave it out',
    expected: 'a line "---" before each document',
  };
}

function tooDeep(at: Position): Problem {
  return {
    code: 'nested-too-deeply',
    at,
    message: 'the values are nested too deeply',
    expected: `at most ${deepest} levels`,
    remedy: 'check that this is the right file',
  };
}

/** Whether a document has the fields that identify a Kubernetes object: apiVersion, kind and a name. */
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
    message: 'an alias has no anchor, refers to itself, or expands to far more text than the file contains',
    expected: 'valid YAML aliases, or none',
    remedy: 'write the values out in full',
  };
  try {
    const anchored: unknown[] = [];
    const value: unknown = document.toJS({ onAnchor: (anchor) => anchored.push(anchor) });
    return anchored.some((anchor) => containsItself(anchor, [])) ? { problems: [aliases] } : { value };
  } catch {
    // `yaml` throws only for aliases: for one without an anchor, or for too many.
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

/** The position and the kind of an error; the text, which may be secret, is not quoted. */
function syntaxProblem(error: YAMLError, lineCounter: LineCounter): Problem {
  const code = codesOfErrors[error.code] ?? 'yaml-syntax';
  const text = syntaxErrorText(error);
  return {
    code,
    at: toPosition(error.pos[0], lineCounter),
    message: code === 'yaml-syntax' ? `invalid YAML: ${text}` : text,
    expected: 'YAML as Kubernetes reads it',
  };
}
