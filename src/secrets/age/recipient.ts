import { decodeBech32 } from '../../encoding/bech32.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Problem } from '../../problems/problem.ts';
import { sealAgeFile } from './ageFile.ts';
import { x25519Wrapper } from './x25519.ts';

/** A public key for which documents are encrypted: that of a user or of a cluster. */
export interface AgeRecipient {
  kind: 'x25519' | 'hybrid';
  /** The public key as text: `age1…` or `age1pq1…`. */
  text: string;
  /** The decoded key: 32 bytes, or 1216 bytes for a hybrid key. */
  bytes: Uint8Array;
}

const hybridBytes = 1216; // ML-KEM-768 and X25519, as age 1.3 joins them
const remedy =
  'create a key with `gatehouse secrets keygen` (or `age-keygen`) and use the text after "public key:"';

/**
 * Reads an age public key: X25519 (`age1…`) or post-quantum hybrid (`age1pq1…`). Verifies the checksum, so that a typo
 * is found before anything is encrypted for nobody.
 */
export function parseRecipient(text: string): Outcome<AgeRecipient> {
  const trimmed = text.trim();
  const decoded = decodeBech32(trimmed);
  if (trimmed.startsWith('age1') && decoded?.prefix === 'age' && decoded.bytes.length === 32)
    return ok({ kind: 'x25519', text: trimmed, bytes: decoded.bytes });
  if (trimmed.startsWith('age1pq1') && decoded?.prefix === 'age1pq' && decoded.bytes.length === hybridBytes)
    return ok({ kind: 'hybrid', text: trimmed, bytes: decoded.bytes });
  return err(problemOf(trimmed));
}

/** Reads a list of public keys without duplicates. Returns every problem. */
export function parseRecipients(texts: readonly string[]): Outcome<AgeRecipient[]> {
  const read = texts.map(parseRecipient);
  const problems = read.flatMap((outcome) => (outcome.ok ? [] : outcome.problems));
  if (problems.length > 0) return err(...problems);
  const recipients = new Map(read.flatMap((one) => (one.ok ? [[one.value.text, one.value] as const] : [])));
  return ok([...recipients.values()]);
}

/**
 * Encrypts a data key for one recipient.
 *
 * @returns an armoured age file that ends with a line break, as SOPS keeps it in `age[].enc`
 */
export async function wrapDataKey(dataKey: Uint8Array, recipient: AgeRecipient): Promise<string> {
  if (recipient.kind === 'x25519') return sealAgeFile(dataKey, x25519Wrapper(recipient.bytes));
  const { armor, Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient.text);
  return armor.encode(await encrypter.encrypt(dataKey));
}

function problemOf(text: string): Problem {
  const expected = 'an age public key: age1… or age1pq1…';
  if (/^AGE-(?:SECRET-KEY|PLUGIN)-/i.test(text))
    return {
      code: 'age-identity-published',
      message: 'this is a private key, not a public key',
      expected,
      remedy: 'remove it, create a new key and use its public key; treat the old key as known to others',
    };
  const unsupported = kindOf(text);
  if (unsupported)
    return {
      code: 'age-recipient-unsupported',
      message: `${unsupported} cannot be a recipient`,
      expected,
      remedy,
    };
  return {
    code: 'age-recipient-invalid',
    message: text === '' ? 'the recipient is empty' : 'the recipient is not an age public key',
    expected,
    remedy: text.startsWith('age1') ? `copy the key again: a character is wrong. Or ${remedy}` : remedy,
  };
}

function kindOf(text: string): string | undefined {
  if (text.startsWith('ssh-')) return 'an SSH key';
  if (/^age1(?!pq1)[a-z0-9+.-]*1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]+$/.test(text))
    return 'a key of an age plugin';
  if (/^(?:0x)?[0-9A-F]{16}(?:[0-9A-F]{24})?$/i.test(text)) return 'a PGP key';
  if (/^arn:|^projects\/|^https?:/.test(text)) return 'a key of a cloud or of HashiCorp Vault';
  if (/^(?:passphrase|scrypt)\b/i.test(text)) return 'a passphrase';
  return undefined;
}

/** A recipient as messages show it: a post-quantum one has about two thousand characters. */
export function shortRecipient(recipient: string): string {
  return recipient.length > 70 ? `${recipient.slice(0, 20)}…${recipient.slice(-6)}` : recipient;
}
