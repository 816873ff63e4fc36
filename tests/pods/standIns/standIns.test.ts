// Crosses the programs that stand for the real ones with each other, as processes of their own: no cluster is needed.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { request } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccessKeys, createAccessKeys, signAccessToken } from './accessTokens.ts';
import { bundledStandIn, type StandIn } from './programs.ts';
import { matchingRule, whyRefused } from './tunnelRules.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-stand-ins-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});

async function start(
  name: StandIn,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const file = join(scratch, `${name}.mjs`);
  if (!existsSync(file)) writeFileSync(file, await bundledStandIn(name));
  const child = spawn(process.execPath, [file, ...parameters], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  return child;
}

/** A port of loopback that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Asks until there is an answer. */
async function until<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 200) throw error;
      await wait(50);
    }
  }
}

describe('the stand-in of Immich', () => {
  let origin = '';
  let child: ChildProcess;
  const library = join(scratch, 'library');
  const account = { email: 'Owner@example.org', password: 'pass', name: 'Owner' };
  const post = (
    path: string,
    body: object | string,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(origin + path, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const launch = async (env: Record<string, string> = {}): Promise<void> => {
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    execFileSync('mkdir', ['-p', library]);
    child = await start('immich', [], { IMMICH_MEDIA_LOCATION: library, IMMICH_PORT: `${port}`, ...env });
    await until(() => fetch(`${origin}/api/server/ping`));
  };

  test('makes the first caller the administrator, and remembers it', async () => {
    await launch();
    expect(await (await fetch(`${origin}/api/server/config`)).json()).toMatchObject({ isInitialized: false });
    expect((await post('/api/auth/admin-sign-up', { email: 'no' })).status).toBe(400);
    expect((await post('/api/auth/admin-sign-up', account)).status).toBe(201);
    expect((await post('/api/auth/admin-sign-up', account)).status).toBe(400);
    expect((await post('/api/auth/login', { ...account, password: 'other' })).status).toBe(401);
    expect((await post('/api/auth/login', account)).status).toBe(201);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    await launch();
    expect(await (await fetch(`${origin}/api/server/config`)).json()).toMatchObject({ isInitialized: true });
    expect(readFileSync(join(library, 'upload', '.immich'), 'utf8')).toMatch(/^\d+$/);
    child.kill('SIGTERM');
  });

  test('refuses an upload without a login, and one that the database does not see', async () => {
    await launch({ DB_HOSTNAME: '127.0.0.1', DB_PORT: '1', REDIS_HOSTNAME: '127.0.0.1' });
    expect((await post('/api/assets', 'photo')).status).toBe(401);
    const session = await (await post('/api/auth/login', account)).json();
    const headers = { authorization: `Bearer ${Reflect.get(Object(session), 'accessToken')}` };
    expect((await post('/api/assets', 'photo', headers)).status).toBe(500);
    child.kill('SIGTERM');
  });

  test('offers OpenID Connect where its configuration says so, and no setup where that is off', async () => {
    const file = join(scratch, 'immich.json');
    writeFileSync(
      file,
      JSON.stringify({ oauth: { enabled: true, issuerUrl: 'https://127.0.0.1:1/', clientId: 'x' } }),
    );
    await launch({ IMMICH_CONFIG_FILE: file, IMMICH_ALLOW_SETUP: 'false' });
    expect(await (await fetch(`${origin}/api/server/features`)).json()).toMatchObject({ oauth: true });
    expect((await post('/api/oauth/authorize', {})).status).toBe(500);
    expect((await post('/api/auth/admin-sign-up', account)).status).toBe(400);
    child.kill('SIGTERM');
  });

  test('does not start on a library from which a directory is gone', async () => {
    rmSync(join(library, 'upload', '.immich'));
    const port = await freePort();
    const refused = await start('immich', [], { IMMICH_MEDIA_LOCATION: library, IMMICH_PORT: `${port}` });
    expect((await once(refused, 'exit'))[0]).toBe(1);
  });
});

test('the stand-in of machine learning answers its probe, and says when it cannot have a model', async () => {
  const port = await freePort();
  const child = await start('machine-learning', [], { IMMICH_PORT: `${port}`, SSL_CERT_FILE: '/dev/null' });
  const ping = await until(() => fetch(`http://127.0.0.1:${port}/ping`));
  expect(await ping.text()).toBe('pong');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('the stand-in of echo answers with what it got', async () => {
  const port = await freePort();
  const child = await start('echo', [], { HTTP_PORT: `${port}` });
  const url = `http://127.0.0.1:${port}/a?b=c`;
  const answer = await until(() => fetch(url, { method: 'POST', body: 'd', headers: { 'x-e': 'f' } }));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    ...{ path: '/a', method: 'POST', body: 'd', query: { b: 'c' }, hostname: '127.0.0.1' },
    headers: { 'x-e': 'f', host: `127.0.0.1:${port}` },
  });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('the stand-in of whoami answers by HTTP and by gRPC at one port', async () => {
  const port = await freePort();
  const child = await start('whoami', [`--port=${port}`]);
  const bench = await until(() => fetch(`http://127.0.0.1:${port}/bench`));
  expect(await bench.text()).toBe('1');
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const statusOf = (method: string) =>
    new Promise((resolve, reject) => {
      const call = session.request({ ':method': 'POST', ':path': `/whoami.Whoami/${method}` });
      const answered = (headers: object): void => {
        if ('grpc-status' in headers) resolve(headers['grpc-status']);
      };
      call.on('response', answered).on('trailers', answered).on('error', reject).resume().end();
    });
  expect(await statusOf('Whoami')).toBe('0');
  expect(await statusOf('Other')).toBe('12');
  session.close();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('the stand-in of an issuer gives the keys that it is told, over TLS', async () => {
  const port = await freePort();
  const file = join(scratch, 'issuer.json');
  const { certificate, privateKey: key } = selfSigned();
  const tell = (kid: string) =>
    writeFileSync(
      file,
      JSON.stringify({
        ...{ address: '127.0.0.1', port, certificate, key, path: '/keys' },
        keys: { keys: [{ kid }] },
      }),
    );
  const asked = (path: string) =>
    new Promise<readonly [number | undefined, string]>((resolve, reject) => {
      const to = { host: '127.0.0.1', port, path, ca: certificate, servername: 'photos.example.org' };
      request(to, (response) => {
        let text = '';
        response.on('data', (part) => (text += part));
        response.on('end', () => resolve([response.statusCode, text]));
      })
        .on('error', reject)
        .end();
    });
  tell('one');
  const child = await start('issuer', [file]);
  expect(await until(() => asked('/keys'))).toEqual([200, '{"keys":[{"kid":"one"}]}']);
  tell('two');
  expect(await asked('/keys')).toEqual([200, '{"keys":[{"kid":"two"}]}']);
  expect((await asked('/'))[0]).toBe(404);
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

describe('the rules of the tunnel', () => {
  const rules = [
    { hostname: 'photos.example.org', service: 'http://one:80' },
    { hostname: '*.example.org', path: '^/api', service: 'http://two:80' },
    { hostname: 'photos.example.org', service: 'http://three:80' },
    { service: 'http_status:404' },
  ];
  test.each([
    ['photos.example.org', '/', 'http://one:80'],
    ['photos.example.org:8080', '/api', 'http://one:80'],
    ['music.example.org', '/api/x', 'http://two:80'],
    ['music.example.org', '/', 'http_status:404'],
    ['example.org', '/api', 'http_status:404'],
    ['evil-photos.example.org.net', '/', 'http_status:404'],
  ])('lead %s%s to %s', (host, path, service) => {
    expect(matchingRule(rules, host, path)?.service).toBe(service);
  });
  test.each([
    [[{ hostname: 'a.example.org', service: 'http://x:80' }], 'last ingress rule'],
    [[{ service: 'http://x:80' }, { service: 'http_status:404' }], 'matching every hostname'],
    [[{ hostname: 'a*.example.org', service: 'http://x:80' }, { service: 'http_status:404' }], 'wildcard'],
    [[{ hostname: 'a.example.org:80', service: 'http://x:80' }, { service: 'http_status:404' }], 'port'],
    [[{ service: 'http://x:80/path' }], 'different path'],
  ])('are refused: %j', (wrong, why) => {
    expect(whyRefused(wrong)).toContain(why);
  });
  test('are accepted', () => expect(whyRefused(rules)).toBeUndefined());
});

describe('the stand-ins of Cloudflare and its tunnel', () => {
  const audience = 'a'.repeat(64);
  let keys: AccessKeys;
  let edge = 0;
  let front = 0;
  let unprotected = 0;
  let metrics = 0;
  let tunnel: ChildProcess;
  let origin: Server;
  const seen: { url: string | undefined; headers: NodeJS.Dict<string | string[]> }[] = [];

  beforeAll(async () => {
    keys = await createAccessKeys('one');
    edge = await freePort();
    [front, unprotected, metrics] = [await freePort(), await freePort(), await freePort()];
    origin = createServer(async ({ url, headers }, response) => {
      seen.push({ url, headers });
      if (url === '/slow') await wait(500);
      response.end(`origin ${url}`);
    }).listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const settings = { team: 'team', applications: { 'photos.example.org': audience }, keys: keys.public };
    const places = {
      edge: { address: '127.0.0.1', port: edge },
      front: { address: '127.0.0.1', port: front, unprotected },
    };
    const file = join(scratch, 'cloudflare.json');
    writeFileSync(file, JSON.stringify({ ...settings, ...places, ...selfSigned() }));
    await once((await start('cloudflare', [file])).stdout ?? process.stdin, 'data');
    const configuration = {
      tunnel: 'id',
      'credentials-file': join(scratch, 'credentials.json'),
      metrics: `127.0.0.1:${metrics}`,
      ingress: [
        { hostname: 'photos.example.org', service: `http://127.0.0.1:${portOf(origin)}` },
        {
          hostname: 'shut.example.org',
          service: 'http_status:200',
          originRequest: { access: { required: true } },
        },
        { service: 'http_status:404' },
      ],
    };
    writeFileSync(configuration['credentials-file'], JSON.stringify({ AccountTag: 'x', TunnelSecret: 'y' }));
    const yaml = join(scratch, 'config.yaml');
    writeFileSync(yaml, JSON.stringify(configuration));
    tunnel = await start('cloudflared', ['tunnel', '--config', yaml, 'run'], {
      TUNNEL_EDGE: `127.0.0.1:${edge}`,
    });
    await until(async () => expect((await fetch(`http://127.0.0.1:${metrics}/ready`)).status).toBe(200));
  }, 60_000);
  afterAll(() => origin.close());

  function ask(
    port: number,
    host: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<[number, string]> {
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        path,
        headers: { host, ...headers },
        rejectUnauthorized: false,
      };
      request(options, async (response) => {
        let text = '';
        for await (const part of response) text += part;
        resolve([response.statusCode ?? 0, text]);
      })
        .on('error', reject)
        .end();
    });
  }
  const token = (changes = {}): Promise<string> =>
    signAccessToken(keys, { team: 'team', audience, email: 'owner@example.org', ...changes });

  test('send a request without a session to the login, and one with a session to the origin', async () => {
    expect((await ask(front, 'photos.example.org', '/'))[0]).toBe(302);
    expect((await ask(front, 'photos.example.org', '/', { cookie: 'CF_Authorization=x' }))[0]).toBe(302);
    const late = await token({ seconds: -60 });
    expect((await ask(front, 'photos.example.org', '/', { cookie: `CF_Authorization=${late}` }))[0]).toBe(
      302,
    );
    const cookie = `CF_Authorization=${await token()}`;
    expect(await ask(front, 'photos.example.org', '/a?b=c', { cookie })).toEqual([200, 'origin /a?b=c']);
    expect(seen.at(-1)?.headers).toMatchObject({
      host: 'photos.example.org',
      'cf-access-authenticated-user-email': 'owner@example.org',
      'cf-connecting-ip': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
  });

  test('hand on what nobody protects, and answer by the rules of the tunnel', async () => {
    expect(await ask(unprotected, 'photos.example.org', '/')).toEqual([200, 'origin /']);
    expect((await ask(front, 'other.example.org', '/'))[0]).toBe(404);
    expect((await ask(front, 'shut.example.org', '/'))[0]).toBe(403);
    const large = { cookie: `CF_Authorization=${await token()}`, 'content-length': `${101 * 1024 * 1024}` };
    expect((await ask(front, 'photos.example.org', '/', large))[0]).toBe(413);
  });

  test('give the public keys of the team', async () => {
    const [status, text] = await ask(front, 'team.cloudflareaccess.com', '/cdn-cgi/access/certs');
    expect([status, JSON.parse(text)]).toEqual([200, keys.public]);
    expect(text).not.toContain('"d"');
  });

  test('finish an open request when the tunnel ends, and say then that there is none', async () => {
    const open = ask(unprotected, 'photos.example.org', '/slow');
    await wait(150);
    tunnel.kill('SIGTERM');
    expect(await open).toEqual([200, 'origin /slow']);
    expect(await once(tunnel, 'exit')).toEqual([0, null]);
    await until(async () => expect((await ask(unprotected, 'photos.example.org', '/'))[0]).toBe(530));
  });

  test('give nobody an answer that no origin gave, where a tunnel ends in the middle', async () => {
    // It takes the control stream, with which the edge begins, and breaks on the first request.
    const broken = createHttp2Server().on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      if ('cf-cloudflared-proxy-connection-upgrade' in headers) stream.respond();
      else stream.session?.destroy();
    });
    await until(async () => {
      const socket = connect(edge, '127.0.0.1', () => {
        socket.write('{}\n');
        broken.emit('connection', socket);
      });
      expect((await ask(unprotected, 'photos.example.org', '/'))[0]).toBe(502);
    });
  });
});

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function selfSigned(): { certificate: string; privateKey: string } {
  const [key, certificate] = [join(scratch, 'key.pem'), join(scratch, 'certificate.pem')];
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ...['-subj', '/CN=photos.example.org', '-keyout', key, '-out', certificate],
  ]);
  return { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(key, 'utf8') };
}
