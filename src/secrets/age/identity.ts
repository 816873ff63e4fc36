import { randomBytes } from 'node:crypto';
import { decodeBech32, encodeBech32 } from '../../encoding/bech32.ts';
import type { Problem } from '../../problems/problem.ts';
import { openAgeFile } from './ageFile.ts';
import { x25519Unwrapper } from './x25519.ts';

/**
 * A private key that can be used but not read: a function holds the key, so that neither a log line nor a dump of the
 * object shows it.
 */
export interface AgeIdentity {
  kind: 'x25519' | 'hybrid';
  /** Its public key. */
  recipient: string;
  /**
   * Decrypts an armoured age file that holds a data key.
   *
   * @returns undefined when this key does not open it, or when the file is malformed
   */
  unwrapDataKey(armoured: string): Promise<Uint8Array | undefined>;
}

/** A new private key that is not in a key file yet. */
export interface NewIdentity {
  recipient: string;
  /** The private key as text. Write it to the key file and nowhere else. */
  reveal(): string;
}

/** Generates a private key: X25519, or the post-quantum hybrid of ML-KEM-768 and X25519 (age 1.3 and later). */
export async function generateIdentity(kind: 'x25519' | 'hybrid'): Promise<NewIdentity> {
  const prefix = kind === 'hybrid' ? hybridPrefix : x25519Prefix;
  const scalar = randomBytes(32);
  const text = encodeBech32(prefix, scalar).toUpperCase();
  const { recipient } = await (kind === 'hybrid' ? hybridIdentity(text) : x25519Identity(scalar));
  return { recipient, reveal: () => text };
}

/**
 * Reads private keys as age-keygen writes them: one per line, with empty lines and comments.
 *
 * @param source - the name of the text in problems: a file or an environment variable
 * @param several - whether a line may hold several keys, as SOPS allows in `SOPS_AGE_KEY`
 */
export async function parseIdentities(
  text: string,
  source: string,
  several = false,
): Promise<{ identities: AgeIdentity[]; problems: Problem[] }> {
  if (text.trimStart().startsWith('-----BEGIN'))
    return { identities: [], problems: [armoured(text, source)] };
  const identities: AgeIdentity[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    for (const word of several ? line.trim().split(/\s+/) : [line.trim()]) {
      const identity = await identityOf(word);
      if (identity) identities.push(identity);
      else problems.push(notAKey(word, source, index + 1));
    }
  }
  return { identities, problems };
}

const x25519Prefix = 'age-secret-key-';
const hybridPrefix = 'age-secret-key-pq-';

async function identityOf(text: string): Promise<AgeIdentity | undefined> {
  const decoded = decodeBech32(text);
  if (decoded?.bytes.length !== 32 || text !== text.toUpperCase()) return undefined;
  if (decoded.prefix === x25519Prefix) return x25519Identity(decoded.bytes);
  return decoded.prefix === hybridPrefix ? hybridIdentity(text) : undefined;
}

function x25519Identity(scalar: Uint8Array): AgeIdentity {
  const { publicBytes, unwrap } = x25519Unwrapper(scalar);
  return {
    kind: 'x25519',
    recipient: encodeBech32('age', publicBytes),
    unwrapDataKey: async (file) => openAgeFile(file, unwrap),
  };
}

/** Node has no ML-KEM yet: only hybrid keys pay for loading one in JavaScript. */
async function hybridIdentity(text: string): Promise<AgeIdentity> {
  const { armor, Decrypter, identityToRecipient } = await import('age-encryption');
  return {
    kind: 'hybrid',
    recipient: await identityToRecipient(text),
    async unwrapDataKey(file) {
      const decrypter = new Decrypter();
      decrypter.addIdentity(text);
      try {
        return await decrypter.decrypt(armor.decode(file));
      } catch {
        return undefined;
      }
    },
  };
}

function armoured(text: string, source: string): Problem {
  const passphrase = text.includes('AGE ENCRYPTED FILE');
  return {
    code: 'age-identity-unsupported',
    file: source,
    message: passphrase ? 'the key file is itself encrypted with a passphrase' : 'the key is not an age key',
    expected: 'age private keys, one per line: AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…',
    remedy: passphrase
      ? 'decrypt it with `age -d` and pass the result in SOPS_AGE_KEY'
      : 'create an age key with `gatehouse secrets keygen`',
  };
}

function notAKey(word: string, source: string, line: number): Problem {
  const plugin = word.startsWith('AGE-PLUGIN-');
  return {
    code: plugin ? 'age-identity-unsupported' : 'age-identity-invalid',
    file: source,
    at: { line, column: 1 },
    message: plugin ? 'a key of an age plugin cannot be used' : 'the line is not an age private key',
    expected: 'AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…, in capital letters',
    remedy: plugin
      ? 'add a recipient with a key of its own: `gatehouse secrets keygen`'
      : 'put a # before a comment; copy a truncated key again',
  };
}
