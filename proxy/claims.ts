import type { Refusal } from './token.ts';

/** Whom the gate lets through. */
export interface Expectation {
  issuer: string;
  audiences: readonly string[];
  /** Undefined: whoever Access lets through. Otherwise only those who are listed. */
  allowed?: { emails: readonly string[]; serviceTokens: readonly string[] };
}

/** Who asks, from claims whose signature is verified. */
export interface Identity {
  /** The e-mail of a person; empty for a service token. */
  email: string;
  /** End of the token's life, seconds since 1970. */
  expires: number;
}

/** Clocks of two machines may differ by so much, seconds. */
export const allowedSkew = 30;

/**
 * Judges the claims of a token of Access (https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/application-token/).
 * A person's token has `email` and `nbf`; a service token has `common_name`, no `email`, and may lack `nbf`:
 * its `iat` says the same.
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
      ? emails.some((one) => one.toLowerCase() === email.toLowerCase())
      : serviceTokens.some((one) => one === serviceToken);
    if (!listed) return 'not-allowed';
  }
  return { email: isPerson ? email : '', expires: exp };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** It becomes the value of a header, so nothing that ends a line, and nothing that is hard to see. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 320 && !/[\s,\p{C}]/u.test(value);
}
