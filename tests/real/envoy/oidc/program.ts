// An issuer of tokens: oidc-provider, with the settings in the file that it is given. It wants Node 22 or later, which also
// reads this file as it is.
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Provider from 'oidc-provider';
import { type IssuerSettings, resourcePrefix, tokenPath } from './settings.ts';

const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as IssuerSettings;
const { issuer, socket, keysPath, keys, tls, clients } = settings;

const provider = new Provider(issuer, {
  jwks: { keys },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  clients: Object.entries(clients).map(([id, { secret }]) => ({
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  })),
  routes: { jwks: keysPath, token: tokenPath },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context: unknown, resource: string) => ({
        scope: '',
        audience: resource.slice(resourcePrefix.length),
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3_600,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  extraTokenClaims: (_context, { clientId = '' }) => clients[clientId]?.claims,
});
const serve = provider.callback();
const server =
  tls === undefined
    ? createServer(serve)
    : createTlsServer({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }, serve);
rmSync(socket, { force: true });
server.listen(socket);
