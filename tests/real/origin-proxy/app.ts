import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** What reached the app. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  bytes: number;
}

/** A fake of the app behind the proxy, on a loopback address. */
export interface App extends AsyncDisposable {
  readonly port: number;
  /** Every request of a client whose head arrived, in order. */
  readonly received: Received[];
  /** How often the proxy itself asked whether the app can be reached. */
  readonly questions: () => number;
  /** How many connections that carried a client's request the proxy closed before the app did. */
  readonly closedByProxy: () => number;
}

/**
 * `/download?bytes=N` answers with N bytes, `?header=NAME: VALUE` adds a header to any answer, `/slow?milliseconds=N` waits, a web socket is echoed, all else gets
 * `hello from NAME`.
 */
export async function startApp(
  name: string,
  host = '127.0.0.1',
  port = 0,
  answersQuestions = true,
): Promise<App> {
  const received: Received[] = [];
  let questions = 0;
  let closedByProxy = 0;
  const server = createServer((request, response) => {
    if (isQuestion(request)) {
      questions += 1;
      if (answersQuestions) response.writeHead(404).end();
      return;
    }
    const entry = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      bytes: 0,
    };
    received.push(entry);
    request.socket.once('end', () => {
      closedByProxy += 1;
    });
    const url = new URL(entry.url, 'http://app');
    request.on('data', (part: Buffer) => {
      entry.bytes += part.length;
    });
    request.on('end', () => {
      const [header, value] = url.searchParams.get('header')?.split(': ') ?? [];
      if (header !== undefined && value !== undefined) response.setHeader(header, value);
      const bytes = url.searchParams.get('bytes');
      const slow = Number(url.searchParams.get('milliseconds'));
      if (bytes === null) setTimeout(() => response.end(`hello from ${name}`), slow);
      else Readable.from(blocks(Number(bytes))).pipe(response.writeHead(200, { 'Content-Length': bytes }));
    });
  });
  server.on('upgrade', (request, socket) => {
    received.push({ method: 'UPGRADE', url: request.url ?? '', headers: request.headers, bytes: 0 });
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on('data', (frame: Buffer) => socket.write(unmask(frame)));
    for (const end of ['error', 'end']) socket.on(end, () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    questions: () => questions,
    closedByProxy: () => closedByProxy,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What the proxy asks by itself has no header of any client, and no other. */
function isQuestion({ method, url, headers }: IncomingMessage): boolean {
  const { host, 'user-agent': agent, ...others } = headers;
  const isOwn =
    host?.startsWith('app.') === true && agent === 'gatehouse' && Object.keys(others).length === 0;
  return method === 'HEAD' && url === '/' && isOwn;
}

function* blocks(bytes: number): Generator<Buffer> {
  const block = Buffer.alloc(1024 * 1024, 'x');
  for (let left = bytes; left > 0; left -= block.length)
    yield left < block.length ? block.subarray(0, left) : block;
}

/** A short masked text frame (RFC 6455 section 5.2) as the server sends it back: without a mask. */
function unmask(frame: Buffer): Buffer {
  const length = (frame[1] ?? 0) & 0x7f;
  const payload = frame.subarray(6, 6 + length).map((byte, index) => byte ^ (frame[2 + (index % 4)] ?? 0));
  return Buffer.concat([Buffer.from([frame[0] ?? 0, length]), payload]);
}
