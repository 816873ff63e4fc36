/**
 * Stands for whoami (traefik/whoami 1.12). As the real one (`app.go`, `grpc/whoami.proto`):
 * - it serves HTTP and, without TLS, gRPC by HTTP/2 at the one port of `--port`;
 * - `/bench` answers `1`, and every other path the name of the host;
 * - the method `whoami.Whoami/Whoami` answers the name of the host as field 1, and a method that is not there is
 *   UNIMPLEMENTED;
 * - on SIGTERM it ends.
 *
 * It does not: show what it got, or have its other paths and methods.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer } from 'node:net';
import { hostname } from 'node:os';

const port = Number(process.argv.find((word) => word.startsWith('--port='))?.slice('--port='.length) ?? 80);
const http = createHttpServer(({ url }, response) => {
  response.end(url === '/bench' ? '1' : `Hostname: ${hostname()}\n`);
});
const grpc = createHttp2Server().on('stream', (stream, { ':path': path }) => {
  stream.on('error', () => undefined);
  const common = { ':status': 200, 'content-type': 'application/grpc' };
  if (path !== '/whoami.Whoami/Whoami')
    return void stream.respond({ ...common, 'grpc-status': '12' }, { endStream: true });
  stream.respond(common, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  return void stream.end(
    framed(Buffer.concat([Buffer.of(0x0a, hostname().length), Buffer.from(hostname())])),
  );
});

createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('readable', () => {
    const first: Buffer = socket.read() ?? Buffer.alloc(0);
    socket.unshift(first);
    // What a client of HTTP/2 begins with (RFC 9113, section 3.4).
    (first.toString('latin1').startsWith('PRI ') ? grpc : http).emit('connection', socket);
  });
}).listen(port);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

/** A message that is not compressed, with its length before it. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
