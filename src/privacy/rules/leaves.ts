import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import type { Leaf, YamlDocument } from './rule.ts';
import { simpleLeaves } from './simpleYaml.ts';

function rangeOf(node: Node): { start: number; end: number } {
  return { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 };
}

function collect(node: unknown, path: readonly string[], leaves: Leaf[]): void {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      collect(value, [...path, isScalar(key) ? String(key.value) : '?'], leaves);
    }
  } else if (isSeq(node)) {
    node.items.forEach((each, index) => {
      collect(each, [...path, String(index)], leaves);
    });
  } else if (isScalar(node)) {
    const isString = typeof node.value === 'string';
    leaves.push({ path, value: String(node.value ?? ''), isString, ...rangeOf(node) });
  } else if (isAlias(node)) {
    leaves.push({ path, value: '', isString: false, ...rangeOf(node) });
  }
}

interface Parsed {
  documents: YamlDocument[];
  /** Whether YAML does not read the text like this, as with a Helm template or a merge conflict. */
  isBroken: boolean;
}

/** Texts that do not parse have the leaves that could be read. */
function parsedDocuments(text: string): Parsed {
  const parsed = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false, strict: false });
  if (!Array.isArray(parsed)) return { documents: [], isBroken: false };
  const documents = parsed.map((document) => {
    const leaves: Leaf[] = [];
    collect(document.contents, [], leaves);
    return { leaves };
  });
  return { documents, isBroken: parsed.some(({ errors }) => errors.length > 0) };
}

const separator = /^---[ \t]*(?:#.*)?\r?$/gm;

function plainDocuments(text: string): YamlDocument[] | undefined {
  const documents: YamlDocument[] = [];
  let from = 0;
  for (const match of [...text.matchAll(separator), undefined]) {
    const leaves = simpleLeaves(text.slice(from, match?.index ?? text.length), from);
    if (!leaves) return undefined;
    if (leaves.length > 0) documents.push({ leaves });
    from = match ? match.index + match[0].length + 1 : text.length;
  }
  return documents;
}

/** Longer texts are not parsed: nobody writes such a manifest, and parsing needs a hundred times its size. */
const longestParsed = 4 * 2 ** 20;

/**
 * How much deeper than its first line a text is: what is copied from an indented block often loses the indent of its first
 * line.
 */
function lostIndent(text: string): number {
  const [first = '', ...others] = text.split('\n').filter((line) => line.trim() !== '');
  if (!/^\w+:[ \t]+\w/.test(first)) return 0;
  const least = others.reduce((sum, line) => Math.min(sum, line.length - line.trimStart().length), Infinity);
  return Number.isFinite(least) ? least : 0;
}

/** The scalars of every document of a YAML or JSON text, in order. Never throws. */
export function yamlDocuments(text: string): readonly YamlDocument[] {
  const plain = plainDocuments(text);
  if (plain) return plain;
  if (text.length > longestParsed) return [];
  const { documents, isBroken } = parsedDocuments(text);
  const lost = isBroken ? lostIndent(text) : 0;
  if (lost === 0) return documents;
  return parsedDocuments(' '.repeat(lost) + text).documents.map(({ leaves }) => ({
    leaves: leaves.map((leaf) => ({ ...leaf, start: leaf.start - lost, end: leaf.end - lost })),
  }));
}
