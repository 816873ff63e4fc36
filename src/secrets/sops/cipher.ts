import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type PlainValue, plainValueOf } from './value.ts';

const algorithm = 'aes-256-gcm';
const ivBytes = 32; // SOPS does not use the usual 12
const prefix = 'ENC[AES256_GCM,data:';

/** The plain content of an encrypted leaf: a value or a comment line. */
export type Sealed = PlainValue | { type: 'comment'; text: string };

/** Whether a text has the form of an encrypted value. Its content is not checked. */
export function looksSealed(text: string): boolean {
  return text.startsWith(prefix);
}

/**
 * Encrypts a leaf as SOPS does (`aes/cipher.go`, 3.13): AES-256-GCM with a random initialisation vector of 32
 * bytes and a detached tag. The empty string stays empty.
 *
 * @param aad - the keys of the path, each followed by a colon; for the MAC the date of the document
 */
export function seal(plain: Sealed, key: Uint8Array, aad: string): string {
  if (plain.text === '') return '';
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(aad, 'utf8'));
  const data = Buffer.concat([cipher.update(plain.text, 'utf8'), cipher.final()]);
  const [body, vector, tag] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString('base64'));
  return `${prefix}${body},iv:${vector},tag:${tag},type:${plain.type}]`;
}

/**
 * Decrypts a leaf.
 *
 * @returns `malformed` when the text does not have the form of an encrypted value, `altered` when the key, the position
 * or the content does not match, `not-text` when the content is not a value of its type
 */
export function unseal(
  sealed: string,
  key: Uint8Array,
  aad: string,
): { plain: Sealed } | { reason: 'malformed' | 'altered' | 'not-text' } {
  if (sealed === '') return { plain: { type: 'str', text: '' } };
  const parts = partsOf(sealed);
  if (!parts) return { reason: 'malformed' };
  const bytes = decrypt(parts, key, aad);
  if (!bytes) return { reason: 'altered' };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { reason: 'not-text' };
  if (parts.type === 'comment') return { plain: { type: 'comment', text } };
  const plain = plainValueOf(parts.type, text);
  return plain ? { plain } : { reason: 'not-text' };
}

interface Parts {
  data: Buffer;
  iv: Buffer;
  tag: Buffer;
  type: string;
}

// Found by searching from both ends: a regular expression runs out of stack on values of many megabytes.
function partsOf(sealed: string): Parts | undefined {
  if (!sealed.startsWith(prefix) || !sealed.endsWith(']')) return undefined;
  const atType = sealed.lastIndexOf(',type:');
  const atTag = sealed.lastIndexOf(',tag:', atType);
  const atIv = sealed.lastIndexOf(',iv:', atTag);
  if (atIv < prefix.length || atTag < atIv || atType < atTag) return undefined;
  const data = fromBase64(sealed.slice(prefix.length, atIv));
  const iv = fromBase64(sealed.slice(atIv + 4, atTag));
  const tag = fromBase64(sealed.slice(atTag + 5, atType));
  if (!data || !iv || !tag || tag.length !== 16 || iv.length === 0) return undefined;
  return { data, iv, tag, type: sealed.slice(atType + 6, -1) };
}

function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function decrypt({ data, iv, tag }: Parts, key: Uint8Array, aad: string): Buffer | undefined {
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(aad, 'utf8'));
  decipher.setAuthTag(tag);
  const bytes = decipher.update(data);
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return bytes;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
