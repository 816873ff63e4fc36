import { type Outcome, ok } from '../../problems/outcome.ts';
import type { AgeIdentity } from '../age/identity.ts';
import { parseDocument } from './document.ts';
import { emit, scalarOf } from './emit.ts';
import { type OpenedDocument, openDocument } from './open.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import type { EncryptionRule } from './rule.ts';
import type { PlainValue } from './value.ts';

export interface DecryptRequest {
  /** Decides the format by its suffix, and names the document in problems. */
  file: string;
  content: string | Uint8Array;
  identities: readonly AgeIdentity[];
}

export interface DecryptedDocument {
  /** The document without its section `sops`, in the format of the file. Never write it to disk. */
  plaintext: string;
  /** Every value except null, in document order. */
  values: readonly DecryptedValue[];
  recipients: readonly string[];
  rule: EncryptionRule;
  lastModified: string;
}

export interface DecryptedValue extends PlainValue {
  path: readonly (string | number)[];
  /** The path as text; safe to show. */
  label: string;
  /** Whether the value is encrypted in the file. */
  encrypted: boolean;
}

/**
 * Decrypts a SOPS document with age keys and verifies its MAC. Reports every value that cannot be decrypted, by its path.
 * Never returns a part of a document.
 */
export async function decryptDocument(request: DecryptRequest): Promise<Outcome<DecryptedDocument>> {
  const parsed = parseDocument(request.file, request.content);
  if (!parsed.ok) return parsed;
  const opened = await openDocument(parsed.value, request.identities);
  if (!opened.ok) return opened;
  const { metadata, leaves } = opened.value;
  const values = leaves.flatMap(({ leaf, plain, sealed }): DecryptedValue[] =>
    leaf.kind === 'value' && plain.type !== 'comment'
      ? [{ ...plain, path: leaf.path, label: leaf.label, encrypted: sealed !== undefined }]
      : [],
  );
  return ok({
    plaintext: decryptInPlace(opened.value),
    values,
    recipients: metadata.keys.map(({ recipient }) => recipient),
    rule: metadata.rule,
    lastModified: metadata.lastModified,
  });
}

/** Replaces every encrypted leaf of the tree with its plain value, and drops the section `sops`. */
export function decryptInPlace({ parsed, leaves }: OpenedDocument): string {
  for (const { leaf, plain, sealed } of leaves) {
    if (sealed === undefined) continue;
    if (leaf.kind === 'comment') leaf.replace(plain.text);
    else if (plain.type !== 'comment') {
      const scalar = scalarOf(plain);
      leaf.node.value = scalar.value;
      if (scalar.type) leaf.node.type = scalar.type;
    }
  }
  dropSection(parsed);
  return emit(parsed.tree, parsed.format);
}

function dropSection({ root }: ParsedDocument): void {
  root.items = root.items.filter(({ key }) => String(key) !== 'sops');
}
