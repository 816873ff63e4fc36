import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Scalar,
  type YAMLError,
} from 'yaml';
import { syntaxErrorText } from '../../kubernetes/syntaxErrors.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Position, Problem } from '../../problems/problem.ts';
import { attachComments } from './comments.ts';
import { readerOptions } from './emit.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { structureProblems } from './structure.ts';

/**
 * Parses YAML or JSON, as the suffix of the file tells. Scalars keep their source text: {@link resolvePlain} types them.
 * Reports what SOPS or Kubernetes would read differently.
 *
 * No problem quotes the text, since it may hold secrets.
 */
export function parseDocument(file: string, content: string | Uint8Array): Outcome<ParsedDocument> {
  const format = formatOf(file);
  if (!format) return err(unsupported(file));
  const text = typeof content === 'string' ? wellFormed(content) : decode(content);
  if (text === undefined) return err(notText(file));
  const raw = rawProblems(file, format, text);
  if (raw.length > 0) return err(...raw);
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const trees = readTrees(text, lines);
  const [tree] = trees;
  if (!tree) return err({ code: 'text-empty', file, message: 'the file holds no document' });
  const syntax = trees.flatMap((one) =>
    one.errors.slice(0, 20).map((error) => syntaxProblem(file, at, error)),
  );
  if (syntax.length > 0) return err(...syntax);
  if (trees.length > 1) return err(several(file, at(trees[1]?.range[0] ?? 0)));
  const root = tree.contents;
  if (!isMap<Scalar>(root)) return err(notAMap(file, root === null || isEmpty(root)));
  const parsed = { file, format, text, tree, root, at };
  const problems = structureProblems(parsed);
  if (problems.length > 0) return err(...problems);
  attachComments(root);
  return ok(parsed);
}

function readTrees(text: string, lines: LineCounter): Document.Parsed[] {
  const trees = parseAllDocuments(text, { ...readerOptions, lineCounter: lines });
  return 'empty' in trees ? [] : trees;
}

function formatOf(file: string): 'yaml' | 'json' | undefined {
  if (/\.ya?ml$/i.test(file)) return 'yaml';
  return /\.json$/i.test(file) ? 'json' : undefined;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function wellFormed(text: string): string | undefined {
  return /\p{Surrogate}/u.test(text) ? undefined : text.replace(/^\uFEFF/, '');
}

function rawProblems(file: string, format: 'yaml' | 'json', text: string): Problem[] {
  const conflict = /^<{7}(?: |\r?$)/m.exec(text);
  if (conflict)
    return [
      {
        code: 'merge-conflict',
        file,
        at: positionIn(text, conflict.index),
        message: 'Git left conflict marks in the file',
        expected: 'one version of the document',
        remedy:
          'take one side with `git checkout --ours` or `--theirs` and set the changed values again: nobody can merge encrypted values and the MAC by hand',
      },
    ];
  if (format === 'json') return jsonProblems(file, text);
  const odd = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\uFEFF\uFFFE\uFFFF]|\r(?!\n)/.exec(text);
  if (!odd) return [];
  return [
    {
      code: 'yaml-readers-disagree',
      file,
      at: positionIn(text, odd.index),
      message: 'the file holds a control character or an uncommon line break',
      expected: 'printable text',
      remedy: 'write the character as an escape in double quotes, such as "\\u2028"',
    },
  ];
}

// The YAML parser reads more than JSON; the message of JSON.parse is not used, since it quotes the text.
function jsonProblems(file: string, text: string): Problem[] {
  try {
    JSON.parse(text);
    return [];
  } catch {
    return [{ code: 'yaml-syntax', file, message: 'the file is not JSON', remedy: 'fix the syntax' }];
  }
}

function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function syntaxProblem(
  file: string,
  at: (offset: number) => Position,
  error: Pick<YAMLError, 'code' | 'pos'>,
): Problem {
  const place = { file, at: at(error.pos[0]) };
  if (error.code === 'DUPLICATE_KEY')
    return { code: 'duplicate-key', ...place, message: 'a map has the same key twice' };
  if (error.code === 'TAB_AS_INDENT')
    return { code: 'tab-as-indent', ...place, message: 'a tab is used as indentation', expected: 'spaces' };
  return {
    code: 'yaml-syntax',
    ...place,
    message: `the text is not YAML: ${syntaxErrorText(error)}`,
    remedy: 'fix the syntax, or restore the file from Git if it was truncated',
  };
}

function several(file: string, at: Position): Problem {
  return {
    code: 'many-documents',
    file,
    at,
    message: 'the file holds several YAML documents',
    expected: 'one document per file: one Secret, one set of keys, one MAC',
    remedy: 'put each document into a file of its own',
  };
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.type === 'PLAIN' && node.value === '';
}

function notAMap(file: string, empty: boolean): Problem {
  return empty
    ? { code: 'text-empty', file, message: 'the file holds no document', expected: 'a map of fields' }
    : { code: 'not-a-map', file, message: 'the document is not a map', expected: 'a map of fields' };
}

function notText(file: string): Problem {
  return {
    code: 'text-not-utf8',
    file,
    message: 'the file is not UTF-8 text',
    remedy: 'save it as UTF-8; keep binary content in base64 under data:',
  };
}

function unsupported(file: string): Problem {
  return {
    code: 'sops-format-unsupported',
    file,
    message: 'the file is neither YAML nor JSON by its name',
    expected: 'a name that ends with .yaml, .yml or .json',
    remedy: 'keep dotenv, INI and binary content as a value of a Secret',
  };
}
