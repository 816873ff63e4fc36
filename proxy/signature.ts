import type { PublicKey } from './keys.ts';
import type { Token } from './token.ts';

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

/** Whether the key made the token's signature (RS256: RFC 7518 section 3.3). */
export async function isSignedBy(token: Token, { n, e }: PublicKey): Promise<boolean> {
  const jwk = { kty: 'RSA', n, e, alg: 'RS256', ext: true } as const;
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
  return crypto.subtle.verify({ name: algorithm.name }, key, token.signature, Buffer.from(token.signed));
}
