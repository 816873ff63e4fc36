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
import type { ProblemCode } from '../problems/codes.ts';
import type { Position, Problem } from '../problems/problem.ts';
import type { Path } from './path.ts';

/** A configuration file as plain values, which still knows where each of them stands. */
export interface ConfigDocument {
  file: string;
  value: Record<string, unknown>;
  /** Where the value at the path stands; `'key'` gives its key instead. Undefined when the file does not have it. */
  locate(path: Path, part?: 'key' | 'value'): Position | undefined;
}

const syntaxCodes: Partial<Record<YAMLError['code'], [code: ProblemCode, remedy: string]>> = {
  DUPLICATE_KEY: ['duplicate-key', 'keep one of the two'],
  TAB_AS_INDENT: ['tab-as-indent', 'indent with spaces'],
  MULTIPLE_DOCS: ['many-documents', 'keep one document: no second "---"'],
};

/**
 * Reads the YAML of a configuration file. Everything that would make a file mean something else than it seems
 * to say is refused: duplicate keys, tabs, anchors, merges, tags, several documents.
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
      message: 'the file does not start with a key',
      expected: 'keys and values, such as "cluster:" on the first line',
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
    expected: 'a configuration',
    remedy: 'run "gatehouse init" in an empty folder to get one to start from',
  };
}

/** No configuration nests its values deeper than this; a few thousand levels end the process, past any `catch`. */
const deepest = 100;

/** Follows the nesting while nothing is built yet: the library builds values recursively. */
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
    expected: 'a configuration',
    remedy: 'check that this is the file that you meant',
  };
}

/** One mistake can make the parser stumble hundreds of times over the same character. */
function firstAtEachPlace(errors: readonly YAMLError[]): YAMLError[] {
  return [...new Map([...errors].reverse().map((error) => [error.pos[0], error])).values()].reverse();
}

/** `%YAML 1.1` makes `yes` a boolean, and `010` eight. */
function directive(file: string): Problem {
  return {
    code: 'yaml-indirection',
    file,
    at: { line: 1, column: 1 },
    message: 'a directive is not used in this file',
    expected: 'YAML 1.2, without "%YAML"',
    remedy: 'take the line out',
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
      remedy: 'keep one document: no second "---"',
    },
  ];
}

function syntaxProblem(file: string, error: YAMLError, position: (offset: number) => Position): Problem {
  const [code, remedy] = syntaxCodes[error.code] ?? ['yaml-syntax', 'mend the line, or quote the value'];
  // The library's messages can quote the text: only what is known to be safe is passed on.
  const message =
    code === 'yaml-syntax'
      ? `YAML cannot be read here (${error.code.toLowerCase().replaceAll('_', ' ')})`
      : messages[code];
  return {
    code,
    file,
    at: position(error.pos[0]),
    message: message ?? 'YAML cannot be read here',
    expected: 'YAML 1.2',
    remedy,
  };
}

const messages: Partial<Record<ProblemCode, string>> = {
  'duplicate-key': 'the key stands here a second time',
  'tab-as-indent': 'the line is indented with a tab',
  'many-documents': 'a second document starts here',
};

function refusedSyntax(file: string, contents: Node, position: (offset: number) => Position): Problem[] {
  const problems: Problem[] = [];
  const refuse = (node: Node, what: string): void => {
    problems.push({
      code: 'yaml-indirection',
      file,
      at: position(node.range?.[0] ?? 0),
      message: `${what} is not used in this file`,
      expected: 'each value written where it belongs',
      remedy: 'write the value out',
    });
  };
  visit(contents, {
    Node(_key, node) {
      if (isAlias(node)) refuse(node, 'an alias');
      else if (node.anchor !== undefined) refuse(node, 'an anchor');
      else if (node.tag !== undefined) refuse(node, 'a tag');
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) && pair.key.value === '<<') refuse(pair.key, 'a merge');
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
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      key = node;
    } else return undefined;
  }
  const found = part === 'key' ? key : (node ?? key);
  const range = (found as Node | undefined)?.range ?? (key as Node | undefined)?.range;
  return range ? position(range[0]) : undefined;
}
