import { randomBytes } from 'node:crypto';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { AgeIdentity } from '../age/identity.ts';
import type { AgeRecipient } from '../age/recipient.ts';
import { decryptInPlace } from './decrypt.ts';
import { parseDocument } from './document.ts';
import { emit } from './emit.ts';
import { noRecipients, wrapDataKeyFor } from './encrypt.ts';
import { parseAndOpen, withWrappedKeys } from './encryptPreservingBytes.ts';
import { writeMetadata } from './metadata.ts';
import { newSealer, plainLeaves, sealTree } from './seal.ts';

export interface RotateRequest {
  file: string;
  content: string | Uint8Array;
  identities: readonly AgeIdentity[];
  recipients: readonly AgeRecipient[];
  now: Date;
}

/**
 * Re-encrypts a document with a new data key for the given recipients. Every ciphertext changes.
 *
 * Rotate after a recipient is removed, when a private key may have leaked, or on a schedule. Rotation does not make old
 * values secret again: whoever had a key may have kept them, so replace the passwords too.
 */
export async function rotateDataKey(request: RotateRequest): Promise<Outcome<string>> {
  const { file, content, identities, recipients, now } = request;
  if (recipients.length === 0) return err(noRecipients(file));
  const opened = await parseAndOpen(file, content, identities);
  if (!opened.ok) return opened;
  const { rule, foreign } = opened.value.metadata;
  if (foreign.length > 0) return err(foreignKeys(file, foreign));
  const parsed = parseDocument(file, decryptInPlace(opened.value));
  if (!parsed.ok) return parsed;
  const leaves = plainLeaves(parsed.value, rule);
  if (!leaves.ok) return leaves;
  const dataKey = randomBytes(32);
  const sealed = sealTree(leaves.value, rule, newSealer(dataKey), now);
  const { root, tree, format } = parsed.value;
  writeMetadata(root, { ...sealed, rule, foreign: [], keys: await wrapDataKeyFor(dataKey, recipients, []) });
  return ok(emit(tree, format));
}

/**
 * Wraps the data key for other recipients, as `sops updatekeys` does. The data key, all values, the MAC and the date
 * stay. After a removal, use {@link rotateDataKey} instead.
 */
export async function changeRecipients(request: Omit<RotateRequest, 'now'>): Promise<Outcome<string>> {
  const { file, content, identities, recipients } = request;
  if (recipients.length === 0) return err(noRecipients(file));
  const opened = await parseAndOpen(file, content, identities);
  if (!opened.ok) return opened;
  const { dataKey, metadata } = opened.value;
  return ok(withWrappedKeys(opened.value, await wrapDataKeyFor(dataKey, recipients, metadata.keys)));
}

function foreignKeys(file: string, services: readonly string[]) {
  return {
    code: 'sops-foreign-keys' as const,
    file,
    message: `the document also has keys of ${services.join(', ')}, and only sops can wrap a new data key for them`,
    expected: 'age recipients only',
    remedy: 'run `sops rotate -i` on the file, or remove the other keys first',
  };
}
