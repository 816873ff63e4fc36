import { randomBytes } from 'node:crypto';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import { type AgeRecipient, wrapDataKey } from '../age/recipient.ts';
import { parseDocument } from './document.ts';
import { emit } from './emit.ts';
import { type WrappedKey, writeMetadata } from './metadata.ts';
import { parseObject } from './objectTree.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import type { EncryptionRule } from './rule.ts';
import { newSealer, plainLeaves, sealTree } from './seal.ts';

export interface EncryptRequest {
  /** Decides the format by its suffix (`.yaml`, `.yml`, `.json`), and names the document in problems. */
  file: string;
  /** One document, as text or as an object. Keys, their order, comments and blank lines are kept. */
  plaintext: string | Uint8Array | KubernetesObject;
  recipients: readonly AgeRecipient[];
  rule: EncryptionRule;
  now: Date;
}

/**
 * Creates a SOPS document with a new data key, in the format of SOPS 3.13. To write a file that exists, use
 * {@link encryptPreservingBytes}.
 */
export async function encryptDocument(request: EncryptRequest): Promise<Outcome<string>> {
  const { file, plaintext, recipients, rule, now } = request;
  if (recipients.length === 0) return err(noRecipients(file));
  const parsed = parsePlain(file, plaintext);
  if (!parsed.ok) return parsed;
  const leaves = plainLeaves(parsed.value, rule);
  if (!leaves.ok) return leaves;
  const dataKey = randomBytes(32);
  const sealed = sealTree(leaves.value, rule, newSealer(dataKey), now);
  const keys = await wrapDataKeyFor(dataKey, recipients, []);
  const { tree, root, format } = parsed.value;
  writeMetadata(root, { ...sealed, keys, rule, foreign: [] });
  return ok(emit(tree, format));
}

/** Parses a plain document. */
export function parsePlain(file: string, plain: EncryptRequest['plaintext']): Outcome<ParsedDocument> {
  return typeof plain === 'string' || plain instanceof Uint8Array
    ? parseDocument(file, plain)
    : parseObject(file, plain);
}

/** Wraps the data key for each recipient, in order. Keys that are wrapped already keep their bytes. */
export async function wrapDataKeyFor(
  dataKey: Uint8Array,
  recipients: readonly AgeRecipient[],
  existing: readonly WrappedKey[],
): Promise<WrappedKey[]> {
  return Promise.all(
    recipients.map(async (recipient) => {
      const known = existing.find((key) => key.recipient === recipient.text);
      return known ?? { recipient: recipient.text, enc: await wrapDataKey(dataKey, recipient) };
    }),
  );
}

export function noRecipients(file: string) {
  return {
    code: 'no-recipients' as const,
    file,
    message: 'the document has no recipient to encrypt it for',
    expected: 'at least one age recipient',
    remedy: 'create a key with `gatehouse secrets keygen`',
  };
}
