import { connect, type Socket } from 'node:net';

/** What came back on a connection. */
export interface Exchanged {
  /** Status of the first answer; 0 when the connection was closed without one. */
  status: number;
  head: string;
  body: string;
}

/** The token's header line; nothing without a token. */
export function tokenLine(token: string | undefined): string {
  return token === undefined ? '' : `Cf-Access-Jwt-Assertion: ${token}\r\n`;
}

/** Sends bytes as they are and reads until the server closes or a whole answer with a length has come. */
export function exchange(
  port: number,
  ...parts: readonly (string | Buffer | Iterable<Buffer>)[]
): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    const finish = () => {
      socket.destroy();
      const [head = '', ...rest] = text.split('\r\n\r\n');
      resolve({
        status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
        head,
        body: rest.join('\r\n\r\n'),
      });
    };
    socket.setEncoding('latin1');
    socket.setMaxListeners(0);
    socket.on('data', (part: string) => {
      text += part;
      if (isWhole(text)) finish();
    });
    socket.on('error', finish);
    socket.on('close', finish);
    void send(socket, parts);
  });
}

/** A request without a body, as a browser behind the tunnel sends it. */
export function get(port: number, token: string | undefined, path = '/', more = ''): Promise<Exchanged> {
  return exchange(port, `GET ${path} HTTP/1.1\r\nHost: photos.example.org\r\n${tokenLine(token)}${more}\r\n`);
}

async function send(socket: Socket, parts: readonly (string | Buffer | Iterable<Buffer>)[]): Promise<void> {
  for (const part of parts) {
    const pieces = typeof part === 'string' || Buffer.isBuffer(part) ? [part] : part;
    for (const piece of pieces) {
      if (socket.destroyed) return;
      if (!socket.write(piece))
        await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
    }
  }
}

/** Whether an answer has come to its end. */
export function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  if (length !== undefined) return text.length >= end + 4 + Number(length);
  return /\r\ntransfer-encoding: chunked/i.test(text.slice(0, end)) && text.endsWith('0\r\n\r\n');
}
