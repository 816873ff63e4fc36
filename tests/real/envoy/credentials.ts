import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { SignJWT } from 'jose';
import { makeKey, now, type SigningKey } from '../origin-proxy/issuer.ts';
import type { Data } from './objects.ts';

/** The credentials of a request. One that is undefined is not sent. */
export interface Credentials {
  readonly token?: 'good' | 'of another audience' | 'tampered' | 'expired';
  readonly password?: 'good' | 'wrong';
  readonly key?: 'good' | 'wrong';
  /** The answer that the authorization service should give. */
  readonly consent?: 'given' | 'refused';
}

export const audience = 'photos';
export const issuerName = 'https://id.test';
/** The claims that authorization rules require. The valid token has them. */
export const claims = { email: 'owner@example.org', groups: ['family'], scope: 'photos.read' };

/** Where the bench's programs keep what makes a credential good. */
export interface Keyring {
  readonly headersFor: (credentials: Credentials) => Readonly<Record<string, string>>;
  readonly pathFor: (path: string, credentials: Credentials) => string;
  readonly tokens: Readonly<Record<NonNullable<Credentials['token']>, string>>;
  /** A token without `email`. */
  readonly anonymous: string;
  readonly keySet: string;
  /** Features of policies that these credentials satisfy. */
  readonly features: Readonly<Record<FeatureName, Data>>;
}

export type FeatureName =
  | 'jwt'
  | 'optionalJwt'
  | 'failOpenJwt'
  | 'anyAudienceJwt'
  | 'basicAuth'
  | 'apiKeyAuth'
  | 'extAuth'
  | 'cors'
  | 'csrf'
  | 'oidc';

/** What policies name, by the names that {@link Keyring.features} use: in each namespace that has such policies. */
export const secretsOfFeatures: readonly (readonly [name: string, data: Data])[] = [
  ['users', { '.htpasswd': `owner:{SHA}${createHash('sha1').update('secret').digest('base64')}` }],
  ['keys', { phone: 'key-of-the-phone' }],
  ['client', { 'client-secret': 'a secret' }],
];

export async function keyring(): Promise<Keyring> {
  const key = await makeKey('one');
  const other = await makeKey('one');
  const sign = (more: Data, by: SigningKey = key) =>
    new SignJWT({ iss: issuerName, aud: audience, sub: 'owner', exp: now() + 3600, ...more })
      .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'JWT' })
      .sign(by.privateKey);
  const tokens = {
    good: await sign(claims),
    'of another audience': await sign({ ...claims, aud: 'videos' }),
    tampered: await sign(claims, other),
    expired: await sign({ ...claims, exp: now() - 3600 }),
  };
  const keySet = JSON.stringify({ keys: [key.jwk] });
  return {
    tokens,
    anonymous: await sign({}),
    keySet,
    features: featuresWith(keySet),
    headersFor: ({ password, key: apiKey, consent }) => ({
      ...(password === undefined
        ? {}
        : { authorization: `Basic ${btoa(`owner:${password === 'good' ? 'secret' : 'guess'}`)}` }),
      ...(apiKey === undefined
        ? {}
        : { 'x-api-key': apiKey === 'good' ? 'key-of-the-phone' : 'key-of-an-unknown-client' }),
      ...(consent === undefined ? {} : { 'x-consent': consent }),
    }),
    // In the query, so a request can have a password too.
    pathFor: (path, { token }) => (token === undefined ? path : `${path}?access_token=${tokens[token]}`),
  };
}

function featuresWith(keySet: string): Keyring['features'] {
  const provider = {
    name: 'one',
    issuer: issuerName,
    audiences: [audience],
    localJWKS: { type: 'Inline', inline: keySet },
    claimToHeaders: [{ claim: 'email', header: 'X-User' }],
  };
  const { audiences: _, ...anyAudience } = provider;
  return {
    jwt: { jwt: { providers: [provider] } },
    optionalJwt: { jwt: { optional: true, providers: [provider] } },
    failOpenJwt: { jwt: { failOpen: true, providers: [provider] } },
    anyAudienceJwt: { jwt: { providers: [anyAudience] } },
    basicAuth: { basicAuth: { users: { name: 'users' } } },
    apiKeyAuth: {
      apiKeyAuth: { credentialRefs: [{ name: 'keys' }], extractFrom: [{ headers: ['x-api-key'] }] },
    },
    extAuth: {
      extAuth: {
        headersToExtAuth: ['x-consent'],
        http: { backendRefs: [{ name: 'auth', port: 80 }], headersToBackend: ['x-auth-request-groups'] },
      },
    },
    cors: { cors: { allowOrigins: ['https://example.org'] } },
    csrf: { csrf: {} },
    oidc: {
      oidc: {
        provider: {
          issuer: issuerName,
          authorizationEndpoint: `${issuerName}/authorize`,
          tokenEndpoint: 'http://id.test/token',
          backendRefs: [{ name: 'issuer', port: 80 }],
        },
        clientID: 'photos',
        clientSecret: { name: 'client' },
      },
    },
  };
}

/** Allows a request if the header says so. */
export const authorizationService: RequestListener = (request, response) => {
  response.writeHead(request.headers['x-consent'] === 'given' ? 200 : 403).end();
};
