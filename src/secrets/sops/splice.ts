import { isMap, isScalar, type Scalar } from 'yaml';
import { quoted, scalarOf } from './emit.ts';
import type { ValueLeaf } from './leaves.ts';
import { sectionOf } from './metadata.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import type { PlainValue } from './value.ts';

/** A scalar of a text and its new source. */
export interface Replacement {
  node: Scalar;
  source: string;
}

/**
 * Replaces scalars in place. Every other byte of the text stays.
 *
 * @returns undefined when a scalar has a form that cannot be replaced in place, such as a block
 */
export function splice(text: string, replacements: readonly Replacement[]): string | undefined {
  const ordered = replacements
    .map(({ node, source }) => ({ start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0, node, source }))
    .sort((one, other) => one.start - other.start);
  let result = '';
  let done = 0;
  for (const { start, end, node, source } of ordered) {
    if (start >= end || node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return undefined;
    result += text.slice(done, start) + source;
    done = end;
  }
  return result + text.slice(done);
}

/** The source of a new encrypted text, in the quotes of the scalar that it replaces. */
export function sealedSource({ node }: ValueLeaf, sealed: string): string {
  return node.type === 'PLAIN' && sealed !== '' ? sealed : `"${sealed}"`;
}

/** The source of a new readable value. */
export function clearSource(plain: PlainValue, format: 'yaml' | 'json'): string {
  const scalar = scalarOf(plain);
  if (plain.type === 'str' && (format === 'json' || scalar.type !== 'PLAIN')) return quoted(plain.text);
  return plain.type === 'time' && format === 'json' ? quoted(plain.text) : scalar.value;
}

/** The replacements that every change needs in the section `sops`: the date and the MAC. */
export function dateAndMacReplacements(
  { root }: ParsedDocument,
  { lastModified, mac }: { lastModified: string; mac: string },
): Replacement[] | undefined {
  const section = sectionOf(root);
  const find = (name: string) =>
    isMap(section) ? section.items.find(({ key }) => isScalar(key) && key.value === name)?.value : undefined;
  const [date, sum] = [find('lastmodified'), find('mac')];
  if (!isScalar(date) || !isScalar(sum)) return undefined;
  return [
    { node: date, source: `"${lastModified}"` },
    { node: sum, source: sum.type === 'PLAIN' ? mac : `"${mac}"` },
  ];
}
