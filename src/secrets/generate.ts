import { randomBytes, randomInt } from 'node:crypto';

const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const letters = capitals + capitals.toLowerCase();
const digits = '0123456789';

/**
 * Generators of secrets, each in the form that its system accepts. No result needs quoting in a shell, a URL, YAML or
 * an environment file. All characters are equally likely.
 */
const generators = {
  /** PostgreSQL, also inside a connection URI: 32 letters and digits, 190 bits. */
  databasePassword: () => pick(letters, 1) + pick(letters + digits, 31),
  /** The password of a restic repository: 43 letters and digits, 256 bits. Without it the backups are lost. */
  resticPassword: () => pick(letters, 1) + pick(letters + digits, 42),
  /** Whatever signs or encrypts cookies: 32 bytes as base64url without padding, as oauth2-proxy reads it. */
  cookieSecret: () => randomBytes(32).toString('base64url'),
  /** The user of an S3 bucket: 20 capitals and digits, the form of AWS that every S3 server accepts. */
  s3AccessKey: () => pick(capitals, 1) + pick(capitals + digits, 19),
  /** The password of an S3 bucket: 40 letters and digits, 238 bits, the most that MinIO's line accepts. */
  s3SecretKey: () => pick(letters + digits, 40),
  /** A key of 32 bytes in hexadecimal, for HMAC or AES-256. */
  hexKey: () => randomBytes(32).toString('hex'),
} as const satisfies Record<string, () => string>;

/** The kinds of generated secrets. */
export type GeneratedSecret = keyof typeof generators;

/** Generates a new secret of a kind; two calls never return the same one. */
export function generateSecret(kind: GeneratedSecret): string {
  return generators[kind]();
}

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
