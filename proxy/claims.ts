import type { Refusal } from './token.ts';

/** The tokens that the origin proxy accepts. */
export interface Expectation {
  issuer: string;
  audiences: readonly string[];
  /** Undefined: everybody whom Access accepts. Otherwise only these identities. */
  allowed?: { emails: readonly string[]; serviceTokens: readonly string[] };
}

/** The identity in claims with a verified signature. */
export interface Identity {
  /** The e-mail of a user; empty for a service token. */
  email: string;
  /** Expiry of the token, seconds since 1970. */
  expires: number;
}

/** The accepted difference between the clocks of two machines, seconds. */
export const allowedSkew = 30;

/**
 * Checks the claims of an Access token (https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/application-token/).
 * A user token has `email` and `nbf`. A service token has `common_name`, no `email`, and may lack `nbf`: then `iat` is
 * used.
 *
 * @param now Seconds since 1970.
 */
export function judgeClaims(
  claims: Readonly<Record<string, unknown>>,
  expected: Expectation,
  now: number,
): Identity | Refusal {
  const { iss, aud, exp, email, common_name: serviceToken } = claims;
  if (iss !== expected.issuer) return 'issuer';
  if (!Array.isArray(aud) || !aud.some((tag) => expected.audiences.some((ours) => ours === tag)))
    return 'audience';
  if (claims['type'] !== undefined && claims['type'] !== 'app') return 'audience';
  if (!isTime(exp) || exp + allowedSkew <= now) return 'expiry';

  const isPerson = isName(email);
  if (!isPerson && (email !== undefined || !isName(serviceToken))) return 'identity';
  const start = claims['nbf'] ?? (isPerson ? undefined : claims['iat']);
  if (!isTime(start) || start - allowedSkew > now) return 'not-yet-valid';

  if (expected.allowed !== undefined) {
    const { emails, serviceTokens } = expected.allowed;
    const listed = isPerson
      ? emails.some((one) => withoutCase(one) === withoutCase(email))
      : serviceTokens.some((one) => one === serviceToken);
    if (!listed) return 'not-allowed';
  }
  return { email: isPerson ? email : '', expires: exp };
}

/**
 * The e-mail with ASCII letters in lower case. Providers treat both parts without case (RFC 5321 section 2.4 asks for it
 * in the domain). Any other folding makes letters equal that are not: `toLowerCase` turns the Kelvin sign into `k`.
 */
function withoutCase(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** It becomes the value of a header, so it must not hold line breaks or invisible characters. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 320 && !/[\s,\p{C}]/u.test(value);
}
