import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import { startEnvironment, type TestEnvironment } from './environment.ts';
import { get, tokenLine } from './exchange.ts';
import { makeKey, sign, userClaims } from './issuer.ts';
import { until } from './originProxy.ts';

/** As many requests as a pod holds, and more. */
const flood = 280;
const quick = { access: { keyCooldownSeconds: 1 } };

/** A request that is sent and not waited for. */
interface Held extends Disposable {
  answered: () => boolean;
}

function hold(port: number, head: string): Held {
  const socket: Socket = connect({ port, host: '127.0.0.1' });
  let answered = false;
  const end = (): void => {
    answered = true;
  };
  socket.once('data', end).on('error', end).on('close', end);
  socket.write(head);
  return { answered: () => answered, [Symbol.dispose]: () => socket.destroy() };
}

/** Requests with tokens of keys that nobody knows, each another. */
async function unverified(
  { issuer, key, proxy }: TestEnvironment,
  count: number,
  start: string,
): Promise<Held[]> {
  const tokens = await Promise.all(
    Array.from({ length: count }, (_, index) => sign(userClaims(issuer), { ...key, kid: `nobody-${index}` })),
  );
  return tokens.map((token) => hold(proxy.port, `${start}Host: a\r\n${tokenLine(token)}\r\n`));
}

realSuite('requests without a verified token', ['nginx'], ({ nginx }) => {
  test.for([
    ['a small request', 'GET /unverified HTTP/1.1\r\n'],
    ['an upload', 'POST /unverified HTTP/1.1\r\nTransfer-Encoding: chunked\r\n'],
    ['an announced upload', 'POST /unverified HTTP/1.1\r\nContent-Length: 5000000\r\n'],
    ['a body above the limit', 'POST /unverified HTTP/1.1\r\nContent-Length: 500000000\r\n'],
    ['a web socket', 'GET /unverified HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'],
  ] as const)('take no slot from a user while the key server hangs: %s', async ([, start], { expect }) => {
    await using world = await startEnvironment(nginx, { ...quick, maximumUploads: 2 });
    const { proxy, issuer, key, app } = world;
    const known = await sign(userClaims(issuer), key);
    expect((await get(proxy.port, known)).status).toBe(200);
    issuer.mode = 'hang';
    await wait(1_200);
    const held = await unverified(world, flood, start);
    try {
      const waiting = () => held.filter(({ answered }) => !answered()).length;
      // One of them asks for the keys, and some may wait for the answer.
      await until(() => waiting() < 60, 10_000);
      expect(waiting()).toBeGreaterThan(0);
      const fresh = await sign(userClaims(issuer, { jti: 'fresh' }), key);
      const post = `POST /own HTTP/1.1\r\nHost: a\r\n${tokenLine(known)}Content-Length: 1\r\n\r\nx`;
      using own = hold(proxy.port, post);
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => get(proxy.port, index % 2 === 0 ? known : fresh)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      await until(own.answered, 3_000);
      expect(app.received.filter(({ url }) => url === '/unverified')).toEqual([]);
    } finally {
      for (const one of held) one[Symbol.dispose]();
    }
  });

  test('do not keep a proxy without keys from starting', async ({ expect }) => {
    await using world = await startEnvironment(nginx, { ...quick, cold: true }, 'hang');
    const { proxy, issuer, key } = world;
    const held = await unverified(world, flood, 'GET /unverified HTTP/1.1\r\n');
    issuer.mode = 'keys';
    await until(async () => (await proxy.readiness()) === 200, 30_000);
    expect((await get(proxy.port, await sign(userClaims(issuer), key))).status).toBe(200);
    for (const one of held) one[Symbol.dispose]();
  });

  test('do not keep a new key away by going away', async ({ expect }) => {
    await using world = await startEnvironment(nginx, quick);
    const { proxy, issuer } = world;
    const next = await makeKey('k2');
    issuer.keys = [next];
    await wait(1_200);
    for (const one of await unverified(world, 20, 'GET /unverified HTTP/1.1\r\n')) one[Symbol.dispose]();
    const token = await sign(userClaims(issuer), next);
    await until(async () => (await get(proxy.port, token)).status === 200, 8_000);
    expect(issuer.fetches).toBeGreaterThan(1);
  });

  test('are held apart, so that users still have a bound of their own', async ({ expect }) => {
    await using world = await startEnvironment(nginx, { maximumConnections: 3, workers: 1 });
    const { proxy, issuer, key, app } = world;
    const tokens = await Promise.all(
      [1, 2, 3, 4].map((number) => sign(userClaims(issuer, { jti: String(number) }), key)),
    );
    const [last = '', ...first] = tokens;
    const path = '/slow?milliseconds=3000';
    // Tokens that come for the first time are counted as well as those that are known.
    const slow = [...first.map((token) => get(proxy.port, token, path))];
    await until(() => app.received.length === 3);
    expect(await get(proxy.port, last)).toMatchObject({ status: 503, body: 'Service unavailable\n' });
    expect(await get(proxy.port, first[0])).toMatchObject({ status: 503 });
    expect((await get(proxy.port, 'x')).status).toBe(401);
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await get(proxy.port, last)).status).toBe(200);
  });
});
