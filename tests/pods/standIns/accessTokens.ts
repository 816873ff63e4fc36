import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

/** The keys of an Access team: the private one signs, the public ones are what `/cdn-cgi/access/certs` answers. */
export interface AccessKeys {
  readonly private: JWK;
  readonly public: { readonly keys: readonly JWK[] };
}

/** What a token says. Without an e-mail it is that of a service token. */
export interface AccessClaims {
  readonly team: string;
  readonly audience: string;
  readonly email?: string;
  readonly serviceToken?: string;
  /** When it ends, in seconds from now; default: an hour. */
  readonly seconds?: number;
  /** When it begins, in seconds from now; default: now. */
  readonly notBefore?: number;
}

export async function createAccessKeys(kid: string): Promise<AccessKeys> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const named = { kid, alg: 'RS256', use: 'sig' };
  return {
    private: { ...(await exportJWK(privateKey)), ...named },
    public: { keys: [{ ...(await exportJWK(publicKey)), ...named }] },
  };
}

/**
 * Signs a token as Access does: RS256, the team as issuer without a slash, a list of audiences (developers.cloudflare.com,
 * "Application token").
 */
export async function signAccessToken(keys: AccessKeys, claims: AccessClaims): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const who =
    claims.email === undefined
      ? { common_name: claims.serviceToken, sub: '' }
      : { email: claims.email, sub: '7335d417-61da-459d-899c-0a01c76a2f94', identity_nonce: 'nonce' };
  return await new SignJWT({ ...who, type: 'app', country: 'DE' })
    .setProtectedHeader({ alg: 'RS256', kid: keys.private.kid ?? '', typ: 'JWT' })
    .setIssuer(`https://${claims.team}.cloudflareaccess.com`)
    .setAudience([claims.audience])
    .setIssuedAt(now)
    .setNotBefore(now + (claims.notBefore ?? 0))
    .setExpirationTime(now + (claims.seconds ?? 3_600))
    .sign(await importJWK(keys.private, 'RS256'));
}
