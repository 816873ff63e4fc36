/** A token taken apart, nothing of it believed yet. */
export interface Token {
  keyId: string;
  /** What the signature covers: the first two parts and the dot between them. */
  signed: string;
  signature: Uint8Array;
  /** The second part, still encoded: it is read only after the signature is known to be right. */
  payload: string;
}

/** Why a token is refused. It goes to the log; the answer to the client says nothing of it. */
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

/** Longest token that is looked at, characters. Tokens of Access are about 1,000. */
export const longestToken = 8192;

/**
 * Takes a compact JWS apart (RFC 7515 section 7.1). The value is the whole header field: nginx joins repeated
 * fields with a comma, which no part may hold, so two values are never taken for one.
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
  // RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid. None is.
  if ('crit' in header) return 'malformed';
  const keyId = header['kid'];
  if (typeof keyId !== 'string' || keyId === '') return 'unknown-key';
  return { keyId, signed: `${first}.${payload}`, signature, payload };
}

/** The object that one part of a token holds; undefined when it holds anything else. */
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

/** Whether a value of JSON is an object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * base64url without padding, the one spelling of its bytes: left-over bits must be zero, or one signature
 * could be written in several ways.
 */
function decode(part: string): Uint8Array | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}
