import { isPlaceholder } from './placeholder.ts';
import type { DocumentRule, Found, Leaf, YamlDocument } from './rule.ts';

const key = (path: readonly string[]): string => path.join('\0');

/** The roots of the document's Secrets: the document itself, or an item of a List. */
function secretRoots({ leaves }: YamlDocument): string[] {
  return leaves
    .filter(({ path, value }) => path.at(-1) === 'kind' && value === 'Secret')
    .map(({ path }) => key(path.slice(0, -1)));
}

/** A value of a Kubernetes Secret as it stands in a manifest. */
export interface SecretValue {
  leaf: Leaf;
  field: string;
  /** What the pod would see: base64 of `data` is resolved. */
  plain: string;
}

/** The values of all Secrets of a text, encrypted ones included. */
export function secretValues(documents: readonly YamlDocument[]): SecretValue[] {
  return documents.flatMap((document) => {
    const roots = secretRoots(document);
    return document.leaves.flatMap((leaf) => {
      const root = roots.find((each) => each === '' || key(leaf.path).startsWith(`${each}\0`));
      if (root === undefined) return [];
      const [block, ...rest] = leaf.path.slice(root === '' ? 0 : root.split('\0').length);
      if ((block !== 'data' && block !== 'stringData') || rest.length === 0) return [];
      const isEncoded = block === 'data' && /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(leaf.value);
      const plain = isEncoded ? Buffer.from(leaf.value, 'base64').toString('latin1') : leaf.value;
      return [{ leaf, field: [block, ...rest].join('.'), plain }];
    });
  });
}

export const isEncrypted = (value: string): boolean => value.startsWith('ENC[AES256_GCM,');

/** What a Secret holds without being one: nothing, a reference, a certificate (which every client is shown). */
function isHarmless({ leaf, plain }: SecretValue): boolean {
  const isCertificate = plain.includes('-----BEGIN CERTIFICATE') && !plain.includes('PRIVATE KEY');
  return (
    leaf.value.trim() === '' ||
    isEncrypted(leaf.value) ||
    isCertificate ||
    isPlaceholder(leaf.value) ||
    isPlaceholder(plain)
  );
}

/** Every readable value of a Kubernetes Secret, in a document of its own or inside a List. */
export const plainSecret: DocumentRule = {
  id: 'plain-secret',
  reason: 'a value of a Kubernetes Secret that is not encrypted',
  anchors: [' Secret', '"Secret"', "'Secret'", ':Secret'],
  find(text, documents): Found[] {
    if (!/kind["']?\s*:\s*["']?Secret\b(?!\w)/.test(text)) return [];
    return secretValues(documents())
      .filter((value) => !isHarmless(value))
      .map(({ leaf, field }) => ({ start: leaf.start, end: leaf.end, field }));
  },
};
