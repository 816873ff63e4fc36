// Crosses config, components, compile, operations and private-values: what a person may write wrong about Gateways, issuers and labels.
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { atPages, backend, expectRefused, http, type WrongGateway } from './gateway/wrongGateways.ts';
import { home } from './home.ts';
import { gatehouse } from './program.ts';
import type { ConfigData } from './testDirectory.ts';

it.each<[what: string, wrong: WrongGateway]>([
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
  await expectRefused(wrong);
});

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
