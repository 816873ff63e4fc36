// Crosses components/routes, components/echo, components/shared and compile.
import { describe, expect, it } from 'vitest';
import type { Deployment, NetworkPolicy } from '../../src/kubernetes/types.ts';
import type { ConfigData } from '../testDirectory.ts';
import { audience, backend, objects, planOf } from './routesHome.ts';

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
    expect(page).toContain('must have a rule for each name with "the same as outside"');
    expect(page).toContain('NAT loopback');
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
