// Crosses components/routes, components/echo, components/shared and compile.
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compile/compile.ts';
import type { Plan } from '../../src/compile/plan.ts';
import { catalogue, clusterSchema } from '../../src/components/catalogue.ts';
import { loadCluster } from '../../src/config/load.ts';
import type { Deployment, NetworkPolicy } from '../../src/kubernetes/types.ts';
import type { Problem } from '../../src/problems/problem.ts';
import { type ConfigData, exampleDirectory } from '../testDirectory.ts';
import { sampleGates } from './sampleGates.ts';

/** The example home with sections of its own, and a gateway that provides every route. */
function compiled(
  sections: ConfigData,
  privateSections: ConfigData,
  gates = sampleGates(),
): { plan?: Plan; problems: readonly Problem[] } {
  using directory = exampleDirectory();
  directory.edit('cluster.yaml', (value) => Object.assign(value, sections));
  directory.edit('cluster.private.yaml', (value) => Object.assign(value, privateSections));
  const file = (name: string) => ({ file: name, bytes: new TextEncoder().encode(directory.read(name)) });
  const { loaded, problems } = loadCluster(
    { cluster: file('cluster.yaml'), privateFile: file('cluster.private.yaml') },
    clusterSchema,
  );
  return loaded === undefined ? { problems } : compile(loaded, [...catalogue, gates]);
}

function planOf(sections: ConfigData, privateSections: ConfigData): Plan {
  const { plan, problems } = compiled(sections, privateSections);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

function objects<Kind>(plan: Plan, kind: string, name: string): readonly Kind[] {
  return plan.objects
    .map(({ object }) => object)
    .filter(
      (object) => object.kind === kind && object.metadata.name === name,
    ) as unknown[] as readonly Kind[];
}

const backend = {
  namespace: 'home-automation',
  service: 'home-assistant',
  port: 80,
  targetPort: 8123,
  pods: { labels: { app: 'home-assistant' } },
};
const audience = '0'.repeat(64);

describe('a route to an own app', () => {
  const plan = planOf(
    {
      routes: {
        assistant: {
          protocol: 'http',
          clients: 'browser',
          backend,
          internet: { login: { kind: 'access' } },
          home: {},
        },
        broker: { protocol: 'tcp', gatewayPort: 1883, backend, home: {} },
      },
    },
    {
      routes: {
        assistant: {
          host: 'assistant.example.org',
          internet: { login: { audience, emails: ['owner@example.org'], serviceTokens: [] } },
        },
      },
    },
  );
  const gates = plan.objects.filter(({ object }) => object.kind === 'Gate');

  it('is asked for once from each origin, because of its field, and at home needs to be there only', () => {
    expect(gates.map(({ object }) => [object.metadata.name, (object as ConfigData).spec])).toEqual([
      [
        'routes--assistant-internet',
        {
          kind: 'route',
          from: 'internet',
          field: 'routes.assistant.internet',
          login: {
            kind: 'access',
            field: 'routes.assistant.internet.login',
            emails: [null],
            serviceTokens: [],
          },
          to: 'home-assistant',
        },
      ],
      [
        'routes--assistant-home',
        {
          kind: 'route',
          from: 'home',
          field: 'routes.assistant.home',
          login: { kind: 'home-network' },
          to: 'home-assistant',
        },
      ],
      [
        'routes--broker-home',
        {
          kind: 'tcp-route',
          from: 'home',
          field: 'routes.broker.home',
          login: { kind: 'home-network' },
          to: 'home-assistant',
        },
      ],
    ]);
  });

  it('lets nobody but the gateway connect to the app, and the app connect to whom it likes', () => {
    const policies = objects<NetworkPolicy>(plan, 'NetworkPolicy', 'home-assistant-by-route');
    expect(policies).toHaveLength(1);
    expect(policies[0]).toMatchObject({ metadata: { namespace: 'home-automation' } });
    expect(policies[0]?.spec).toEqual({
      podSelector: { matchLabels: { app: 'home-assistant' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gates' } },
              podSelector: { matchLabels: { app: 'gate' } },
            },
          ],
          ports: [{ port: 8123, protocol: 'TCP' }],
        },
      ],
    });
  });

  it('is applied by itself, after what brings the kinds of its objects', () => {
    const [kustomization] = objects<ConfigData>(plan, 'Kustomization', 'route-assistant');
    expect(kustomization?.spec).toMatchObject({
      path: './apps/home-automation/route-assistant/app',
      dependsOn: [{ name: 'sample-gates' }],
    });
    expect(objects(plan, 'Namespace', 'home-automation')).toEqual([]);
  });
});

describe('echo', () => {
  const until = '2027-06-30';
  const plan = planOf(
    {
      echo: {
        instances: {
          open: {
            protocol: 'http',
            clients: 'browser',
            internet: { login: { kind: 'none', reason: 'a page for guests', until } },
          },
          rpc: { protocol: 'grpc', home: {} },
          raw: { protocol: 'tcp', gatewayPort: 7000, home: {} },
          sealed: { protocol: 'tls', home: {} },
        },
      },
    },
    {
      echo: {
        instances: {
          open: { host: 'open.example.org' },
          rpc: { host: 'rpc.example.org' },
          sealed: { host: 'sealed.example.org' },
        },
      },
    },
  );
  const container = (name: string) =>
    objects<Deployment>(plan, 'Deployment', `echo-${name}`)[0]?.spec?.template.spec?.containers[0];
  const portsOf = (name: string): ConfigData =>
    objects<ConfigData>(plan, 'Service', `echo-${name}`)[0]?.spec.ports;

  it.each([
    ['open', 'http', 80, 8080, undefined],
    ['raw', 'http', 80, 8080, undefined],
    ['sealed', 'https', 443, 8443, undefined],
    ['rpc', 'grpc', 80, 8080, 'kubernetes.io/h2c'],
  ])('has a server for %s, with a Service that leads to the port where it listens', (name, ...expected) => {
    const [port] = portsOf(name);
    expect([port.name, port.port, port.targetPort, port.appProtocol]).toEqual(expected);
    expect(container(name)?.ports).toEqual([{ name: port.name, containerPort: port.targetPort }]);
  });

  it('prints no request, since its headers hold tokens', () => {
    for (const name of ['open', 'raw', 'sealed'])
      expect(container(name)?.env).toEqual(
        expect.arrayContaining([
          { name: 'DISABLE_REQUEST_LOGS', value: 'true' },
          { name: 'LOG_IGNORE_PATH', value: '.*' },
        ]),
      );
  });

  it('is reached through the gateway alone, and reaches nobody', () => {
    for (const name of ['open', 'raw', 'sealed', 'rpc']) {
      const [policy] = objects<NetworkPolicy>(plan, 'NetworkPolicy', `echo-${name}`);
      expect(policy?.spec?.policyTypes).toEqual(['Ingress', 'Egress']);
      expect(policy?.spec?.egress).toBeUndefined();
      expect(policy?.spec?.ingress).toHaveLength(1);
    }
  });
});

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

describe('the host of a route', () => {
  const from = (origin: ConfigData, paths = ['/']) => ({
    protocol: 'http',
    clients: 'browser',
    paths,
    backend,
    ...origin,
  });
  const open = { internet: { login: { kind: 'jwt', issuer: 'keycloak', audiences: ['app'] } } };
  const home = { home: {} };
  const both = (one: ConfigData, other: ConfigData) => {
    const { problems } = compiled(
      { routes: { one, other } },
      {
        routes: {
          one: { host: 'app.example.org' },
          other: other.protocol === 'tcp' ? {} : { host: 'app.example.org' },
        },
      },
    );
    return problems.map(({ code, message }) => [code, message]);
  };
  const has = (what: string) => [['taken', expect.stringContaining(`${what} is taken: routes (one) has it`)]];

  it('may be that of the same app from the other origin', () => {
    expect(both(from(open), from(home))).toEqual([]);
  });

  it.each([
    ['at home', from(home), from(open)],
    ['from the internet', from(open), from(home)],
    ['at home, of another protocol', { protocol: 'tls', backend, home: {} }, from(open)],
  ])('is no host of another app %s', (_, one, other) => {
    const others = { ...other, backend: { ...backend, service: 'another' } };
    const [onHome, onInternet] = one.home === undefined ? ['other', 'one'] : ['one', 'other'];
    expect(both(one, others)).toEqual([
      [
        'taken',
        `the host of a route is that of another app at home: there it leads to routes (${onHome}) (routes.${onHome}.home), and from the internet to routes (${onInternet}) (routes.${onInternet}.internet)`,
      ],
    ]);
  });

  it('may lead to another app by a path of its own', () => {
    const others = { ...from(open, ['/api']), backend: { ...backend, service: 'another' } };
    expect(both(from(home), others)).toEqual([]);
  });

  it('may have several routes with paths of their own', () => {
    expect(both(from(home, ['/']), from(home, ['/api', '/ws']))).toEqual([]);
  });

  it.each([
    ['the host of a route', from(home), from(home)],
    ['the path /api of the host of a route', from(home, ['/a', '/api']), from(home, ['/api/'])],
    ['the host of a route', from(home), { protocol: 'grpc', backend, home: {} }],
    ['the host of a route', from(home), { protocol: 'tls', backend, home: {} }],
  ])('is taken: %s', (what, one, other) => {
    expect(both(one, other)).toEqual(has(what));
  });

  it('is one of a name that leads either to the tunnel or to the gateway', () => {
    const { problems } = compiled(
      {
        routes: {
          one: from({ internet: { login: { kind: 'access' } } }, ['/a']),
          other: from(open, ['/b']),
        },
      },
      {
        routes: {
          one: { host: 'app.example.org', internet: { login: { audience } } },
          other: { host: 'app.example.org' },
        },
      },
    );
    expect(problems).toMatchObject([{ code: 'taken' }]);
  });

  it('is a port where TCP has none', () => {
    const tcp = { protocol: 'tcp', gatewayPort: 1883, backend, home: {} };
    const { problems } = compiled({ routes: { one: tcp, other: tcp } }, {});
    expect(problems).toMatchObject([
      { code: 'taken', message: expect.stringContaining('port 1883 of a gateway is taken: routes (one)') },
    ]);
  });
});

describe('the page of routes', () => {
  const open = { kind: 'none', reason: 'a page for guests', until: '2027-06-30' };
  const token = { kind: 'jwt', issuer: 'keycloak', audiences: ['app'] };
  const plan = planOf(
    {
      routes: {
        open: { protocol: 'http', clients: 'browser', backend, internet: { login: open } },
        api: {
          protocol: 'http',
          clients: 'machine',
          paths: ['/v1'],
          backend,
          internet: { login: token },
          home: {},
        },
        pages: { protocol: 'http', clients: 'browser', backend, internet: { login: { kind: 'access' } } },
        lamp: { protocol: 'http', clients: 'browser', backend, home: {} },
        broker: { protocol: 'tcp', gatewayPort: 1883, backend, home: {} },
      },
    },
    {
      routes: {
        open: { host: 'open.example.org' },
        api: { host: 'api.example.org' },
        pages: { host: 'pages.example.org', internet: { login: { audience } } },
        lamp: { host: 'lamp.example.org' },
      },
    },
  );
  const file = plan.files.find(({ path }) => path === 'docs/routes.md');
  const page = file !== undefined && 'content' in file ? file.content : '';

  it('says of each route what is asked, and names nobody', () => {
    expect(page).toContain(
      '| `routes.api.internet` | `${ROUTES_API_HOST}` | HTTP | the internet | a token of `keycloak` for `app` |',
    );
    expect(page).toContain(
      '| `routes.broker.home` | port 1883 | TCP | home and VPN | an address of the home network or the VPN |',
    );
    expect(page).not.toContain('example.org');
  });

  it('shows each exception with its reason and its last day', () => {
    expect(page).toContain(
      '| `routes.open.internet` | `${ROUTES_OPEN_HOST}` | a page for guests | 2027-06-30 |',
    );
  });

  it('has the request with a token, to a path of the route', () => {
    expect(page).toContain(`curl -sS -H "Authorization: Bearer $TOKEN" 'https://\${ROUTES_API_HOST}/v1'`);
  });

  it('says of each name where it leads, by where one asks', () => {
    const rows = page
      .split('\n')
      .filter((line) => /^\| `\$\{\w+\}` \| (?:nothing|addresses|the public)/.test(line));
    expect(rows).toEqual([
      '| `${ROUTES_OPEN_HOST}` | the public address of your home | the same as outside |',
      '| `${ROUTES_API_HOST}` | the public address of your home | the address of `envoy-internal` |',
      '| `${ROUTES_PAGES_HOST}` | addresses of Cloudflare | the same as outside |',
      '| `${ROUTES_LAMP_HOST}` | nothing | the address of `envoy-internal` |',
    ]);
  });

  it('has a row for each login in the table of what they cost', () => {
    for (const kind of [
      'access',
      'jwt',
      'oidc',
      'extauth',
      'access-and',
      'oidc-or-jwt',
      'home-network',
      'none',
    ])
      expect(page).toContain(`\n| \`${kind}\` |`);
  });
});
