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
 * Writes a document anew under a new data key, for the given recipients: every ciphertext changes.
 *
 * Needed when somebody is removed from the recipients, when a private key may have been seen, or by calendar.
 * It does not make old values secret again: whoever had a key may have kept them, so that the passwords
 * themselves have to be replaced.
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
 * Makes a document readable for other recipients, as `sops updatekeys` does: the data key, all values, the MAC
 * and the date stay. After a removal, use {@link rotateDataKey} instead.
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
    message: `the document is also for ${services.join(', ')}, for whom only sops can wrap a new data key`,
    expected: 'recipients of age only',
    remedy: 'run `sops rotate -i` on the file, or remove the other keys first',
  };
}
