import { describe, expect, it } from 'vitest';
import { compiledGateway, type GatewayChange, gatewayPlan } from '../../../tests/gateway/compiledGateway.ts';
import { httpRoute, logins } from '../../../tests/gateway/sampleRoutes.ts';
import type { ReferenceGrant, SecurityPolicy } from '../../kubernetes/types.ts';
import { textOf } from '../../operations/configure/leaks.ts';

const hosts = { API_HOST: 'api.example.org', BOOKS_HOST: 'books.example.org' };
const inside = { ...logins.jwt, issuer: 'inside' };

describe('an issuer in the cluster', () => {
  const { objects, plan } = gatewayPlan({
    routes: [httpRoute('api', inside), httpRoute('books', inside, { from: 'home' })],
    hosts,
  });

  it('gives its keys by its Service, which one grant lets the policies name', () => {
    const policy = objects.find(
      ({ kind, metadata }) => kind === 'SecurityPolicy' && metadata.name === 'api-internet',
    ) as unknown as SecurityPolicy;
    expect(policy.spec.jwt?.providers[0]).toMatchObject({
      issuer: 'https://id.example.org/realms/home',
      remoteJWKS: {
        uri: 'http://issuer.identity.svc.cluster.local:8080/keys',
        backendRefs: [{ kind: 'Service', name: 'issuer', namespace: 'identity', port: 8080 }],
      },
    });
    const grants = objects.filter(({ kind }) => kind === 'ReferenceGrant') as unknown as ReferenceGrant[];
    expect(grants).toMatchObject([
      {
        metadata: { namespace: 'identity' },
        spec: {
          from: [{ group: 'gateway.envoyproxy.io', kind: 'SecurityPolicy', namespace: 'apps' }],
          to: [{ group: '', kind: 'Service', name: 'issuer' }],
        },
      },
    ]);
  });

  it('is reached by the Envoys that verify its tokens', () => {
    const egress = (name: string) =>
      JSON.stringify(
        objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name),
      );
    expect(egress('envoy-external')).toContain('"app":"issuer"');
    expect(egress('envoy-internal')).toContain('"app":"issuer"');
    expect(egress('envoy-tunnel')).not.toContain('"app":"issuer"');
  });

  it('has its grant applied after the definitions, and apart from everything else', () => {
    const file = plan.files.find(({ path }) => path === 'apps/network/token-issuers-identity/ks.yaml');
    expect(file).toBeDefined();
    expect(objects.find(({ metadata }) => metadata.name === 'token-issuers-identity')).toMatchObject({
      spec: { dependsOn: [{ name: 'envoy-gateway' }] },
    });
  });
});

describe('the policy for labelled routes', () => {
  const { objects, plan } = gatewayPlan({
    cluster: (value) =>
      (value.tokenIssuers.byLabel = {
        issuer: 'inside',
        audiences: ['apps'],
        namespaces: ['default', 'own'],
      }),
  });

  it('selects routes of the named namespaces by their label, and is in the file of its name', () => {
    const planned = plan.objects.find(({ file }) => file.endsWith('/securitypolicy-jwt.yaml'));
    expect(planned?.object.metadata).toMatchObject({ name: 'jwt-auth', namespace: 'network' });
    expect(planned?.object).toMatchObject({
      spec: {
        targetSelectors: [
          {
            kind: 'HTTPRoute',
            matchLabels: { security: 'jwt-protected' },
            namespaces: {
              selector: {
                matchExpressions: [
                  { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['default', 'own'] },
                ],
              },
            },
          },
        ],
        jwt: { providers: [{ audiences: ['apps'] }] },
      },
    });
  });

  it('is allowed to by each of them, and the Gateways let their routes in', () => {
    const grants = objects.filter(
      ({ kind, metadata }) => kind === 'ReferenceGrant' && metadata.name === 'labelled-routes',
    );
    expect(grants.map(({ metadata }) => metadata.namespace)).toEqual(['default', 'own']);
    const gateway = objects.find(
      ({ kind, metadata }) => kind === 'Gateway' && metadata.name === 'envoy-internal',
    );
    expect(JSON.stringify(gateway)).toContain('"values":["default","own"]');
  });

  it('holds for no route that Gatehouse makes', () => {
    expect(JSON.stringify(objects.filter(({ kind }) => kind.endsWith('Route')))).not.toContain(
      'jwt-protected',
    );
  });
});

describe('what does not fit together', () => {
  const claims = (...list: object[]): GatewayChange => ({
    cluster: (value) => (value.tokenIssuers.issuers.outside.claims = list),
  });
  it.each<[string, GatewayChange, object]>([
    [
      'a claim that is a list',
      claims({ claim: 'groups', header: 'X-User-Groups' }),
      {
        code: 'wrong-value',
        message: expect.stringContaining('writes no list into a header'),
        remedy: expect.stringContaining('demand groups'),
      },
    ],
    [
      'a claim that is a list inside of an object',
      claims({ claim: 'realm_access.roles', header: 'X-Roles' }),
      { code: 'wrong-value', message: expect.stringContaining('realm_access.roles is a list') },
    ],
    [
      'a header that means something else',
      claims({ claim: 'name', header: 'Authorization' }),
      { code: 'wrong-value', message: expect.stringContaining('another meaning') },
    ],
    [
      'a header of another claim',
      claims({ claim: 'name', header: 'x-user-id' }),
      { code: 'taken', message: expect.stringContaining('another claim') },
    ],
    [
      'a policy by label without an audience',
      { cluster: (value) => (value.tokenIssuers.byLabel = { issuer: 'inside', namespaces: ['default'] }) },
      { message: expect.stringContaining('audiences') },
    ],
    [
      'an audience of two lines',
      {
        cluster: (value) =>
          (value.tokenIssuers.byLabel = { issuer: 'inside', audiences: ['a\nb'], namespaces: ['default'] }),
      },
      { code: 'wrong-value', message: expect.stringContaining('byLabel.audiences[0]') },
    ],
    [
      'a policy by label with an issuer that is not there',
      {
        cluster: (value) =>
          (value.tokenIssuers.byLabel = { issuer: 'other', audiences: ['a'], namespaces: ['default'] }),
      },
      { code: 'claim-unanswered', message: expect.stringContaining('the issuer of tokens other') },
    ],
    [
      'an issuer without keys',
      { privateFile: (value) => delete value.tokenIssuers.issuers.outside.keys },
      {
        code: 'missing-field',
        message: expect.stringContaining('issuers.outside.keys is missing'),
        remedy: 'add keys, a section with url, service',
      },
    ],
    [
      'keys without their issuer',
      { privateFile: (value) => delete value.tokenIssuers.issuers.outside.issuer },
      { code: 'missing-field', message: expect.stringContaining('issuers.outside.issuer is missing') },
    ],
    [
      'keys at two places',
      {
        privateFile: (value) =>
          (value.tokenIssuers.issuers.inside.keys = { url: 'https://id.example.net/keys' }),
      },
      { code: 'wrong-value', message: expect.stringContaining('one place') },
    ],
    [
      'keys over plain http',
      {
        privateFile: (value) =>
          (value.tokenIssuers.issuers.outside.keys = { url: 'http://id.example.net/keys' }),
      },
      { code: 'not-an-https-url' },
    ],
  ])('is %s', (_, change, problem) => {
    expect(compiledGateway(change).problems).toContainEqual(expect.objectContaining(problem));
  });
});

it('says in the documents whose tokens count, and how to see the keys', () => {
  const { plan } = gatewayPlan({ routes: [httpRoute('api', inside)], hosts });
  const text = (path: string) => {
    const file = plan.files.find((each) => each.path === path);
    return file === undefined ? '' : textOf(file);
  };
  expect(text('docs/decisions.md')).toContain(
    '| `inside` | `${TOKEN_ISSUERS_ISSUERS_INSIDE_ISSUER}` | Service `issuer` in `identity`, port 8080, `/keys` | `sub` as `X-User-ID`, `email` as `X-User-Email` |',
  );
  expect(text('docs/decisions.md')).toContain('`preferred_username` as `X-User-Name`');
  const quickstart = text('docs/quickstart.md');
  expect(quickstart).toContain("curl -fsS '${TOKEN_ISSUERS_ISSUERS_OUTSIDE_KEYS_URL}'");
  expect(quickstart).not.toContain('${TOKEN_ISSUERS_ISSUERS_INSIDE_KEYS_URL}');
});
