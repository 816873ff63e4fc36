import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyBufferBytes } from '../../../src/components/origin-proxy/nginx.ts';
import { realSuite } from '../fixtures/suite.ts';
import { startEnvironment, type TestEnvironment } from './environment.ts';
import { exchange, tokenLine } from './exchange.ts';
import { sign, userClaims } from './issuer.ts';
import { until } from './originProxy.ts';

const limit = 104_857_600;
const block = Buffer.alloc(1024 * 1024, 'x');

function* bytes(count: number): Generator<Buffer> {
  for (let left = count; left > 0; left -= block.length)
    yield left < block.length ? block.subarray(0, left) : block;
}

function* chunks(count: number): Generator<Buffer> {
  for (const part of bytes(count)) {
    yield Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
  }
  yield Buffer.from('0\r\n\r\n');
}

realSuite('bodies through the origin proxy', ['nginx'], ({ nginx }) => {
  let world: TestEnvironment;
  let token = '';

  beforeAll(async () => {
    world = await startEnvironment(nginx, { maximumUploads: 2 });
    token = await sign(userClaims(world.issuer), world.key);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const post = (who: string | undefined, framing: string, body: Iterable<Buffer>) =>
    exchange(
      world.proxy.port,
      `POST /upload HTTP/1.1\r\nHost: a\r\n${tokenLine(who)}${framing}\r\n\r\n`,
      body,
    );

  test.each<
    [
      name: string,
      who: 'owner' | 'nobody' | 'forger',
      framing: string,
      body: () => Iterable<Buffer>,
      status: number,
    ]
  >([
    ['exactly the limit', 'owner', `Content-Length: ${limit}`, () => bytes(limit), 200],
    ['one byte more', 'owner', `Content-Length: ${limit + 1}`, () => bytes(limit + 1), 413],
    ['ten times as much, announced', 'owner', `Content-Length: ${limit * 10}`, () => [], 413],
    ['chunked, exactly the limit', 'owner', 'Transfer-Encoding: chunked', () => chunks(limit), 200],
    ['chunked, one byte more', 'owner', 'Transfer-Encoding: chunked', () => chunks(limit + 1), 413],
    ['one byte more without a token', 'nobody', `Content-Length: ${limit + 1}`, () => bytes(limit + 1), 401],
    ['one byte more with a bad token', 'forger', `Content-Length: ${limit + 1}`, () => bytes(limit + 1), 401],
    [
      'chunked, one byte more, without a token',
      'nobody',
      'Transfer-Encoding: chunked',
      () => chunks(limit + 1),
      401,
    ],
    [
      'chunked, one byte more, with a bad token',
      'forger',
      'Transfer-Encoding: chunked',
      () => chunks(limit + 1),
      401,
    ],
    ['a small one without a token', 'nobody', 'Content-Length: 5', () => [Buffer.from('hello')], 401],
    ['a small one', 'owner', 'Content-Length: 5', () => [Buffer.from('hello')], 200],
  ])('%s from %s', async (_name, who, framing, body, status) => {
    const hits = world.app.received.length;
    const answer = await post({ owner: token, nobody: undefined, forger: `${token}x` }[who], framing, body());
    expect(answer.status).toBe(status);
    expect(world.app.received.length - hits).toBe(status === 200 ? 1 : 0);
    if (status === 413) expect(answer.body).toMatch(/100 MiB.*\n.*LAN.*VPN/);
    if (status === 401) expect(answer.body).toBe('Unauthorized\n');
  });

  test('delivers complete bodies to the app', () => {
    const sizes = world.app.received.filter(({ url }) => url === '/upload').map(({ bytes: size }) => size);
    expect(sizes).toEqual([limit, limit, 5]);
  });

  /** An upload that lacks its last byte. nginx counts one that it has refused until it has read its end, and refuses another. */
  async function unendedUpload(): Promise<Socket> {
    const held = bytesHeld(world);
    const answers: string[] = [];
    let socket: Socket | undefined;
    await until(() => {
      const [other] = answers.filter((answer) => !/^HTTP\/1\.1 503 |ECONNRESET|EPIPE/.test(answer));
      if (other !== undefined) throw new Error(other);
      socket ??= beginUpload((answer) => {
        answers.push(answer);
        socket = undefined;
      });
      return bytesHeld(world) - held >= limit - block.length;
    });
    if (socket === undefined) throw new Error(`it was ended: ${answers.join()}`);
    return socket;
  }

  function beginUpload(ended: (answer: string) => void): Socket {
    const upload = connect({ port: world.proxy.port, host: '127.0.0.1' });
    upload.once('error', ({ message }) => ended(message));
    upload.once('data', (answer) => {
      upload.destroy();
      ended(answer.toString('latin1'));
    });
    upload.write(`POST / HTTP/1.1\r\nHost: a\r\n${tokenLine(token)}Content-Length: ${limit}\r\n\r\n`);
    for (const part of bytes(limit - 1)) upload.write(part);
    return upload;
  }

  test('never stores more than the size of the volume, and refuses one upload too many', async () => {
    const held = () => bytesHeld(world);
    const uploads = [await unendedUpload(), await unendedUpload()];
    expect(held()).toBeGreaterThanOrEqual(2 * (limit - block.length));
    expect(held()).toBeLessThan(bodyBufferBytes({ bodyLimitBytes: limit, maximumUploads: 2 }));
    expect((await post(token, `Content-Length: ${limit}`, [])).status).toBe(503);
    expect((await post(token, 'Transfer-Encoding: chunked', chunks(10))).status).toBe(503);
    expect((await post(token, 'Content-Length: 5', [Buffer.from('hello')])).status).toBe(200);
    for (const upload of uploads) upload.destroy();
    await until(() => held() === 0);
    await wait(100);
    expect((await post(token, 'Transfer-Encoding: chunked', chunks(10))).status).toBe(200);
  });
});

/** The disk usage of bodies in transfer. nginx unlinks the files at once, so open files are counted. */
function bytesHeld({ proxy }: TestEnvironment): number {
  const { pid } = proxy.program.process;
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const open = workers.flatMap((worker) =>
    readdirSync(`/proc/${worker}/fd`).map((fd) => `/proc/${worker}/fd/${fd}`),
  );
  const bodies = open.filter((file) => linkOf(file).startsWith(join(proxy.directory, 'bodies')));
  return bodies.reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.blocks ?? 0) * 512,
    0,
  );
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    // It was closed in the meantime.
    return '';
  }
}
