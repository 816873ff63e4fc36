import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  visit,
  type YAMLError,
} from 'yaml';
import type { Path } from '../kubernetes/path.ts';
import { syntaxErrorText } from '../kubernetes/syntaxErrors.ts';
import type { ProblemCode } from '../problems/codes.ts';
import type { Position, Problem } from '../problems/problem.ts';

/** A configuration file as plain values, with the position of each value. */
export interface ConfigDocument {
  file: string;
  value: Record<string, unknown>;
  /** The position of the value at the path, or of its key. Undefined if the file does not have the path. */
  locate(path: Path, part?: 'key' | 'value'): Position | undefined;
}

const syntaxCodes: Partial<Record<YAMLError['code'], [code: ProblemCode, remedy: string]>> = {
  DUPLICATE_KEY: ['duplicate-key', 'remove one of the two keys'],
  TAB_AS_INDENT: ['tab-as-indent', 'indent with spaces'],
  MULTIPLE_DOCS: ['many-documents', 'remove the second document and its "---"'],
};

/**
 * Reads the YAML of a configuration file. It refuses everything that could make a file mean something else than it
 * appears to say: duplicate keys, tabs, anchors, merge keys, tags and several documents.
 */
export function readDocument(file: string, text: string): { document?: ConfigDocument; problems: Problem[] } {
  const lines = new LineCounter();
  const tokens = tokensOf(text, lines);
  if (tokens === undefined) return { problems: [tooDeep(file)] };
  const composer = new Composer({ uniqueKeys: true, prettyErrors: false, stringKeys: true, merge: false });
  const [document, second] = [...composer.compose(tokens)];
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document === undefined || document.contents === null) {
    return { problems: [emptyFile(file)] };
  }
  const problems: Problem[] = firstAtEachPlace(document.errors).map((error) =>
    syntaxProblem(file, error, position),
  );
  if (document.directives?.yaml.explicit) problems.push(directive(file));
  if (second !== undefined) problems.push(...secondDocument(file, position(second.range[0])));
  problems.push(...refusedSyntax(file, document.contents, position));
  if (problems.length === 0 && !isMap(document.contents)) {
    problems.push({
      code: 'not-a-map',
      file,
      at: position(document.contents.range?.[0] ?? 0),
      message: 'the file is not a map',
      expected: 'keys and values, such as "cluster:" on the first line',
      remedy:
        'start the file with a section, or run "gatehouse init" in an empty directory to get an example',
    });
  }
  if (problems.length > 0) return { problems };
  const contents = document.contents;
  return {
    document: {
      file,
      value: document.toJS({ maxAliasCount: 0 }) as Record<string, unknown>,
      locate: (path, part = 'value') => locate(contents, path, part, position),
    },
    problems: [],
  };
}

function emptyFile(file: string): Problem {
  return {
    code: 'text-empty',
    file,
    message: 'the file is empty',
    expected: 'a configuration, such as "cluster:" on the first line',
    remedy: 'run "gatehouse init" in an empty directory to get an example',
  };
}

/** No configuration is nested deeper. A few thousand levels would overflow the stack of the library. */
const deepest = 100;

/** Measures the nesting before any value is built, because the library builds values recursively. */
function tokensOf(text: string, lines: LineCounter): CST.Token[] | undefined {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > deepest) return undefined;
  }
  return [...tokens, ...parser.end()];
}

function tooDeep(file: string): Problem {
  return {
    code: 'yaml-syntax',
    file,
    message: `the values are nested more than ${deepest} levels deep`,
    expected: `at most ${deepest} levels`,
    remedy: 'check that this is the right file',
  };
}

/** One mistake can cause hundreds of parser errors at the same character. */
function firstAtEachPlace(errors: readonly YAMLError[]): YAMLError[] {
  return [...new Map([...errors].reverse().map((error) => [error.pos[0], error])).values()].reverse();
}

/** `%YAML 1.1` makes `yes` a boolean, and `010` eight. */
function directive(file: string): Problem {
  return {
    code: 'yaml-indirection',
    file,
    at: { line: 1, column: 1 },
    message: 'a YAML directive is not allowed in this file',
    expected: 'YAML 1.2, without "%YAML"',
    remedy: 'remove the line',
  };
}

function secondDocument(file: string, at: Position): Problem[] {
  return [
    {
      code: 'many-documents',
      file,
      at,
      message: 'a second document starts here',
      expected: 'one document',
      remedy: 'remove the second document and its "---"',
    },
  ];
}

function syntaxProblem(file: string, error: YAMLError, position: (offset: number) => Position): Problem {
  const [code, remedy] = syntaxCodes[error.code] ?? ['yaml-syntax', 'fix the line, or quote the value'];
  const text = syntaxErrorText(error);
  return {
    code,
    file,
    at: position(error.pos[0]),
    message: code === 'yaml-syntax' ? `invalid YAML: ${text}` : text,
    expected: 'YAML 1.2',
    remedy,
  };
}

function refusedSyntax(file: string, contents: Node, position: (offset: number) => Position): Problem[] {
  const problems: Problem[] = [];
  const refuse = (node: Node, what: string): void => {
    problems.push({
      code: 'yaml-indirection',
      file,
      at: position(node.range?.[0] ?? 0),
      message: `${what} is not allowed in this file`,
      expected: 'plain keys and values',
      remedy: 'write the value out in full',
    });
  };
  visit(contents, {
    Node(_key, node) {
      if (isAlias(node)) refuse(node, 'a YAML alias');
      else if (node.anchor !== undefined) refuse(node, 'a YAML anchor');
      else if (node.tag !== undefined) refuse(node, 'a YAML tag');
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) && pair.key.value === '<<') refuse(pair.key, 'a YAML merge key');
    },
  });
  return problems;
}

function locate(
  contents: unknown,
  path: Path,
  part: 'key' | 'value',
  position: (offset: number) => Position,
): Position | undefined {
  let node: unknown = contents;
  let key: unknown;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (!isPair(pair)) return undefined;
      key = pair.key;
      node = pair.value;
    } else if (isSeq(node) && /^\d+$/.test(String(step))) {
      node = node.items[Number(step)];
      key = node;
    } else return undefined;
  }
  const found = part === 'key' ? key : (node ?? key);
  const range = (found as Node | undefined)?.range ?? (key as Node | undefined)?.range;
  return range ? position(range[0]) : undefined;
}
