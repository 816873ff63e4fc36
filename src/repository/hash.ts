import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal, of exactly these bytes. */
export function hashBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * SHA-256 in hexadecimal of a text with LF line endings, whatever it has on the disk: a checkout with `core.autocrlf` is
 * not an edit.
 */
export function hashText(bytes: Buffer): string {
  if (!bytes.includes(13)) return hashBytes(bytes);
  return hashBytes(Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'));
}
