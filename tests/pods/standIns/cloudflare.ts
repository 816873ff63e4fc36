/**
 * Stands for Cloudflare, in the world around the node: the edge of tunnels, the front to which the name of a tunnel leads,
 * and Access. As the real one:
 * - the front ends TLS, adds `CF-Connecting-IP`, `CF-Ray` and `X-Forwarded-…`, refuses bodies over 100 MB with 413, and
 *   hands a request on through a connection of the tunnel; without one it answers 530 (error 1033);
 * - of a hostname with an Access application it lets a request through whose cookie `CF_Authorization` is a valid token,
 *   as `Cf-Access-Jwt-Assertion` and `Cf-Access-Authenticated-User-Email`, and sends every other one to the login
 *   (developers.cloudflare.com, "Validate JWTs", "Application token");
 * - Access gives its public keys at `/cdn-cgi/access/certs` of the team's name, over TLS.
 *
 * It does not: show a login, know policies (who holds a token may pass), or speak the protocols of the real edge: see
 * `cloudflared.ts`. On a second port it does what it would do if nobody had made the Access application.
 *
 * One argument: a file with {@link Settings}. The keys are those that it says now. It ends with the process that started it,
 * whose end closes its input.
 */
import { readFileSync, watchFile } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';

export interface Settings {
  readonly team: string;
  /** The audience of the Access application of each hostname. */
  readonly applications: Readonly<Record<string, string>>;
  readonly keys: JSONWebKeySet;
  readonly certificate: string;
  readonly privateKey: string;
  /** Where tunnels connect to. */
  readonly edge: { readonly address: string; readonly port: number };
  /** Where names lead to; `unprotected` is the port without Access applications. */
  readonly front: { readonly address: string; readonly port: number; readonly unprotected: number };
}

const file = process.argv[2] ?? '';
const read = (): Settings => JSON.parse(readFileSync(file, 'utf8'));
const settings = read();
const { team, applications, edge, front } = settings;
const login = `${team}.cloudflareaccess.com`;
let published = settings.keys;
let keys = createLocalJWKSet(published);
const largestBody = 100 * 1024 * 1024;
const tunnels = new Set<ClientHttp2Session>();

createServer(acceptTunnel).listen(edge.port, edge.address);
for (const port of [front.port, front.unprotected])
  createHttpsServer({ cert: settings.certificate, key: settings.privateKey }, (request, response) => {
    answer(request, response, port === front.port).catch((error: unknown) => {
      console.error(String(error));
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  }).listen(port, front.address);
watchFile(file, { interval: 100 }, () => {
  published = read().keys;
  keys = createLocalJWKSet(published);
});
process.stdin.on('end', () => process.exit(0)).resume();
console.log('ready');

/** The first line is the registration. From then on the edge asks and the tunnel answers, in HTTP/2. */
function acceptTunnel(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.once('readable', () => {
    const received: Buffer = socket.read() ?? Buffer.alloc(0);
    const end = received.indexOf('\n');
    if (end < 0) return void socket.destroy();
    socket.unshift(received.subarray(end + 1));
    const session = connect('http://tunnel', { createConnection: () => socket });
    tunnels.add(session);
    const gone = (): void => void tunnels.delete(session);
    session.on('close', gone).on('goaway', gone).on('error', gone);
    // A tunnel that ends its side gets no new request. Ours ends when it gets none.
    const control = session.request(
      { ':path': '/', 'cf-cloudflared-proxy-connection-upgrade': 'control-stream' },
      { endStream: false },
    );
    control
      .on('error', gone)
      .on('end', () => {
        gone();
        control.end();
      })
      .resume();
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  isProtected: boolean,
): Promise<void> {
  const host = request.headers.host?.replace(/:\d+$/, '') ?? '';
  const path = request.url ?? '/';
  if (host === login) {
    if (path !== '/cdn-cgi/access/certs') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify(published));
  }
  const added = isProtected && host in applications ? await admitted(request, applications[host] ?? '') : {};
  if (added === undefined)
    return void response.writeHead(302, { location: `https://${login}/cdn-cgi/access/login/${host}` }).end();
  if (Number(request.headers['content-length'] ?? 0) > largestBody) {
    // Who closes a connection while something comes resets it, and the answer may be lost.
    request.resume();
    return void response.writeHead(413).end();
  }
  const [tunnel] = tunnels;
  if (tunnel === undefined) return void response.writeHead(530).end('error code: 1033');
  // The real one uses every connection that there is: the next request gets the next.
  tunnels.delete(tunnel);
  tunnels.add(tunnel);
  const { remoteAddress = '' } = request.socket;
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, host: ____, ...kept } = request.headers;
  const carried = tunnel.request({
    ...kept,
    ...added,
    'cf-connecting-ip': remoteAddress,
    'x-forwarded-for': remoteAddress,
    'x-forwarded-proto': 'https',
    'cf-ray': '7d2a6b1c9e0f3a45-FRA',
    ':method': request.method ?? 'GET',
    ':path': path,
    ':authority': host,
  });
  request.pipe(carried);
  carried.on('response', ({ ':status': status = 502, ...headers }) => {
    response.writeHead(status, headers);
    carried.pipe(response);
  });
  carried.on('error', () => response.destroy());
  // A tunnel that ends may end a stream without an answer, and Node would make an empty 200 of that.
  carried.on('close', () => {
    if (!response.headersSent && !response.destroyed) response.writeHead(502).end();
  });
}

/** What Access adds to a request that it lets through; undefined if it does not. */
async function admitted(
  { headers }: IncomingMessage,
  audience: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const token = /(?:^|;\s*)CF_Authorization=([^;]+)/.exec(headers.cookie ?? '')?.[1] ?? '';
  try {
    const { payload } = await jwtVerify(token, keys, { issuer: `https://${login}`, audience });
    const email = payload['email'];
    return {
      'cf-access-jwt-assertion': token,
      ...(typeof email === 'string' ? { 'cf-access-authenticated-user-email': email } : {}),
    };
  } catch {
    return undefined;
  }
}
