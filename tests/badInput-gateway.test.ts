// Crosses config, components, compile, operations and private-values: what a person may write wrong about routes.
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { codes } from '../src/problems/codes.ts';
import { snapshot } from '../src/repository/testTree.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { ConfigData, TestDirectory } from './testDirectory.ts';

interface Refusal {
  code: string;
  message: string;
  expected: string;
  remedy?: string;
  file?: string;
  at?: { line: number };
}

const backend = `
    backend:
      namespace: home-automation
      service: pages
      port: 80
      targetPort: 8080
      pods:
        labels:
          app: pages`;
const http = `
  pages:
    protocol: http
    clients: browser${backend}`;
const raw = `
  pages:
    protocol: tcp
    gatewayPort: 1883${backend}`;

interface Case {
  /** Text at the end of cluster.yaml; the line with the problem ends with \`# here\`. */
  text?: string;
  /** What stands in cluster.yaml, and what instead; the line with the problem ends with \`# here\`. */
  instead?: [was: string, is: string];
  private?: (value: ConfigData) => void;
  code: string;
  message: RegExp;
  expected: RegExp;
  remedy: RegExp;
  /** Where the problem is in the private values. */
  privateLine?: string;
}

const named = (host: string) => (value: ConfigData) => {
  value.routes = { pages: { host } };
};
const atPages = named('pages.example.org');

it.each<[what: string, wrong: Case]>([
  [
    'a host and a path that an app of another component has',
    {
      text: `routes:${http}
    internet: # here
      login:
        kind: jwt
        issuer: keycloak
        audiences: [pages]
`,
      private: named('token.example.org'),
      code: 'taken',
      message: /the host of a route is taken: \S+ \(\w+\) has it \(\S+\), and \S+ \(\w+\) requires it/,
      expected: /a host or a path of its own/,
      remedy: /change \S+ or \S+/,
    },
  ],
  [
    'a host outside of the domain',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: keycloak, audiences: [pages]}
`,
      private: named('pages.example.net'),
      code: 'wrong-value',
      message: /not one label below envoyGateway\.domain/,
      expected: /directly below the domain, such as app\.example\.org/,
      remedy: /change the host of routes \(pages\), or envoyGateway\.domain/,
    },
  ],
  [
    'a host two labels below the domain, which the certificate does not cover',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: keycloak, audiences: [pages]}
`,
      private: named('pages.home.example.org'),
      code: 'wrong-value',
      message: /not one label below envoyGateway\.domain/,
      expected: /directly below the domain/,
      remedy: /change the host of routes \(pages\)/,
    },
  ],
  [
    'TCP with a token',
    {
      text: `routes:${raw}
    home:
      login:
        kind: jwt # here
        issuer: keycloak
        audiences: [pages]
`,
      code: 'not-a-choice',
      message: /"jwt" is not allowed: .*sees no token: the server itself has to ask/,
      expected: /^one of: home-network, none$/,
      remedy: /use one of these values/,
    },
  ],
  [
    'TLS that is not opened, with a policy for HTTP',
    {
      text: `routes:
  pages:
    protocol: tls${backend}
    internet:
      login:
        kind: access # here
`,
      private: atPages,
      code: 'not-a-choice',
      message: /"access" is not allowed: the gateway hands these connections on unopened/,
      expected: /^one of: none$/,
      remedy: /use one of these values/,
    },
  ],
  [
    'gRPC with a login page',
    {
      text: `routes:
  pages:
    protocol: grpc${backend}
    internet:
      login:
        kind: oidc # here
        groups: [family]
`,
      private: atPages,
      code: 'not-a-choice',
      message: /a program that calls gRPC follows no login page/,
      expected: /^one of: jwt, none$/,
      remedy: /use one of these values/,
    },
  ],
  [
    'the home network as the login of the internet',
    {
      text: `routes:${http}
    internet:
      login:
        kind: home-network # here
`,
      private: atPages,
      code: 'not-a-choice',
      message: /who comes from the internet is not at home/,
      expected: /^one of: access, jwt, oidc, extauth, access-and, oidc-or-jwt, none$/,
      remedy: /use one of these values/,
    },
  ],
  [
    'Access at home, where nobody passes it',
    {
      text: `routes:${http}
    home:
      login:
        kind: access # here
`,
      private: atPages,
      code: 'not-a-choice',
      message: /who is at home does not pass Access/,
      expected: /^one of: home-network, jwt/,
      remedy: /use one of these values/,
    },
  ],
  [
    'a token without an audience',
    {
      text: `routes:${http}
    internet:
      login: # here
        kind: jwt
        issuer: keycloak
`,
      private: atPages,
      code: 'missing-field',
      message: /routes\.pages\.internet\.login\.audiences is missing/,
      expected: /For whom a token must be meant/,
      remedy: /add this, with your own value: audiences: \["echo"\]/,
    },
  ],
  [
    'a token with an empty list of audiences',
    {
      text: `routes:${http}
    internet:
      login:
        kind: jwt
        issuer: keycloak
        audiences: [] # here
`,
      private: atPages,
      code: 'wrong-value',
      message: /routes\.pages\.internet\.login\.audiences: invalid value/,
      expected: /at least 1 entries, such as \["echo"\]/,
      remedy: /correct the value/,
    },
  ],
  [
    'a token of an issuer that is not there',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: authelia, audiences: [pages]}
`,
      private: atPages,
      code: 'claim-unanswered',
      message: /the issuer of tokens authelia/,
      expected: /./,
      remedy: /./,
    },
  ],
  [
    'an exception without a last day',
    {
      text: `routes:${http}
    internet:
      login: # here
        kind: none
        reason: a page for guests
`,
      private: atPages,
      code: 'missing-field',
      message: /login\.until is missing/,
      expected: /The last day on which it is open/,
      remedy: /add "until: 2027-06-30"/,
    },
  ],
  [
    'an exception without a reason',
    {
      text: `routes:${http}
    internet:
      login: # here
        kind: none
        until: 2027-01-31
`,
      private: atPages,
      code: 'missing-field',
      message: /login\.reason is missing/,
      expected: /Why nobody is asked/,
      remedy: /add "reason: /,
    },
  ],
  [
    'an exception that is over',
    {
      text: `routes:${http}
    internet:
      login:
        kind: none
        reason: a page for guests
        until: 2026-11-23 # here
`,
      private: atPages,
      code: 'exception-ended',
      message:
        /the route of routes \(pages\) from the internet was open to everybody until 2026-11-23.*a page for guests/,
      expected: /a login, or a later day/,
      remedy:
        /give routes\.pages\.internet\.login another kind, or change routes\.pages\.internet\.login\.until/,
    },
  ],
  [
    'an exception until a day that does not exist',
    {
      text: `routes:${http}
    internet:
      login:
        kind: none
        reason: a page for guests
        until: 2027-02-30 # here
`,
      private: atPages,
      code: 'wrong-value',
      message: /login\.until: invalid value/,
      expected: /2027-06-30/,
      remedy: /correct the value/,
    },
  ],
  [
    'a login page in front of an app of a phone',
    {
      text: `routes:
  pages:
    protocol: http
    clients: app${backend}
    internet:
      login: # here
        kind: access
`,
      private: (value) => {
        value.routes = {
          pages: { host: 'pages.example.org', internet: { login: { audience: '0'.repeat(64) } } },
        };
      },
      code: 'login-for-browsers',
      message: /which only a browser can answer, and an app has clients of its own/,
      expected: /home alone, with a VPN on the way/,
      remedy: /choose another login, or say clients: browser/,
    },
  ],
  [
    'a login that nothing provides yet',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: oidc, groups: [family]}
`,
      private: atPages,
      code: 'claim-unanswered',
      message: /a route from the internet with the login of an identity provider \(OpenID Connect\)/,
      expected: /a component that provides it; this version has none/,
      remedy: /change routes\.pages\.internet/,
    },
  ],
  [
    'a route from nowhere',
    {
      text: `routes:
  pages:
    protocol: http # here
    clients: browser${backend}
`,
      private: atPages,
      code: 'needs-another',
      message: /the route is reached from nowhere/,
      expected: /home: \{\}.*or internet with a login/,
      remedy: /add one of the two/,
    },
  ],
  [
    'a name of a route with two hyphens, which another name would share its variables with',
    {
      text: `routes:
  my--pages: # here
    protocol: http
    clients: browser${backend}
    home: {}
`,
      private: (value) => {
        value.routes = { 'my--pages': { host: 'pages.example.org' } };
      },
      code: 'not-a-name',
      message: /no name of a route|another form/,
      expected: /single hyphens/,
      remedy: /./,
    },
  ],
  [
    'a Gateway that is not configured',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: keycloak, audiences: [pages]}
`,
      private: (value) => {
        atPages(value);
        delete value.envoyGateway.external;
      },
      code: 'needs-another',
      message: /^routes \(pages\) requires a route of the Gateway envoy-external/,
      expected: /envoyGateway\.external/,
      remedy: /add external to envoyGateway/,
    },
  ],
  [
    'a claim that is a list, for a header',
    {
      instead: [
        '          header: X-User-Name\n',
        '          header: X-User-Name\n        - claim: groups # here\n          header: X-User-Groups\n',
      ],
      code: 'wrong-value',
      message: /claims\.1\.claim: groups is a list, and Envoy writes no list into a header/,
      expected: /a text, a number or a truth value, such as preferred_username/,
      remedy: /let the login of the route demand groups, have the issuer add a claim that is one text/,
    },
  ],
  [
    'merged Gateways, of which each has policies and an address of its own',
    {
      instead: ['envoyGateway:\n', 'envoyGateway:\n  merged: true # here\n'],
      code: 'needs-another',
      message: /envoy-external, envoy-internal, envoy-tunnel would share one Envoy at one address/,
      expected: /merged: false, or one of external, internal and tunnel alone/,
      remedy: /remove envoyGateway\.merged, or leave one of external, internal, tunnel/,
    },
  ],
  [
    'the policy for labelled routes without an audience',
    {
      instead: [
        '  byLabel:\n    issuer: keycloak\n    audiences:\n      - home-apps\n',
        '  byLabel: # here\n    issuer: keycloak\n',
      ],
      code: 'missing-field',
      message: /tokenIssuers\.byLabel\.audiences is missing/,
      expected: /Without it any token of the issuer would pass/,
      remedy: /add this, with your own value: audiences:/,
    },
  ],
  [
    'a host of the home network on the Gateway of the internet',
    {
      text: `routes:${http}
    internet: # here
      login: {kind: jwt, issuer: keycloak, audiences: [pages]}
`,
      private: named('lan.example.org'),
      code: 'taken',
      message: /at home: there it leads to echo \(lan\) \(\S+\), and from the internet to routes \(pages\)/,
      expected: /a host of its own for each app/,
      remedy: /change the host of routes \(pages\) or of echo \(lan\)/,
    },
  ],
  [
    'the address of the home network for the Gateway of the internet',
    {
      private: (value) => {
        value.envoyGateway.internal.address = value.envoyGateway.external.address;
      },
      privateLine: '    address: 192.0.2.241',
      code: 'taken',
      message: /envoyGateway\.internal\.address is the address of envoy-external too/,
      expected: /an address of its own for each Gateway/,
      remedy: /change envoyGateway\.internal\.address or envoyGateway\.external\.address/,
    },
  ],
  [
    'an address of the home network as what the internet sees',
    {
      instead: [
        'token:\n      protocol: http\n      clients: machine\n      internet:\n',
        'token:\n      protocol: http\n      clients: machine\n      internet: # here\n',
      ],
      private: (value) => {
        value.envoyGateway.external.target = '192.168.1.241';
      },
      code: 'private-target',
      message: /^echo \(token\) requires a name in the public zone that leads to a private address/,
      expected: /the public address of the router/,
      remedy: /change the target of the Gateway for the internet/,
    },
  ],
])('refuses %s', async (_, wrong) => {
  const directory = home('platform');
  const [was, is] = wrong.instead ?? ['', ''];
  const text = directory.read('cluster.yaml');
  expect(text).toContain(was);
  directory.write('cluster.yaml', `${text.replace(was, is)}\n${wrong.text ?? ''}`);
  if (wrong.private) directory.edit('cluster.private.yaml', wrong.private);
  const { privateLine } = wrong;
  const place =
    privateLine === undefined
      ? placeIn(directory, 'cluster.yaml', (line) => line.endsWith('# here'))
      : placeIn(directory, 'cluster.private.yaml', (line) => line === privateLine);
  const before = snapshot(directory.path);
  const ran = await gatehouse(directory, 'configure', '--json');
  expect(snapshot(directory.path)).toEqual(before);
  const { ok, problems } = JSON.parse(ran.stdout) as { ok: boolean; problems: Refusal[] };
  expect(ok).toBe(false);
  for (const { code } of problems) expect(Object.keys(codes)).toContain(code);
  const found = problems.filter(({ code, message }) => code === wrong.code && wrong.message.test(message));
  expect(found, JSON.stringify(problems)).not.toEqual([]);
  for (const { expected, remedy = '', file, at } of found) {
    expect({ file, line: at?.line }).toEqual(place);
    expect(expected).toMatch(wrong.expected);
    expect(remedy).toMatch(wrong.remedy);
  }
  // Hosts are private, also where they are wrong.
  expect(ran.stdout).not.toMatch(/(?:pages|token|lan)\.example\.|home\.example\.org|192\.(?:0\.2|168)\./);
});

function placeIn(directory: TestDirectory, file: string, isThere: (line: string) => boolean) {
  return { file, line: directory.read(file).split('\n').findLastIndex(isThere) + 1 };
}

it('refuses a label that was typed by hand and that no policy reaches', async () => {
  const directory = home('platform');
  // What charts make is not known.
  expect(await gatehouse(directory, 'configure')).toMatchObject({ code: 4 });
  const route = (label: string): string =>
    stringify({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'own', namespace: 'echo', labels: { security: label } },
      spec: {
        parentRefs: [{ name: 'envoy-external', namespace: 'network' }],
        hostnames: ['own.example.org'],
        rules: [{ backendRefs: [{ name: 'echo-open', port: 80 }] }],
      },
    });
  const kustomization = 'apps/echo/echo-open/app/kustomization.yaml';
  directory.write('apps/echo/echo-open/app/own.yaml', route('jwt-protectd'));
  directory.write(
    kustomization,
    directory.read(kustomization).replace('resources:\n', 'resources:\n  - own.yaml\n'),
  );
  const checked = await gatehouse(directory, 'check', '--json');
  expect(checked.code).toBe(1);
  const { findings } = JSON.parse(checked.stdout) as ConfigData;
  expect(findings.filter(({ invariant }: ConfigData) => invariant === 'labelled-routes')).toMatchObject([
    {
      verdict: 'refuted',
      sentence: expect.stringContaining(
        'No SecurityPolicy reaches HTTPRoute echo/own by its label security: jwt-protectd',
      ),
      fix: expect.stringContaining('Write the label as a policy selects it'),
    },
  ]);
});
