import { isPlaceholder } from './placeholder.ts';
import type { DocumentRule, Leaf, RuleMatch, YamlDocument } from './rule.ts';

/** The roots of the document's Secrets: the document itself, or an item of a List. */
function secretRoots({ leaves }: YamlDocument): (readonly string[])[] {
  return leaves
    .filter(({ path, value }) => /^secret$/i.test(value) && path.at(-1) === 'kind')
    .map(({ path }) => path.slice(0, -1));
}

const isEncrypted = (value: string): boolean => value.startsWith('ENC[AES256_GCM,');

const isBelow = (path: readonly string[], root: readonly string[]): boolean =>
  path.length > root.length && root.every((name, index) => path[index] === name);

/** A value of a Kubernetes Secret in a manifest. */
export interface SecretValue {
  leaf: Leaf;
  field: string;
  /** The value that a pod sees: base64 of `data` is decoded. */
  plain: string;
}

/** The values of all Secrets of a text that are not encrypted. */
export function readableValues(documents: readonly YamlDocument[]): SecretValue[] {
  return documents.flatMap((document) => {
    const roots = secretRoots(document);
    const values: SecretValue[] = [];
    if (roots.length === 0) return values;
    for (const leaf of document.leaves) {
      if (isEncrypted(leaf.value)) continue;
      const root = roots.find((each) => isBelow(leaf.path, each));
      if (root === undefined) continue;
      const block = leaf.path[root.length];
      if ((block !== 'data' && block !== 'stringData') || leaf.path.length < root.length + 2) continue;
      const isEncoded = block === 'data' && /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(leaf.value);
      const plain = isEncoded ? Buffer.from(leaf.value, 'base64').toString('latin1') : leaf.value;
      values.push({ leaf, field: leaf.path.slice(root.length).join('.'), plain });
    }
    return values;
  });
}

/** Whether a value is not secret: empty, a reference, or a certificate (which every client sees). */
function isHarmless({ leaf, plain }: SecretValue): boolean {
  const isCertificate = plain.includes('-----BEGIN CERTIFICATE') && !plain.includes('PRIVATE KEY');
  return leaf.value.trim() === '' || isCertificate || isPlaceholder(leaf.value) || isPlaceholder(plain);
}

const isBetween = (byte: number | undefined): boolean =>
  byte === 0x22 || byte === 0x27 || (byte !== undefined && byte <= 0x20) || byte === 0xa0;

/** Whether `kind:` is before the anchor, and the word ends after it. */
function followsKind(bytes: Uint8Array, at: number): boolean {
  let start = at;
  while (isBetween(bytes[start])) start++;
  if (bytes[start] === 0x3a) start++;
  if (isWordByte(bytes[start + 'Secret'.length])) return false;
  let end = start;
  while (isBetween(bytes[end - 1])) end--;
  if (bytes[end - 1] !== 0x3a) return false;
  end--;
  while (isBetween(bytes[end - 1])) end--;
  return (
    end >= kind.length && [...kind].every((each, i) => bytes[end - kind.length + i] === each.charCodeAt(0))
  );
}

const kind = 'kind';
const isWordByte = (byte = 0): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte === 0x5f;

/** Every readable value of a Kubernetes Secret, in a document of its own or inside a List. */
export const plainSecret: DocumentRule = {
  id: 'plain-secret',
  reason: 'a value of a Kubernetes Secret that is not encrypted',
  anchors: [' Secret', '"Secret"', "'Secret'", ':Secret'],
  mayMatch: followsKind,
  find(text, documents): RuleMatch[] {
    if (!/kind["']?\s*:\s*["']?Secret\b(?!\w)/i.test(text)) return [];
    return readableValues(documents())
      .filter((value) => !isHarmless(value))
      .map(({ leaf, field }) => ({ start: leaf.start, end: leaf.end, field }));
  },
};
