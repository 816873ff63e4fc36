/** The parts of a token. Nothing of it is verified yet. */
export interface Token {
  keyId: string;
  /** What the signature covers: the first two parts and the dot between them. */
  signed: string;
  signature: Uint8Array;
  /** The second part, still encoded: it is read only after the signature is verified. */
  payload: string;
}

/** Why a token is refused. Only the log has the reason, not the response. */
export type Refusal =
  | 'missing'
  | 'too-long'
  | 'malformed'
  | 'algorithm'
  | 'unknown-key'
  | 'no-keys'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'expiry'
  | 'not-yet-valid'
  | 'identity'
  | 'not-allowed'
  | 'failure';

/** The longest accepted token, characters. Access tokens have about 1,000. */
export const longestToken = 8192;

/**
 * Parses a compact JWS (RFC 7515 section 7.1). The value is the whole header field: nginx joins repeated fields with a
 * comma, which no part may hold, so two values are never read as one.
 */
export function parseToken(text: string): Token | Refusal {
  if (text.length > longestToken) return 'too-long';
  const match = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(text);
  if (match === null) return 'malformed';
  const [, first = '', payload = '', last = ''] = match;
  const header = readPart(first);
  const signature = decode(last);
  if (header === undefined || signature === undefined) return 'malformed';
  if (header['alg'] !== 'RS256') return 'algorithm';
  // RFC 7515 section 4.1.11: an unsupported extension makes the token invalid. None is supported.
  if ('crit' in header) return 'malformed';
  const keyId = header['kid'];
  if (typeof keyId !== 'string' || keyId === '') return 'unknown-key';
  return { keyId, signed: `${first}.${payload}`, signature, payload };
}

/** The object in one part of a token; undefined for anything else. */
export function readPart(part: string): Record<string, unknown> | undefined {
  const bytes = decode(part);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a JSON value is an object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Decodes base64url without padding. Only the canonical text is accepted: leftover bits must be zero, or one signature
 * would have several spellings.
 */
export function decode(part: string): Uint8Array | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}
