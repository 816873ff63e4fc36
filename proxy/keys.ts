import { isObject } from './token.ts';

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
    if (isText(kid) && isText(n) && isText(e) && isLong(n)) found.push([kid, { n, e }]);
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

/** RFC 7518 section 3.3: at least 2048 bits. */
function isLong(modulus: string): boolean {
  return Math.floor((modulus.length * 6) / 8) >= 256;
}
