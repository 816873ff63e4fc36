import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realSuite } from '../fixtures/suite.ts';
import { startEnvironment, type TestEnvironment } from './environment.ts';
import { get, tokenLine } from './exchange.ts';
import { sign, userClaims } from './issuer.ts';

realSuite('streams through the origin proxy', ['nginx'], ({ nginx }) => {
  let world: TestEnvironment;
  let token = '';

  beforeAll(async () => {
    world = await startEnvironment(nginx, { workers: 1, maximumConnections: 300 });
    token = await sign(userClaims(world.issuer), world.key);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test('passes a web socket', async () => {
    const { status, socket } = await openWebSocket(world.proxy.port, token);
    expect(status).toBe(101);
    for (const text of ['hello', 'again']) expect(await echo(socket, text)).toBe(text);
    socket.destroy();
  });

  test('requires a token for a web socket', async () => {
    const hits = world.app.received.length;
    for (const wrong of [undefined, `${token}x`]) {
      const { status, socket } = await openWebSocket(world.proxy.port, wrong);
      socket.destroy();
      expect(status).toBe(401);
    }
    expect(world.app.received.length).toBe(hits);
  });

  test('bounds memory with 250 web sockets, and frees it', async () => {
    const before = residentKiB(world);
    const open = await Promise.all(Array.from({ length: 250 }, () => openWebSocket(world.proxy.port, token)));
    expect(open.filter(({ status }) => status === 101)).toHaveLength(250);
    const each = (residentKiB(world) - before) / open.length;
    for (const { socket } of open) socket.destroy();
    process.stdout.write(`memory of an open web socket: ${each.toFixed(0)} KiB\n`);
    expect(each).toBeLessThan(400);
    expect((await get(world.proxy.port, token)).status).toBe(200);
  });

  test('passes a download of 5 GB in constant memory without the disk', async () => {
    const size = 5 * 1024 ** 3;
    await download(world, token, size / 64, () => undefined);
    const before = residentKiB(world);
    let most = 0;
    const read = await download(world, token, size, () => {
      most = Math.max(most, residentKiB(world));
    });
    expect(read).toBeGreaterThan(size);
    expect(most - before).toBeLessThan(4 * 1024);
    process.stdout.write(
      `memory of the worker: ${before} KiB before, at most ${most} KiB while 5 GB passed\n`,
    );
  });
});

/** Reads a download and drops it; calls `look` for every part in 64. Resolves to the bytes that came. */
function download(
  { proxy }: TestEnvironment,
  token: string,
  size: number,
  look: () => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0;
    let next = 0;
    const socket = connect({ port: proxy.port, host: '127.0.0.1' });
    socket.on('data', (part) => {
      count += part.length;
      if (count < next) return;
      look();
      next += size / 64;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(count));
    socket.write(
      `GET /download?bytes=${size} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${tokenLine(token)}\r\n`,
    );
  });
}

async function openWebSocket(
  port: number,
  token: string | undefined,
): Promise<{ status: number; socket: Socket }> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(
    `GET /api/socket.io HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${tokenLine(token)}\r\n`,
  );
  const head = await new Promise<string>((resolve) => {
    socket.once('data', (part) => resolve(part.toString('latin1')));
    socket.once('error', () => resolve(''));
  });
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), socket };
}

/** Sends a masked text frame and returns the text of the frame that comes back. */
function echo(socket: Socket, text: string): Promise<string> {
  const mask = [1, 2, 3, 4];
  const payload = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, ...mask]), payload]));
  return new Promise((resolve) => {
    socket.once('data', (frame) => resolve(frame.subarray(2).toString('utf8')));
  });
}

/** Memory of the one worker. */
function residentKiB({ proxy }: TestEnvironment): number {
  const { pid } = proxy.program.process;
  const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1]);
}
