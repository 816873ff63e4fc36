import { decode, isObject } from './token.ts';

/** A public key for RS256: modulus and exponent, base64url. */
export interface PublicKey {
  n: string;
  e: string;
}

/** Keys by their `kid`. */
export type Keys = Readonly<Record<string, PublicKey>>;

const mostKeys = 16;

/**
 * The RSA signing keys in the response of the certificate endpoint (RFC 7517 section 5), without other keys. Undefined
 * when there is none: the response of a captive portal or of an outage must not replace good keys.
 */
export function parseKeys(text: string): Keys | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(document) || !Array.isArray(document['keys'])) return undefined;
  const found: [string, PublicKey][] = [];
  for (const key of document['keys'].slice(0, mostKeys)) {
    if (!isObject(key) || key['kty'] !== 'RSA') continue;
    if ((key['use'] ?? 'sig') !== 'sig' || (key['alg'] ?? 'RS256') !== 'RS256') continue;
    const { kid, n, e } = key;
    if (!mayVerify(key['key_ops'])) continue;
    if (isText(kid) && isText(n) && isText(e) && isModulus(n) && isExponent(e)) found.push([kid, { n, e }]);
  }
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** The keys as text for {@link parseKeys}, without other fields. */
export function writeKeys(keys: Keys): string {
  return JSON.stringify({ keys: Object.entries(keys).map(([kid, key]) => ({ kty: 'RSA', kid, ...key })) });
}

/** The key with that id. Only own properties count: `constructor` is not a key. */
export function findKey(keys: Keys, keyId: string): PublicKey | undefined {
  return Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
}

/** Whether a key of the first set is missing or different in the second: tokens that it verified must go. */
export function isAnyWithdrawn(before: Keys, after: Keys): boolean {
  return Object.entries(before).some(([keyId, { n, e }]) => {
    const now = findKey(after, keyId);
    return now === undefined || now.n !== n || now.e !== e;
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 2048;
}

/** RFC 7517 section 4.3. */
function mayVerify(operations: unknown): boolean {
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}

/**
 * Whether an RSA modulus has 2,048 to 8,192 bits (RFC 7518 section 3.3 has the lower bound) by its value, whatever zeros
 * are before it, and is odd as a product of odd primes.
 */
function isModulus(text: string): boolean {
  const bits = bitsOf(text);
  return bits !== undefined && bits.length >= 2048 && bits.length <= 8192 && bits.isOdd;
}

/** FIPS 186-5 appendix A.1.1: the public exponent is odd, above 2^16 and below 2^256. */
function isExponent(text: string): boolean {
  const bits = bitsOf(text);
  return bits !== undefined && bits.length >= 17 && bits.length <= 256 && bits.isOdd;
}

/** The length of an unsigned big-endian number in base64url, in bits; undefined for other text. */
function bitsOf(text: string): { length: number; isOdd: boolean } | undefined {
  const bytes = decode(text);
  if (bytes === undefined) return undefined;
  const start = bytes.findIndex((byte) => byte !== 0);
  if (start < 0) return { length: 0, isOdd: false };
  const first = bytes[start] ?? 0;
  const length = (bytes.length - start - 1) * 8 + first.toString(2).length;
  return { length, isOdd: ((bytes.at(-1) ?? 0) & 1) === 1 };
}
