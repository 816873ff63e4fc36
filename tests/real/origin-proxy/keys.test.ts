import { createSign, generateKeyPairSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import { startEnvironment } from './environment.ts';
import { get } from './exchange.ts';
import { type EndpointMode, makeKey, sign, userClaims } from './issuer.ts';
import { type OriginProxyOptions, until } from './originProxy.ts';

/** Keys may be fetched every second. */
const quick: OriginProxyOptions = { access: { keyCooldownSeconds: 1 } };
const bad: EndpointMode[] = ['down', 'error', 'html', 'huge', 'hang', 'drip'];

realSuite('the keys of the origin proxy', ['nginx'], ({ nginx }) => {
  test.concurrent.for(bad)(
    'endpoint "%s" from the start: refuses everybody, is not ready, and recovers',
    async (mode, { expect }) => {
      await using world = await startEnvironment(nginx, { ...quick, cold: true }, mode);
      const { proxy, issuer, app } = world;
      const token = await sign(userClaims(issuer), world.key);
      expect((await get(proxy.port, token)).status).toBe(401);
      expect(await proxy.readiness()).toBe(503);
      expect(app.received).toHaveLength(0);
      issuer.mode = 'keys';
      await until(async () => (await proxy.readiness()) === 200, 30_000);
      await until(async () => (await get(proxy.port, token)).status === 200, 30_000);
      expect(app.received.length).toBeGreaterThan(0);
    },
  );

  test.concurrent.for(bad)('endpoint "%s" later: keeps the last good keys', async (mode, { expect }) => {
    await using world = await startEnvironment(nginx, quick);
    const { proxy, issuer } = world;
    issuer.mode = mode;
    await wait(1_200);
    const before = issuer.fetches;
    const stranger = await sign(userClaims(issuer), { ...world.key, kid: 'k9' });
    expect((await get(proxy.port, stranger)).status).toBe(401);
    expect(issuer.fetches).toBe(before + 1);
    expect((await get(proxy.port, await sign(userClaims(issuer), world.key))).status).toBe(200);
    expect(await proxy.readiness()).toBe(200);
  });

  test.concurrent('accepts no keys from a certificate of another authority', async ({ expect }) => {
    const edit = (text: string) =>
      text.replace(
        /js_fetch_trusted_certificate .*;/,
        'js_fetch_trusted_certificate /etc/ssl/certs/ca-certificates.crt;',
      );
    await using world = await startEnvironment(nginx, { cold: true, edit });
    const token = await sign(userClaims(world.issuer), world.key);
    expect((await get(world.proxy.port, token)).status).toBe(401);
    expect(world.issuer.fetches).toBe(0);
    expect(await world.proxy.readiness()).toBe(503);
  });

  test.concurrent('fetches a new key with its first token; accepts the old one while it is published', async ({
    expect,
  }) => {
    await using world = await startEnvironment(nginx, quick);
    const { proxy, issuer, key } = world;
    const next = await makeKey('k2');
    issuer.keys = [next, key];
    await wait(1_200);
    const tokens = await Promise.all([sign(userClaims(issuer), next), sign(userClaims(issuer), key)]);
    const fetches = issuer.fetches;
    const together = await Promise.all(Array.from({ length: 20 }, () => get(proxy.port, tokens[0])));
    expect(together.map(({ status }) => status)).toEqual(together.map(() => 200));
    expect((await get(proxy.port, tokens[1])).status).toBe(200);
    expect(issuer.fetches - fetches).toBe(1);
  });

  test.concurrent('accepts no key that is long by its zeros only', async ({ expect }) => {
    await using world = await startEnvironment(nginx, quick);
    const { proxy, issuer, key } = world;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const jwk = publicKey.export({ format: 'jwk' });
    const padded = Buffer.concat([Buffer.alloc(128), Buffer.from(jwk.n ?? '', 'base64url')]);
    const weak = {
      kid: 'weak',
      privateKey: key.privateKey,
      jwk: { ...key.jwk, kid: 'weak', n: padded.toString('base64url'), e: jwk.e ?? '' },
    };
    issuer.keys = [key, weak];
    await wait(1_200);
    const [, payload] = (await sign(userClaims(issuer), key)).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'weak' })).toString('base64url');
    const signature = createSign('sha256').update(`${header}.${payload}`).sign(privateKey, 'base64url');
    expect((await get(proxy.port, `${header}.${payload}.${signature}`)).status).toBe(401);
    expect((await get(proxy.port, await sign(userClaims(issuer), key))).status).toBe(200);
  });

  test.concurrent('fetches old keys again without a request', async ({ expect }) => {
    await using world = await startEnvironment(nginx, {
      access: { keyLifetimeSeconds: 1, keyCooldownSeconds: 1 },
    });
    world.issuer.keys = [await makeKey('k2')];
    const token = await sign(userClaims(world.issuer), world.key);
    expect((await get(world.proxy.port, token)).status).toBe(200);
    await until(() => world.issuer.fetches >= 2, 25_000);
    await until(async () => (await get(world.proxy.port, token)).status === 401, 10_000);
  });

  test.concurrent('forgets the tokens of a withdrawn key', async ({ expect }) => {
    await using world = await startEnvironment(nginx, quick);
    const { proxy, issuer, key } = world;
    const old = await sign(userClaims(issuer), key);
    expect((await get(proxy.port, old)).status).toBe(200);
    const next = await makeKey('k2');
    issuer.keys = [next];
    await wait(1_200);
    expect((await get(proxy.port, await sign(userClaims(issuer), next))).status).toBe(200);
    await until(async () => (await get(proxy.port, old)).status === 401, 10_000);
  });

  test('neither fetches keys nor evicts verified tokens in a flood of invalid ones', async ({ expect }) => {
    await using world = await startEnvironment(nginx);
    const { proxy, issuer, key } = world;
    const good = await sign(userClaims(issuer), key);
    expect((await get(proxy.port, good)).status).toBe(200);
    const [head = '', payload = '', signature = ''] = good.split('.');
    const verdicts = await figure(proxy.statusPort, 'gatehouse_verdicts');
    const started = performance.now();
    for (let round = 0; round < 100; round += 1) {
      const flood = Array.from({ length: 20 }, (_, index) => {
        const kid = Buffer.from(JSON.stringify({ alg: 'RS256', kid: `k-${round}-${index}` })).toString(
          'base64url',
        );
        const changed = Buffer.from(`{"n":${round * 20 + index}}`).toString('base64url');
        return get(
          proxy.port,
          index % 2 === 0 ? `${kid}.${payload}.${signature}` : `${head}.${changed}.${signature}`,
        );
      });
      for (const { status } of await Promise.all(flood)) expect(status).toBe(401);
    }
    const cooldowns = Math.ceil((performance.now() - started) / 30_000);
    expect(issuer.fetches).toBeLessThanOrEqual(1 + cooldowns);
    expect(await figure(proxy.statusPort, 'gatehouse_verdicts')).toBe(verdicts);
    // Even without the endpoint and its keys, the valid token is still cached.
    issuer.mode = 'down';
    expect((await get(proxy.port, good)).status).toBe(200);
  });

  test.concurrent('forgets a token when it expires', async ({ expect }) => {
    await using world = await startEnvironment(nginx);
    const { proxy, issuer, key } = world;
    const exp = Math.floor(Date.now() / 1000) - 28;
    const token = await sign(userClaims(issuer, { exp }), key);
    expect((await get(proxy.port, token)).status).toBe(200);
    await until(async () => (await get(proxy.port, token)).status === 401, 5_000);
    expect(await figure(proxy.statusPort, 'gatehouse_verdicts')).toBe(0);
  });
});

async function figure(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}
