// Crosses the Gateway analysis of the prover and a real Envoy Gateway.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClientAnswer } from '../fixtures/envoyGateway.ts';
import { envoySuite } from '../fixtures/envoyGateway.ts';
import { type Bench, envoyBench } from './bench.ts';
import type { Credentials } from './credentials.ts';
import * as make from './objects.ts';
import { login } from './openIdProvider.ts';

/** Each Gateway of the test with its ports; `shared` has two listeners on the first. */
const ports = { bare: 8301, cleaned: 8311, shared: 8321 } as const;
type Edge = keyof typeof ports;

/** The forged identity headers of a client. */
const pretended = { 'x-user': 'admin', 'x-auth-request-groups': 'admins' };

envoySuite('identity headers that a client sends', (parts) => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await envoyBench(parts);
    const edge = bench.named('edge');
    const removal = { remove: ['x-user'], removeOnMatch: [{ type: 'Prefix', value: 'x-auth-request-' }] };
    await bench.apply([...bench.room(edge), ...bench.room(bench.named('home'))]);
    await bench.apply([
      ...(Object.keys(ports) as Edge[]).map((name) => gatewayOf(bench, name)),
      make.clientTrafficPolicy(edge, 'clean', [make.target('Gateway', bench.named('cleaned'))], removal),
      make.clientTrafficPolicy(
        edge,
        'one-of-two',
        [make.target('Gateway', bench.named('shared'), 'web')],
        removal,
      ),
      ...routes(bench),
    ]);
    await bench.settled();
  }, 300_000);
  afterAll(() => bench?.[Symbol.asyncDispose]());

  /** Sends a request with forged identity headers. */
  const pretend = (edge: Edge, path: string, credentials: Credentials, more = {}): Promise<ClientAnswer> =>
    bench.ask(probeOf(bench, edge, path, credentials), { ...pretended, ...more });
  /** The headers that a client can send by itself, according to the engine. */
  const spoofable = (edge: Edge, path: string) =>
    bench
      .analysed()
      .filter(({ gateway, route }) => gateway.name === bench.named(edge) && route.name === path.slice(1))
      .map((each) => each.spoofable);

  test('are overwritten if the policy of the route sets them from the token', async () => {
    const { asked } = await pretend('bare', '/tokens', { token: 'good' });
    expect(asked?.['x-user']).toBe('owner@example.org');
    expect(spoofable('bare', '/tokens')).toEqual([['x-auth-request-groups']]);
  });

  test('are removed if the token lacks the claim', async () => {
    const { status, asked } = await bench.ask(
      probeOf(bench, 'bare', `/tokens?access_token=${bench.keys.anonymous}`, {}),
      pretended,
    );
    expect([status, asked?.['x-user']]).toEqual([200, undefined]);
  });

  test.each(['/optional', '/failopen'])('are removed on %s, which requires no token', async (path) => {
    const { status, asked } = await pretend('bare', path, {});
    expect([status, asked?.['x-user']]).toEqual([200, undefined]);
    expect(spoofable('bare', path)).toEqual([['x-auth-request-groups']]);
  });

  test('arrive on a route without tokens', async () => {
    const { asked } = await pretend('bare', '/plain', {});
    expect(asked).toMatchObject(pretended);
    expect(spoofable('bare', '/plain')).toEqual([['x-auth-request-groups', 'x-user']]);
  });

  test('arrive on a route with a session only', async () => {
    const cookie = await login(bench.gateway, ports.bare, hostOf('bare'), '/session');
    const without = await pretend('bare', '/session', {});
    const { status, asked } = await pretend('bare', '/session', {}, { cookie });
    expect([without.status, status]).toEqual([302, 200]);
    expect(asked).toMatchObject(pretended);
    expect(spoofable('bare', '/session')).toEqual([['x-auth-request-groups', 'x-user']]);
  });

  test('arrive if the authorization service omits them from its answer', async () => {
    const { status, asked } = await pretend('bare', '/consent', { consent: 'given' });
    expect([status, asked?.['x-auth-request-groups']]).toEqual([200, 'admins']);
    expect(spoofable('bare', '/consent')).toEqual([['x-auth-request-groups', 'x-user']]);
  });

  test.each(['/plain', '/consent', '/tokens'])(
    'do not arrive on %s if they are removed early',
    async (path) => {
      const { status, asked } = await pretend('cleaned', path, { token: 'good', consent: 'given' });
      const verified = path === '/tokens' ? 'owner@example.org' : undefined;
      expect([status, asked?.['x-user'], asked?.['x-auth-request-groups']]).toEqual([
        200,
        verified,
        undefined,
      ]);
      expect(spoofable('cleaned', path)).toEqual([[]]);
    },
  );

  test('arrive if the removal is for one of two listeners of a port, which is rejected', async () => {
    const { asked } = await pretend('shared', '/plain', {});
    expect(asked).toMatchObject(pretended);
    expect(spoofable('shared', '/plain')).toEqual([['x-auth-request-groups', 'x-user']]);
  });

  test('are not fixed by a header modifier of the route, which also removes verified headers', async () => {
    const { status, asked } = await pretend('bare', '/modified', { token: 'good' });
    expect([status, asked?.['x-user']]).toEqual([200, undefined]);
  });
});

function hostOf(edge: Edge): string {
  return `${edge}.test`;
}

function probeOf(bench: Bench, edge: Edge, path: string, credentials: Credentials) {
  return { gateway: bench.named(edge), port: ports[edge], host: hostOf(edge), path, credentials };
}

function gatewayOf(bench: Bench, name: Edge) {
  const second = name === 'shared' ? [make.listener('other', ports[name], { hostname: 'other.test' })] : [];
  return make.gateway(bench.named('edge'), bench.named(name), bench.gateway.className, [
    make.listener('web', ports[name], { hostname: hostOf(name) }),
    ...second,
    make.marker(ports[name] + 8),
  ]);
}

function routes(bench: Bench) {
  const home = bench.named('home');
  const parentRefs = (Object.keys(ports) as Edge[]).map((name) => ({
    namespace: bench.named('edge'),
    name: bench.named(name),
    sectionName: 'web',
  }));
  const { features } = bench.keys;
  const policies = {
    tokens: features.jwt,
    optional: features.optionalJwt,
    failopen: features.failOpenJwt,
    session: features.oidc,
    consent: features.extAuth,
    modified: features.jwt,
    plain: undefined,
  };
  return Object.entries(policies).flatMap(([name, wanted]) => {
    const rule = make.rule(home, name, `/${name}`);
    const remove = { type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x-user'] } };
    // The provider redirects to a separate path.
    const matches = ['/session', '/oauth2'].map((value) => ({ path: { type: 'PathPrefix', value } }));
    const rules = [
      {
        ...rule,
        ...(name === 'modified' ? { filters: [remove] } : {}),
        ...(name === 'session' ? { matches } : {}),
      },
    ];
    return [
      make.route(home, name, { parentRefs, rules }),
      ...(wanted === undefined ? [] : [make.policy(home, name, [make.target('HTTPRoute', name)], wanted)]),
    ];
  });
}
