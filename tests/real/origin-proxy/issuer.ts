import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { listening } from '../fixtures/listening.ts';

/** The name under which the certificate endpoint is reached. */
export const issuerHost = 'team.cloudflareaccess.test';
export const audience = 'f'.repeat(64);

/** How the certificate endpoint behaves. */
export type EndpointMode = 'keys' | 'html' | 'error' | 'hang' | 'drip' | 'huge' | 'down';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** A fake of Cloudflare's certificate endpoint, over HTTPS on loopback. */
export interface Issuer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** The certificate authority that its certificate is of. */
  readonly authority: string;
  /** The value of `iss`. */
  readonly issuer: string;
  mode: EndpointMode;
  /** The keys that it publishes, the first signs. */
  keys: SigningKey[];
  /** How often keys were asked for. */
  fetches: number;
}

export async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

/** Makes a certificate that is its own authority, with openssl. Returns its files. */
export function certificateFor(directory: string, host: string): { certificate: string; key: string } {
  const [certificate, key] = [join(directory, 'authority.pem'), join(directory, 'authority.key')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${host}`],
      ...['-addext', `subjectAltName=DNS:${host}`, '-keyout', key, '-out', certificate],
    ],
    { stdio: 'ignore' },
  );
  return { certificate, key };
}

/** Starts the endpoint. Its certificate is made with openssl in `directory`. */
export async function startIssuer(
  directory: string,
  key: SigningKey,
  host: string = issuerHost,
): Promise<Issuer> {
  const { certificate: authority, key: secret } = certificateFor(directory, host);
  const server = createServer({ key: readFileSync(secret), cert: readFileSync(authority) });
  const port = await listening(server);
  const issuer: Issuer = {
    port,
    url: `https://${host}:${port}/cdn-cgi/access/certs`,
    authority,
    issuer: `https://${host}`,
    mode: 'keys',
    keys: [key],
    fetches: 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', (request, response) => {
    issuer.fetches += 1;
    const { mode } = issuer;
    if (mode === 'down') return request.socket.destroy();
    if (mode === 'hang') return undefined;
    if (mode === 'error') return response.writeHead(500).end('{"keys":[]}');
    if (mode === 'html')
      return response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>sign in</html>');
    const text = JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk), public_certs: [] });
    if (mode === 'huge') return response.end(text.padEnd(1_000_000));
    if (mode === 'keys') return response.writeHead(200, { 'Content-Type': 'application/json' }).end(text);
    const timer = setInterval(() => response.write(' '), 500);
    return response.on('close', () => clearInterval(timer)).writeHead(200);
  });
  return issuer;
}

/** Now, seconds since 1970. */
export const now = () => Math.floor(Date.now() / 1000);

/** The e-mail in {@link userClaims}. */
export const owner = 'owner@example.org';

/** The claims of a user token. */
export function userClaims(
  issuer: Issuer,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    aud: [audience],
    email: owner,
    exp: now() + 3600,
    iat: now(),
    nbf: now(),
    iss: issuer.issuer,
    type: 'app',
    identity_nonce: '6ei69kawdKzMIAPF',
    sub: '7335d417-61da-459d-899c-0a01c76a2f94',
    country: 'DE',
    ...more,
  };
}

/** The claims of a service token, which has no `email` and no `nbf`. */
export function serviceClaims(issuer: Issuer, commonName: string): Record<string, unknown> {
  const { iss, aud, exp, iat, type } = userClaims(issuer);
  return { iss, aud, exp, iat, type, common_name: commonName, sub: '' };
}

/** Signs claims with the first key of the issuer, or another one. */
export function sign(
  claims: Readonly<Record<string, unknown>>,
  { kid, privateKey }: SigningKey,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT', ...header })
    .sign(privateKey);
}
