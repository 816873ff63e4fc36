// Crosses the component envoy-gateway, the compiler and a real Envoy Gateway.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayPlan } from '../../gateway/compiledGateway.ts';
import { fourRoutes } from '../../gateway/fourRoutes.ts';
import { httpRoute, logins, loginValues } from '../../gateway/sampleRoutes.ts';
import { type ClientAnswer, envoySuite } from '../fixtures/envoyGateway.ts';
import { makeKey, now, type SigningKey, serviceClaims, sign, userClaims } from '../origin-proxy/issuer.ts';
import { type CompiledBench, clients, compiledBench, portOf } from './compiledBench.ts';

const audience = 'apps';
const issuer = 'https://id.example.org/realms/home';

envoySuite('compiled routes of HTTP', (parts) => {
  let bench: CompiledBench;
  let otherKey: SigningKey;

  beforeAll(async () => {
    const { routes, hosts } = fourRoutes;
    const { objects } = gatewayPlan({
      routes: [
        ...routes,
        httpRoute('inner', { ...logins.jwt, issuer: 'inside' }),
        httpRoute('family', {
          ...logins.jwt,
          issuer: 'inside',
          allow: { emails: [], groups: ['family'], scopes: ['read'] },
        }),
      ],
      cluster: (value) =>
        (value.tokenIssuers.byLabel = { issuer: 'inside', audiences: [audience], namespaces: ['apps'] }),
      hosts: { ...hosts, INNER_HOST: 'inner.example.org', FAMILY_HOST: 'family.example.org' },
    });
    bench = await compiledBench(parts, objects);
    otherKey = await makeKey('one');
  }, 300_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  interface Asked {
    path?: string;
    headers?: Record<string, string>;
    from?: string;
  }
  const ask = (name: string, { path = '/', headers = {}, from }: Asked = {}): Promise<ClientAnswer> => {
    const host = `${name}.example.org`;
    if (name === 'shop')
      return bench.gateway.request(portOf('envoy-tunnel', 80), {
        host,
        path,
        headers: { 'cf-connecting-ip': '198.18.0.1', ...headers },
      });
    const gateway = name === 'lamp' ? 'envoy-internal' : 'envoy-external';
    return bench.gateway.request(portOf(gateway, 443), { host, path, headers, from, serverName: host });
  };
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const claims = (more: object = {}) => ({
    ...{ iss: issuer, aud: audience, sub: 'somebody', email: 'somebody@example.org' },
    exp: now() + 3600,
    ...more,
  });
  const token = (more: object = {}, key = bench.inside.keys[0]) => sign(claims(more), key ?? otherKey);

  describe('with a token', () => {
    test('lets nobody in without one', async () => {
      expect((await ask('inner')).status).toBe(401);
      expect((await ask('inner', { headers: { authorization: 'Basic YTpi' } })).status).toBe(401);
    });

    test('lets a good one in, and tells the app whose it is', async () => {
      const { status, asked } = await ask('inner', bearer(await token()));
      expect([status, asked?.['x-user-id'], asked?.['x-user-email']]).toEqual([
        200,
        'somebody',
        'somebody@example.org',
      ]);
    });

    test.each([
      ['of another issuer', { iss: 'https://id.example.net' }, 401],
      ['that has ended', { exp: 1_000_000_000 }, 401],
      ['for somebody else', { aud: 'others' }, 403],
    ])('refuses one %s', async (_, more, status) => {
      expect((await ask('inner', bearer(await token(more)))).status).toBe(status);
    });

    test('refuses one of another key, and one without a signature', async () => {
      expect((await ask('inner', bearer(await token({}, otherKey)))).status).toBe(401);
      const [header, body] = (await token()).split('.');
      expect((await ask('inner', bearer(`${header}.${body}.`))).status).toBe(401);
    });

    test('takes none out of the address', async () => {
      expect((await ask('inner', { path: `/?access_token=${await token()}` })).status).toBe(401);
    });

    test('replaces what a client says of itself', async () => {
      const spoofed = {
        ...{ 'x-user-id': 'admin', 'x-user-email': 'admin@example.org', 'x-user-name': 'admin' },
        ...{ 'remote-user': 'admin', 'x-forwarded-user': 'admin', 'cf-access-jwt-assertion': 'x' },
      };
      const { headers } = bearer(await token({ email: undefined }));
      const { status, asked } = await ask('inner', { headers: { ...headers, ...spoofed } });
      expect(status).toBe(200);
      expect(asked).toMatchObject({ 'x-user-id': 'somebody' });
      for (const name of Object.keys(spoofed).slice(1)) expect(asked).not.toHaveProperty(name);
    });

    test('lets in who is one of the group and has the scope', async () => {
      const good = { groups: ['guests', 'family'], scope: 'openid read' };
      expect((await ask('family', bearer(await token(good)))).status).toBe(200);
      for (const more of [{ ...good, groups: ['guests'] }, { ...good, scope: 'openid' }, { scope: 'read' }])
        expect((await ask('family', bearer(await token(more)))).status).toBe(403);
    });
  });

  describe('with the login of Access', () => {
    const accessClaims = (more: object = {}) =>
      userClaims(bench.access, { aud: [loginValues.SAMPLE_AUDIENCE], ...more });
    const assertion = async (text: Promise<string>) => ({
      headers: { 'cf-access-jwt-assertion': await text },
    });
    const signed = (more: object = {}) => sign(accessClaims(more), bench.access.keys[0] ?? otherKey);

    test('lets nobody in without a token, or with one that is a bearer', async () => {
      expect((await ask('shop')).status).toBe(401);
      expect((await ask('shop', bearer(await signed()))).status).toBe(401);
    });

    test('lets in who is listed, and the app sees that they came by TLS', async () => {
      const { headers } = await assertion(signed());
      const { status, asked } = await ask('shop', { headers: { ...headers, 'x-forwarded-proto': 'https' } });
      expect([status, asked?.['x-user-email'], asked?.['x-forwarded-proto']]).toEqual([
        200,
        'owner@example.org',
        'https',
      ]);
    });

    test('writes the headers of Access from the token, whatever they said', async () => {
      const spoofed = {
        ...{ 'cf-access-authenticated-user-email': 'admin@example.org' },
        ...{ 'cf-access-authenticated-user-id': 'admin', 'x-user-email': 'admin@example.org' },
      };
      const of = async (text: Promise<string>) => {
        const { headers } = await assertion(text);
        const { status, asked } = await ask('shop', { headers: { ...headers, ...spoofed } });
        return [status, ...Object.keys(spoofed).map((name) => asked?.[name])];
      };
      expect(await of(signed())).toEqual([200, 'owner@example.org', undefined, 'owner@example.org']);
      const program = { ...serviceClaims(bench.access, loginValues.SAMPLE_TOKEN) };
      const key = bench.access.keys[0] ?? otherKey;
      const service = sign({ ...program, aud: [loginValues.SAMPLE_AUDIENCE] }, key);
      expect(await of(service)).toEqual([200, undefined, undefined, undefined]);
    });

    test('leaves the addresses as Cloudflare wrote them, that of the client last', async () => {
      const { headers } = await assertion(signed());
      const addresses = '192.0.2.9, 203.0.113.5';
      const { asked } = await ask('shop', { headers: { ...headers, 'x-forwarded-for': addresses } });
      expect(asked?.['x-forwarded-for']).toBe(addresses);
    });

    test('lets the listed service token in', async () => {
      const own = { ...serviceClaims(bench.access, loginValues.SAMPLE_TOKEN) };
      const service = (more: object = {}) =>
        sign({ ...own, aud: [loginValues.SAMPLE_AUDIENCE], ...more }, bench.access.keys[0] ?? otherKey);
      expect((await ask('shop', await assertion(service()))).status).toBe(200);
      const other = await assertion(service({ common_name: 'f'.repeat(32) }));
      expect((await ask('shop', other)).status).toBe(403);
    });

    test.each<[string, object, number]>([
      ['somebody who is not listed', { email: 'stranger@example.org' }, 403],
      ['another application', { aud: ['f'.repeat(64)] }, 403],
      ['another team', { iss: 'https://other-team.cloudflareaccess.com' }, 401],
    ])('refuses %s', async (_, more, status) => {
      expect((await ask('shop', await assertion(signed(more)))).status).toBe(status);
    });

    test('refuses a forged token', async () => {
      expect((await ask('shop', await assertion(sign(accessClaims(), otherKey)))).status).toBe(401);
    });
  });

  describe('for the home network', () => {
    test('lets in who is there', async () => {
      expect((await ask('lamp', { from: clients.home })).status).toBe(200);
    });

    test('lets nobody else in, whatever they say', async () => {
      const headers = { 'x-forwarded-for': clients.home, 'cf-connecting-ip': clients.home };
      expect((await ask('lamp', { from: clients.elsewhere })).status).toBe(403);
      expect((await ask('lamp', { from: clients.elsewhere, headers })).status).toBe(403);
    });
  });

  test('without a login lets everybody in, and believes nothing of what they say', async () => {
    const { status, asked } = await ask('page', { headers: { 'x-user-id': 'admin' } });
    expect(status).toBe(200);
    expect(asked).not.toHaveProperty('x-user-id');
  });

  test('sends whoever asks without TLS to the same place with TLS', async () => {
    const { status, headers, asked } = await bench.gateway.request(portOf('envoy-external', 80), {
      host: 'inner.example.org',
      path: '/a?b=c',
    });
    expect([status, headers.location, asked]).toEqual([301, 'https://inner.example.org/a?b=c', undefined]);
  });

  test.each(['/..%2fadmin', '/a%2Fb', '/a%5cb'])('refuses the path %s', async (path) => {
    const { status } = await ask('page', { path });
    expect(status).toBe(400);
  });

  describe('a route that somebody wrote', () => {
    const host = 'mine.example.org';
    const route = (labels: Record<string, string>) => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'mine', namespace: 'apps', labels },
      spec: {
        parentRefs: [{ name: 'envoy-external', namespace: 'network', sectionName: 'https' }],
        hostnames: [host],
        rules: [{ backendRefs: [{ name: 'page', port: 80 }] }],
      },
    });
    const status = async (headers: Record<string, string> = {}) =>
      (
        await bench.gateway.request(portOf('envoy-external', 443), {
          ...{ host, path: '/', serverName: host },
          headers,
        })
      ).status;
    afterAll(() => bench.cluster.remove({ ...route({}), name: 'mine', namespace: 'apps' }));

    test('is refused while it has no policy', async () => {
      expect(await status()).toBe(404);
      await bench.cluster.apply(route({}));
      await expect.poll(status, { timeout: 30_000 }).toBe(403);
    });

    test('demands a token once it has the label', async () => {
      await bench.cluster.apply(route({ security: 'jwt-protected' }));
      await expect.poll(status, { timeout: 30_000 }).toBe(401);
      expect(await status(bearer(await token()).headers)).toBe(200);
      expect(await status(bearer(await token({ aud: 'others' })).headers)).toBe(403);
    });
  });
});
