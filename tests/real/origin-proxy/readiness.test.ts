import { createServer } from 'node:net';
import { test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import { startApp } from './app.ts';
import { startEnvironment } from './environment.ts';
import { get } from './exchange.ts';
import { sign, userClaims } from './issuer.ts';
import { appHost, type OriginProxyOptions, until, writeFiles } from './originProxy.ts';

/** The proxy counts as started once it says something. */
const patient: OriginProxyOptions = { cold: true, appWaitSeconds: 600 };

realSuite('the readiness of the origin proxy', ['nginx'], ({ nginx }) => {
  test.concurrent('comes with the first answer of the app, and stays when the app goes', async ({
    expect,
  }) => {
    await using world = await startEnvironment(nginx, patient, 'keys', 'down');
    const { proxy, app, names } = world;
    const token = await sign(userClaims(world.issuer), world.key);
    await until(async () => (await proxy.saysOfReadiness()) === 'app not reached\n');
    expect(await proxy.readiness()).toBe(503);
    // It serves all the same: who asks without a token is refused.
    expect((await get(proxy.port, undefined)).status).toBe(401);
    expect((await get(proxy.port, token)).status).toBe(503);
    const back = await startApp('back', names.addresses.get(appHost), app.port);
    try {
      await until(async () => (await proxy.readiness()) === 200);
      expect(await proxy.saysOfReadiness()).toBe('ready\n');
      // Ready is what can be used.
      expect((await get(proxy.port, token)).body).toBe('hello from back');
      const asked = back.questions();
      expect(await proxy.readiness()).toBe(200);
      expect(back.questions()).toBe(asked);
    } finally {
      await back[Symbol.asyncDispose]();
    }
    expect((await get(proxy.port, token)).status).toBe(503);
    expect((await get(proxy.port, undefined)).status).toBe(401);
    for (let round = 0; round < 10; round += 1) expect(await proxy.readiness()).toBe(200);
    // The rules may change meanwhile.
    writeFiles(proxy.directory, world, proxy.ports, {
      ...patient,
      access: { allowedEmails: ['nobody@example.org'] },
    });
    process.kill(proxy.program.process.pid, 'SIGHUP');
    await until(async () => (await get(proxy.port, token)).status === 401);
    for (let round = 0; round < 10; round += 1) expect(await proxy.readiness()).toBe(200);
  });

  test.concurrent('asks the app no more once it has answered', async ({ expect }) => {
    await using world = await startEnvironment(nginx);
    // Whoever waited for the start may have asked twice before the first answer came.
    const before = world.app.questions();
    expect(before).toBeGreaterThan(0);
    for (let round = 0; round < 20; round += 1) expect(await world.proxy.readiness()).toBe(200);
    expect(world.app.questions()).toBe(before);
    expect(world.app.received).toEqual([]);
  });

  test.concurrent('waits for keys although the app answers', async ({ expect }) => {
    await using world = await startEnvironment(nginx, patient, 'down');
    await until(async () => (await world.proxy.readiness()) !== 0 && world.app.questions() > 0);
    expect(await world.proxy.saysOfReadiness()).toBe('no keys\n');
    expect(await world.proxy.readiness()).toBe(503);
  });

  test.concurrent('does not wait for ever for an app that is down', async ({ expect }) => {
    await using world = await startEnvironment(nginx, { cold: true, appWaitSeconds: 2 }, 'keys', 'down');
    const { proxy } = world;
    const began = performance.now();
    expect(await proxy.readiness()).toBe(503);
    await until(async () => (await proxy.readiness()) === 200);
    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(proxy.program.log()).toContain('gatehouse: the app has not been reached');
    const token = await sign(userClaims(world.issuer), world.key);
    expect((await get(proxy.port, token)).status).toBe(503);
    expect((await get(proxy.port, undefined)).status).toBe(401);
  });

  test.concurrent('answers in the time of a probe when the app says nothing', async ({ expect }) => {
    await using world = await startEnvironment(nginx, patient, 'keys', 'down');
    const { proxy, app } = world;
    await using silent = await startApp('silent', '127.0.0.1', app.port, false);
    const isCut = async () => (await proxy.saysOfReadiness()) === 'app not reached\n';
    await until(async () => (await isCut()) && silent.questions() > 0);
    const began = performance.now();
    expect(await proxy.saysOfReadiness()).toBe('app not reached\n');
    expect(performance.now() - began).toBeLessThan(4_500);
  });

  test.concurrent('counts no connection that is closed at once', async () => {
    await using world = await startEnvironment(nginx, patient, 'keys', 'down');
    const closing = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => closing.listen(world.app.port, '127.0.0.1', resolve));
    try {
      await until(async () => (await world.proxy.saysOfReadiness()) === 'app not reached\n');
    } finally {
      closing.close();
    }
  });

  test.concurrent('needs the name of the app', async ({ expect }) => {
    await using world = await startEnvironment(nginx, patient, 'keys', 'unnamed');
    const { proxy, names } = world;
    await until(async () => (await proxy.saysOfReadiness()) === 'app not reached\n');
    expect(world.app.questions()).toBe(0);
    names.addresses.set(appHost, '127.0.0.1');
    await until(async () => (await proxy.readiness()) === 200, 30_000);
    const token = await sign(userClaims(world.issuer), world.key);
    expect((await get(proxy.port, token)).body).toBe('hello from one');
  });

  test.concurrent('takes nothing from those who ask to the app', async ({ expect }) => {
    await using world = await startEnvironment(nginx);
    const { statusPort, ports } = world.proxy;
    const ask = async (port: number, path: string): Promise<[number, string]> => {
      const headers = { cookie: 'a=b', 'x-forwarded-for': '192.0.2.7', 'cf-access-jwt-assertion': 'x' };
      const url = `http://127.0.0.1:${port}${path}`;
      const answer = await fetch(url, { method: 'POST', body: 'x'.repeat(1000), headers });
      return [answer.status, await answer.text()];
    };
    const before = world.app.questions();
    expect(await ask(statusPort, '/ready?a=b')).toEqual([200, 'ready\n']);
    expect(world.app.questions()).toBe(before);
    for (const path of ['/api', '/?a=b', '/?a=b/c/../d', '/%2e%2e/x', '/a%0d%0ab'])
      expect((await ask(ports.loopbackPort, path))[0]).toBe(404);
    expect(world.app.questions()).toBe(before);
    for (const path of ['/', '/%2f', '//', '/x/..', '/#a']) await ask(ports.loopbackPort, path);
    expect(world.app.questions()).toBeGreaterThan(before);
    expect(world.app.received).toEqual([]);
  });
});
