import type { RequestListener } from 'node:http';
import type { EnvoyGateway } from '../fixtures/envoyGateway.ts';
import type { Keyring } from './credentials.ts';

/** Simulates an OpenID provider after the login of a user: it serves tokens for any code, and its keys. */
export function openIdProvider(keys: Pick<Keyring, 'tokens' | 'keySet'>): RequestListener {
  return (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url?.startsWith('/keys')) return response.end(keys.keySet);
    const { good } = keys.tokens;
    return response.end(
      JSON.stringify({ access_token: good, id_token: good, expires_in: 3600, token_type: 'Bearer' }),
    );
  };
}

/**
 * Logs in as a browser does: sends a request, follows the redirect to the provider, and returns with a code.
 *
 * @returns the value of `cookie` for the next request
 */
export async function login(
  gateway: EnvoyGateway,
  port: number,
  host: string,
  path: string,
): Promise<string> {
  const asked = await gateway.request(port, { host, path });
  const provider = new URL(String(asked.headers.location));
  const state = provider.searchParams.get('state') ?? '';
  const back = new URL(provider.searchParams.get('redirect_uri') ?? '');
  const returned = await gateway.request(port, {
    host,
    path: `${back.pathname}?${new URLSearchParams({ code: 'a-code', state })}`,
    headers: { cookie: cookiesOf(asked.headers['set-cookie']) },
  });
  return cookiesOf(returned.headers['set-cookie']);
}

function cookiesOf(set: readonly string[] | undefined): string {
  return (set ?? []).map((line) => line.split(';')[0]).join('; ');
}
