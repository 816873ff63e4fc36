/**
 * Stands for http-https-echo (mendhak/docker-http-https-echo). As the real one (`index.js`):
 * - it serves HTTP at `HTTP_PORT`, and answers every request with 200 and what it got, as JSON: `path`, `headers`, `method`,
 *   `body`, `hostname`, `ip`, `protocol`, `query` and `os.hostname`;
 * - on SIGTERM it ends.
 *
 * It does not: serve HTTPS, trust `X-Forwarded-…` for `ip`, decode tokens, or know the headers that change its answer.
 */
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const server = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://echo');
  const said = {
    path: pathname,
    headers: request.headers,
    method: request.method,
    body: Buffer.concat(parts).toString('utf8'),
    hostname: request.headers.host?.replace(/:\d+$/, ''),
    ip: request.socket.remoteAddress,
    protocol: 'http',
    query: Object.fromEntries(searchParams),
    os: { hostname: hostname() },
  };
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(said));
});
server.listen(Number(process.env['HTTP_PORT'] ?? 8080));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
