import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'vitest';
import { nginxPaths } from '../../../src/components/origin-proxy/nginx.ts';
import { isRunning } from '../fixtures/scratch.ts';
import { realSuite } from '../fixtures/suite.ts';
import { startApp } from './app.ts';
import { startEnvironment, type TestEnvironment } from './environment.ts';
import { get } from './exchange.ts';
import { sign, userClaims } from './issuer.ts';
import { appHost, until, writeFiles } from './originProxy.ts';

realSuite('the life cycle of the origin proxy', ['nginx'], ({ nginx }) => {
  test.concurrent('finishes requests on stop and accepts no new ones', async ({ expect }) => {
    await using world = await startEnvironment(nginx);
    const token = await owner(world);
    const slow = get(world.proxy.port, token, '/slow?milliseconds=1500');
    await until(() => world.app.received.length === 1);
    process.kill(world.proxy.program.process.pid, 'SIGQUIT');
    await until(async () => (await get(world.proxy.port, token)).status === 0);
    expect(isRunning(world.proxy.program.process)).toBe(true);
    expect((await slow).status).toBe(200);
    await until(() => !isRunning(world.proxy.program.process));
  });

  test.concurrent('is stopped by its own configuration, whatever that of the image says', async ({
    expect,
  }) => {
    await using world = await startEnvironment(nginx);
    const { directory, port, program } = world.proxy;
    const slow = get(port, await owner(world), '/slow?milliseconds=1500');
    await until(() => world.app.received.length === 1);
    // Of the image, another file may have the number of the process, or none.
    const quit = async (...which: string[]): Promise<number> => {
      const words = ['-e', join(directory, 'stop.log'), ...which, '-s', 'quit'];
      const [code] = await once(spawn(nginx.path, words, { stdio: 'ignore' }), 'exit');
      return code;
    };
    expect(await quit()).not.toBe(0);
    expect(isRunning(program.process)).toBe(true);
    expect(await quit('-c', join(directory, nginxPaths.configurationFile))).toBe(0);
    await until(async () => (await get(port, undefined)).status === 0);
    expect((await slow).status).toBe(200);
    await until(() => !isRunning(program.process));
  });

  test.concurrent('does not wait forever on stop', async ({ expect }) => {
    await using world = await startEnvironment(nginx, { shutdownSeconds: 1 });
    const slow = get(world.proxy.port, await owner(world), '/slow?milliseconds=600000');
    await until(() => world.app.received.length === 1);
    process.kill(world.proxy.program.process.pid, 'SIGQUIT');
    await until(() => !isRunning(world.proxy.program.process));
    expect((await slow).status).toBe(0);
  });

  test.concurrent('changes the rules on reload, keeps the keys and drops no request', async ({ expect }) => {
    await using world = await startEnvironment(nginx);
    const { proxy, issuer } = world;
    const token = await owner(world);
    const slow = get(proxy.port, token, '/slow?milliseconds=1500');
    await until(() => world.app.received.length === 1);
    writeFiles(proxy.directory, world, proxy.ports, { access: { allowedEmails: ['other@example.org'] } });
    issuer.mode = 'down';
    process.kill(proxy.program.process.pid, 'SIGHUP');
    const other = await sign(userClaims(issuer, { email: 'other@example.org' }), world.key);
    const third = () => sign(userClaims(issuer, { jti: Math.random() }), world.key);
    // For a moment the old workers accept connections together with the new ones.
    await until(async () => (await get(proxy.port, await third())).status === 401);
    await until(async () => (await get(proxy.port, other)).status === 200);
    await until(async () => (await get(proxy.port, token)).status === 401);
    expect((await slow).status).toBe(200);
    expect((await get(proxy.port, other)).status).toBe(200);
    expect((await get(proxy.port, token)).status).toBe(401);
    expect(await proxy.readiness()).toBe(200);
  });

  // nginx does not send a POST again whose connection the app has just closed.
  test.concurrent('closes an idle connection before the app does, after 5 s with Node', async ({
    expect,
  }) => {
    await using world = await startEnvironment(nginx);
    expect((await get(world.proxy.port, await owner(world))).status).toBe(200);
    await until(() => world.app.closedByProxy() === 1);
  });

  test.concurrent('does not start with an unsubstituted configuration', async ({ expect }) => {
    const edit = (text: string) =>
      text.replace(
        /js_var \$gatehouse_issuer .*;/,
        'js_var $gatehouse_issuer "https://${ACCESS_TEAM}.cloudflareaccess.com";',
      );
    await expect(startEnvironment(nginx, { edit })).rejects.toThrow(/unknown "access_team" variable/i);
  });

  test.concurrent('finds the app again at another address', async ({ expect }) => {
    await using world = await startEnvironment(nginx);
    const token = await owner(world);
    expect((await get(world.proxy.port, token)).body).toBe('hello from one');
    await using moved = await startApp('two', '127.0.0.2', world.app.port);
    world.names.addresses.set(appHost, '127.0.0.2');
    await until(async () => (await get(world.proxy.port, token)).body === 'hello from two', 20_000);
    expect(moved.received.length).toBeGreaterThan(0);
  });

  test.concurrent('starts before the name of the app exists, answers 503 and then finds it', async ({
    expect,
  }) => {
    await using world = await startEnvironment(nginx);
    const { names, proxy } = world;
    const token = await owner(world);
    const address = names.addresses.get(appHost) ?? '';
    await world.app[Symbol.asyncDispose]();
    const down = await get(proxy.port, token);
    expect(down).toMatchObject({ status: 503, body: 'Service unavailable\n' });
    await using _back = await startApp('back', address, world.app.port);
    await until(async () => (await get(proxy.port, token)).body === 'hello from back');
  });

  test.concurrent('serves metrics and readiness on another port than the tunnel', async ({ expect }) => {
    await using world = await startEnvironment(nginx);
    const token = await owner(world);
    for (const path of ['/metrics', '/ready', '/live']) {
      expect((await get(world.proxy.port, token, path)).body).toBe('hello from one');
      expect((await get(world.proxy.statusPort, undefined, path)).status).toBe(200);
    }
    expect((await get(world.proxy.statusPort, token, '/photo')).status).toBe(404);
  });
});

function owner({ issuer, key }: TestEnvironment): Promise<string> {
  return sign(userClaims(issuer), key);
}
