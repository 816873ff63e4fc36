import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/**
 * The public keys of an issuer, as cloudflared keeps them: it fetches them for the first token, and again when a token
 * names a key that it does not have. Tokens that arrive meanwhile wait for the same fetch (coreos/go-oidc, oidc/jwks.go,
 * `RemoteKeySet`).
 */
export function keptKeys(fetchKeys: () => Promise<JSONWebKeySet>): JWTVerifyGetKey {
  let kept: JWTVerifyGetKey = createLocalJWKSet({ keys: [] });
  let fetching: Promise<void> | undefined;
  const fetchOnce = (): Promise<void> => {
    fetching ??= fetchKeys()
      .then((keys) => {
        kept = createLocalJWKSet(keys);
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };
  return async (header, token) => {
    try {
      return await kept(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await fetchOnce();
    return kept(header, token);
  };
}
