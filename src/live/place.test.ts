import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startApiServer } from '../../tests/live/apiServer.ts';
import { thisPlace } from './place.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

async function serving(handle: Handle, onContinue?: Handle) {
  const server = createServer(handle);
  if (onContinue !== undefined) server.on('checkContinue', onContinue);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const place = thisPlace();
const to = (port: number) =>
  ({ host: '127.0.0.1', scheme: 'http', port, path: '/a', patience: 5_000 }) as const;
const zeros = 104_857_601;

describe('a request', () => {
  it('tells the status and where it leads, and goes nowhere', async () => {
    const asked: string[] = [];
    await using server = await serving((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.cookie}`);
      response.writeHead(302, { location: 'https://elsewhere.example/' }).end('no');
    });
    const seen = await place.request({ ...to(server.port), headers: { Cookie: 'a=b' } });
    expect(seen).toEqual({ status: 302, location: 'https://elsewhere.example/', body: undefined });
    expect(asked).toEqual(['GET /a a=b']);
  });

  it('reads no more of an answer than was asked', async () => {
    await using server = await serving((_, response) => void response.end('x'.repeat(1_000_000)));
    expect(await place.request({ ...to(server.port), read: 3 })).toMatchObject({ body: 'xxx' });
  });

  const silent = () => serving(() => undefined);
  const gone = async (): Promise<Partial<AsyncDisposable> & { port: number }> => {
    await using server = await silent();
    return { port: server.port };
  };
  const broken = () => serving((request) => void request.socket.destroy());
  it.each([
    ['nobody listens', gone, 'nobody answers there (ECONNREFUSED)'],
    ['nobody answers', silent, 'nobody answered in time (ETIMEDOUT)'],
    ['the connection breaks', broken, 'the connection broke (ECONNRESET)'],
  ])('says why nothing came back: %s', async (_, start, failure) => {
    const server = await start();
    expect(await place.request({ ...to(server.port), patience: 100 })).toEqual({ failure });
    await server[Symbol.asyncDispose]?.();
  });
});

describe('a large body', () => {
  it('is not sent where the server refuses it by its size', async () => {
    let received = 0;
    await using server = await serving(
      (request) => void request.on('data', (part: Buffer) => (received += part.length)),
      (request, response) => {
        expect(request.headers['content-length']).toBe(String(zeros));
        response.writeHead(413).end();
      },
    );
    expect(await place.request({ ...to(server.port), method: 'POST', body: { zeros } })).toMatchObject({
      status: 413,
    });
    expect(received).toBe(0);
  });

  it('is broken off where the server answers early', async () => {
    let received = 0;
    await using server = await serving((request, response) => {
      request.on('data', (part: Buffer) => {
        received += part.length;
        if (!response.headersSent) response.writeHead(413).end();
      });
    });
    expect(await place.request({ ...to(server.port), method: 'POST', body: { zeros } })).toMatchObject({
      status: 413,
    });
    expect(received).toBeLessThan(zeros);
  });

  it('is told from a smaller one where the server closes the connection with its answer', async () => {
    await using server = await serving((request, response) => {
      response.writeHead(413, { connection: 'close' }).end(() => request.socket.destroySoon());
    });
    expect(await place.request({ ...to(server.port), method: 'POST', body: { zeros } })).toMatchObject({
      status: 413,
    });
  });

  /** Serves by bytes, as one that answers before it has read the request, and closes at once. */
  async function rawServing(onConnection: (socket: Socket, count: number) => void) {
    const sockets: Socket[] = [];
    const server = createTcpServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      onConnection(socket, sockets.length);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      port: (server.address() as AddressInfo).port,
      sockets,
      [Symbol.asyncDispose]: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }
  const refusal = 'HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
  const refuse = (socket: Socket): void => void socket.write(refusal, () => socket.resetAndDestroy());

  it('is told from a smaller one where the server asks for it, answers, and resets the connection', async () => {
    await using server = await rawServing((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 100 Continue\r\n\r\n')),
    );
    // The answer and the reset come between what the client reads and what it does upon it: whoever writes now reads no more.
    const between = (message: unknown): void => {
      const { socket } = message as { socket: Socket };
      socket.once('data', () => {
        for (const other of server.sockets) {
          other.write(refusal);
          other.resetAndDestroy();
        }
      });
    };
    subscribe('net.client.socket', between);
    try {
      expect(await place.request({ ...to(server.port), method: 'POST', body: { zeros } })).toMatchObject({
        status: 413,
      });
    } finally {
      unsubscribe('net.client.socket', between);
    }
    expect(server.sockets).toHaveLength(1);
  });

  it('is sent once more where the connection breaks while it is on the way', async () => {
    await using server = await rawServing((socket, count) => {
      if (count > 1) return void socket.once('data', () => refuse(socket));
      socket.on('data', (part: Buffer) => {
        if (part.at(-1) === 0) socket.resetAndDestroy();
      });
    });
    expect(
      await place.request({ ...to(server.port), patience: 1_000, method: 'POST', body: { zeros } }),
    ).toMatchObject({
      status: 413,
    });
    expect(server.sockets).toHaveLength(2);
  });

  it('says how much was sent where the connection breaks each time', async () => {
    await using server = await rawServing((socket) =>
      socket.on('data', (part: Buffer) => {
        if (part.at(-1) === 0) socket.resetAndDestroy();
      }),
    );
    expect(
      await place.request({ ...to(server.port), patience: 1_000, method: 'POST', body: { zeros } }),
    ).toEqual({
      failure: expect.stringMatching(
        /^the connection broke \((ECONNRESET|EPIPE)\) when [1-9]\d* bytes were sent, and before: the connection broke \((ECONNRESET|EPIPE)\) when [1-9]\d* bytes were sent$/,
      ),
    });
    expect(server.sockets).toHaveLength(2);
  });

  it('reaches a server that takes it, whole', async () => {
    let received = 0;
    await using server = await serving((request, response) => {
      request.on('data', (part: Buffer) => (received += part.length));
      request.on('end', () => response.writeHead(201).end());
    });
    expect(await place.request({ ...to(server.port), method: 'POST', body: { zeros } })).toMatchObject({
      status: 201,
    });
    expect(received).toBe(zeros);
  });
});

describe('a certificate', () => {
  it('is told with its days and why this computer does not trust it', async () => {
    await using server = await startApiServer(() => undefined, { addresses: ['127.0.0.1'] });
    const seen = await thisPlace({ httpsPort: server.port }).certificate('localhost', 5_000);
    if ('failure' in seen) throw new Error(seen.failure);
    expect(seen.fault).toContain('this computer does not trust who signed the certificate');
    expect(seen.from.getTime()).toBeLessThan(Date.now());
    expect(seen.until.getTime()).toBeGreaterThan(Date.now());
  });

  it('cannot be told where TLS is not spoken', async () => {
    await using server = await serving(() => undefined);
    const seen = await thisPlace({ httpsPort: server.port }).certificate('localhost', 5_000);
    expect(seen).toEqual({ failure: expect.any(String) });
  });
});

it('tells a name that does not exist, or that nobody could look up, from one that does', async () => {
  expect(await place.addresses('localhost')).toEqual(expect.arrayContaining(['127.0.0.1']));
  const none = await place.addresses('nowhere.invalid');
  expect([[], { failure: expect.stringContaining('cannot be looked up') }]).toContainEqual(none);
});
