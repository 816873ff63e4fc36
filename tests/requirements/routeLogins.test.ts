// Crosses components/routes, components/shared and compile.
import { describe, expect, it } from 'vitest';
import type { ConfigData } from '../testDirectory.ts';
import { audience, backend, compiled, objects } from './routesHome.ts';
import { sampleGates } from './sampleGates.ts';

describe('a login', () => {
  const pages = { ...backend, service: 'pages' };
  const withLogin = (login: ConfigData, secret: ConfigData, clients = 'browser', name = 'app') =>
    compiled(
      { routes: { [name]: { protocol: 'http', clients, backend: pages, internet: { login } } } },
      { routes: { [name]: { host: 'app.example.org', internet: { login: secret } } } },
    );
  const service = { ...backend, service: 'authorization' };
  const jwt = { issuer: 'keycloak', audiences: ['app'] };
  const allow = { emails: [], groups: [], scopes: [] };
  const field = 'routes.app.internet.login';

  it.each<[string, ConfigData, ConfigData, ConfigData]>([
    ['jwt', { kind: 'jwt', ...jwt }, {}, { kind: 'jwt', field, ...jwt, allow }],
    ['oidc', { kind: 'oidc', groups: ['family'] }, {}, { kind: 'oidc', groups: ['family'] }],
    [
      'extauth',
      { kind: 'extauth', service },
      {},
      { kind: 'extauth', service: expect.objectContaining({ service: 'authorization', targetPort: 8123 }) },
    ],
    [
      'access-and',
      { kind: 'access-and', second: { kind: 'jwt', ...jwt } },
      { access: { audience } },
      {
        kind: 'access-and',
        access: { kind: 'access', field: `${field}.access`, emails: [], serviceTokens: [] },
        second: { kind: 'jwt', field: `${field}.second`, ...jwt, allow },
      },
    ],
    [
      'oidc-or-jwt',
      { kind: 'oidc-or-jwt', oidc: { groups: ['family'] }, jwt },
      {},
      {
        kind: 'oidc-or-jwt',
        oidc: { kind: 'oidc', groups: ['family'] },
        jwt: { kind: 'jwt', field: `${field}.jwt`, ...jwt, allow },
      },
    ],
  ])('of the kind %s is asked for as it is written', (_, login, secret, asked) => {
    const { plan, problems } = withLogin(login, secret);
    expect(problems).toEqual([]);
    const [gate] = plan ? objects<ConfigData>(plan, 'Gate', 'routes--app-internet') : [];
    expect(gate?.spec.login).toEqual(asked);
  });

  it.each([
    ['oidc', { kind: 'oidc', groups: ['family'] }, /the login of an identity provider \(OpenID Connect\)/],
    ['extauth', { kind: 'extauth', service }, /external authorization/],
    [
      'oidc-or-jwt',
      { kind: 'oidc-or-jwt', oidc: { groups: ['family'] }, jwt },
      /the login of an identity provider or a signed token/,
    ],
  ])(
    'of the kind %s does not compile without a provider, and names what would provide it',
    (_, login, says) => {
      const { plan, problems } = compiled(
        { routes: { app: { protocol: 'http', clients: 'browser', backend: pages, internet: { login } } } },
        { routes: { app: { host: 'app.example.org' } } },
        sampleGates(({ login: { kind } }) => ['jwt', 'home-network', 'none'].includes(kind)),
      );
      expect(plan).toBeUndefined();
      expect(problems).toMatchObject([
        { code: 'claim-unanswered', message: expect.stringMatching(says), file: 'cluster.yaml' },
      ]);
    },
  );

  it.each([
    ['browsers', 'browser', 'app', []],
    ['programs', 'machine', 'app', ['jwt, or access with serviceTokens']],
    ['an app', 'app', 'app', ['home alone, with a VPN on the way']],
    ['the players of Jellyfin', 'app', 'jellyfin', ['its players sign in at Jellyfin itself']],
  ])('with a page to fill in is for browsers: in front of %s', (_, clients, name, says) => {
    const { problems } = withLogin({ kind: 'access' }, { audience }, clients, name);
    expect(problems).toMatchObject(
      says.map((text) => ({
        code: 'login-for-browsers',
        file: 'cluster.yaml',
        expected: expect.stringContaining(text),
      })),
    );
  });

  it.each(['app', 'machine'])('of Access lets clients of the kind %s in by a service token', (clients) => {
    const serviceTokens = [`${'ab'.repeat(16)}.access`];
    expect(withLogin({ kind: 'access' }, { audience, serviceTokens }, clients).problems).toEqual([]);
  });

  it('for browsers warns where the app is known to have other clients', () => {
    const { plan } = withLogin({ kind: 'access' }, { audience }, 'browser', 'plex');
    expect(plan?.warnings).toMatchObject([
      { code: 'login-for-browsers', message: expect.stringContaining('the own clients of Plex do not') },
    ]);
    const { plan: other } = withLogin({ kind: 'access' }, { audience }, 'browser', 'pages');
    expect(other?.warnings.filter(({ code }) => code === 'login-for-browsers')).toEqual([]);
  });
});
