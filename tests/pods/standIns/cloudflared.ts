/**
 * Stands for cloudflared. As the real one (cloudflare/cloudflared):
 * - it runs as `tunnel --config FILE run`, reads the configuration and the credentials that are mounted, and does not
 *   start with rules that the real one refuses (ingress/ingress.go);
 * - it connects to Cloudflare's edge by TCP on port 7844, as `protocol: http2` does, serves HTTP/2 on that connection
 *   (connection/http2.go), and connects again when it breaks;
 * - it hands each request on to the service of the first rule that matches, with the hostname that was asked for, on
 *   connections that it keeps;
 * - a rule with `access.required` answers 403 without a token or with another audience, and 502 with a token that does
 *   not verify (ingress/middleware/jwtvalidator.go, proxy/proxy.go);
 * - it serves `/ready` (200 with at least one connection, else 503), `/healthcheck` and `/metrics` (metrics/);
 * - on SIGTERM it tells the edge to send no new request (`unregisterConnection`), and ends when the edge has said that it does
 *   not and the open ones are answered, after 30 s at the latest (supervisor/, `grace-period`).
 *
 * It does not: find the edge by SRV records, use QUIC or TLS to the edge, keep four connections, register by Cap'n Proto
 * (it sends one line with the credentials), or carry WebSockets and TCP.
 */
import { readFileSync } from 'node:fs';
import {
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
} from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { connect } from 'node:net';
import { type JWTVerifyGetKey, jwtVerify } from 'jose';
import { parse } from 'yaml';
import { keptKeys } from './keptKeys.ts';
import { getOverHttps } from './systemRoots.ts';
import { matchingRule, type TunnelRule, tunnelConfiguration, whyRefused } from './tunnelRules.ts';

const file = process.argv[process.argv.indexOf('--config') + 1] ?? '';
const configuration = tunnelConfiguration.parse(parse(readFileSync(file, 'utf8')));
const { AccountTag, TunnelSecret, TunnelID } = JSON.parse(
  readFileSync(configuration['credentials-file'], 'utf8'),
);
const refusal =
  TunnelSecret === undefined ? 'the credentials hold no TunnelSecret' : whyRefused(configuration.ingress);
if (refusal !== undefined) {
  console.error(`ERR ${refusal}`);
  process.exit(1);
}

/** The header by which the edge says what a stream is for (connection/http2.go). */
const upgrade = 'cf-cloudflared-proxy-connection-upgrade';
const tunnel = createHttp2Server((request, response) => {
  handOn(request, response).catch((error: unknown) => {
    console.error(`ERR Request failed: ${error}`);
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
});
let connections = 0;
let isEnding = false;
const open = new Set<Http2ServerResponse>();
/** What the edge opens first on each connection; it ends its side when it was told that no new request may come. */
const controlStreams = new Set<Http2ServerResponse>();
const keys = new Map<string, JWTVerifyGetKey>();
serveMetrics();
connectToEdge();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);

/** `TUNNEL_EDGE` is a setting of the real one too (`--edge`). */
function connectToEdge(): void {
  const [host = '', port] = (process.env['TUNNEL_EDGE'] ?? 'region1.v2.argotunnel.com:7844').split(':');
  const socket = connect({ host, port: Number(port) }, () => {
    socket.write(
      `${JSON.stringify({ AccountTag, TunnelID: TunnelID ?? configuration.tunnel, TunnelSecret })}\n`,
    );
    connections += 1;
    console.log(`INF Registered tunnel connection connIndex=0 location=world protocol=http2`);
    tunnel.emit('connection', socket);
  });
  socket.once('connect', () =>
    socket.once('close', () => {
      connections -= 1;
    }),
  );
  socket.on('error', (error) =>
    console.error(`ERR Unable to establish connection with Cloudflare edge: ${error.message}`),
  );
  socket.once('close', () => {
    if (!isEnding) setTimeout(connectToEdge, 1_000);
  });
}

async function handOn(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  if (request.headers[upgrade] === 'control-stream') {
    controlStreams.add(response);
    request.resume().once('close', () => controlStreams.delete(response));
    request.once('end', () => controlStreams.delete(response));
    response.writeHead(200);
    return;
  }
  open.add(response);
  response.once('close', () => open.delete(response));
  const rule = matchingRule(configuration.ingress, request.authority, request.url);
  const status = rule === undefined ? 503 : await statusOf(rule, request.headers);
  if (status !== undefined || rule === undefined) {
    response.writeHead(status ?? 503);
    response.end();
    return;
  }
  await passTo(rule.service, request, response);
}

/** The status that a rule answers by itself; undefined if the request goes to its service. */
async function statusOf(
  { service, originRequest }: TunnelRule,
  headers: IncomingHttpHeaders,
): Promise<number | undefined> {
  const { access } = originRequest ?? {};
  if (access?.required) {
    const token = headers['cf-access-jwt-assertion'];
    if (typeof token !== 'string' || token === '') return 403;
    const issuer = `https://${access.teamName}.cloudflareaccess.com`;
    const { payload } = await jwtVerify(token, keysOf(issuer), { issuer });
    const audiences = [payload.aud ?? []].flat();
    if (!audiences.some((audience) => access.audTag.includes(audience))) return 403;
  }
  return service.startsWith('http_status:') ? Number(service.slice('http_status:'.length)) : undefined;
}

function keysOf(issuer: string): JWTVerifyGetKey {
  const known =
    keys.get(issuer) ??
    keptKeys(async () => JSON.parse(await getOverHttps(`${issuer}/cdn-cgi/access/certs`)));
  keys.set(issuer, known);
  return known;
}

function passTo(service: string, request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(service);
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !name.startsWith(':')),
    );
    const outward = httpRequest(
      {
        hostname,
        port: port || 80,
        method: request.method,
        path: request.url,
        headers: { ...headers, host: request.authority },
      },
      (inward) => {
        const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...kept } = inward.headers;
        response.writeHead(inward.statusCode ?? 502, kept);
        inward.pipe(response);
        inward.on('end', resolve);
        inward.on('error', reject);
      },
    );
    outward.on('error', (error) => {
      if (mayAskAgain(outward, response)) passTo(service, request, response).then(resolve, reject);
      else reject(error);
    });
    request.pipe(outward);
  });
}

/** A request without a body whose kept connection had ended is sent again (Go, net/http, `shouldRetryRequest`). */
function mayAskAgain({ reusedSocket, method }: ClientRequest, { headersSent }: Http2ServerResponse): boolean {
  return reusedSocket && !headersSent && ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
}

function serveMetrics(): void {
  const [host, port] = configuration.metrics.split(':');
  createServer((request, response) => {
    if (request.url === '/healthcheck') return response.end('OK\n');
    if (request.url === '/metrics') return response.end(`cloudflared_tunnel_ha_connections ${connections}\n`);
    if (request.url !== '/ready') return response.writeHead(404).end();
    const status = connections > 0 ? 200 : 503;
    return response.writeHead(status).end(JSON.stringify({ status, readyConnections: connections }));
  }).listen(Number(port), host);
}

function end(): void {
  isEnding = true;
  console.log('INF Initiating graceful shutdown');
  for (const stream of controlStreams) stream.end();
  const started = Date.now();
  setInterval(() => {
    // What is on the way is still taken: the edge has sent it before it ended its side.
    const isDone = controlStreams.size === 0 && open.size === 0;
    if (isDone || Date.now() - started > 30_000) process.exit(0);
  }, 50);
}
