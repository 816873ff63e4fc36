import { afterEach, expect, it, vi } from 'vitest';
import { type ApiServer, type Reply, startApiServer } from '../../../tests/live/apiServer.ts';
import { storeSender } from './send.ts';

const servers: ApiServer[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});
async function store(reply: Reply, options = {}): Promise<ApiServer> {
  const server = await startApiServer(reply, options);
  servers.push(server);
  return server;
}

it('sends a GET request with the headers, and returns what came with its date', async () => {
  const server = await store((_, response) => {
    response.writeHead(200, { date: 'Mon, 30 Nov 2026 12:00:00 GMT' });
    response.end('<a/>');
  });
  const send = storeSender(server.authority.certificate);
  expect(await send(new URL(`${server.url}/bucket?list-type=2`), { authorization: 'x' })).toEqual({
    status: 200,
    body: '<a/>',
    date: new Date('2026-11-30T12:00:00Z'),
  });
  expect(server.requests).toEqual(['GET /bucket?list-type=2']);
  expect(server.headers[0]).toMatchObject({ authorization: 'x' });
});

it('follows no redirect: the signature is for one server', async () => {
  const server = await store((_, response) => {
    response.writeHead(301, { location: `${server.url}/elsewhere` });
    response.end();
  });
  const answer = await storeSender(server.authority.certificate)(new URL(server.url), {});
  expect(answer).toMatchObject({ status: 301 });
  expect(server.requests).toHaveLength(1);
});

it('names a certificate that cannot be trusted, and sends nothing, whatever Node is told', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const server = await store((_, response) => response.end());
  const answer = await storeSender()(new URL(server.url), { authorization: 'x' });
  expect(answer).toEqual({ failure: expect.stringMatching(/^its certificate cannot be trusted \(\w+\)$/) });
  expect(server.requests).toEqual([]);
});

it('names a certificate of another name, and a server that does not speak TLS', async () => {
  const other = await store((_, response) => response.end(), { names: ['other'], addresses: [] });
  const answer = await storeSender(other.authority.certificate)(new URL(other.url), {});
  expect(answer).toEqual({ failure: expect.stringContaining('certificate cannot be trusted') });
  const plain = await store((_, response) => response.end(), { plain: true });
  expect(await storeSender()(new URL(plain.url.replace('http:', 'https:')), {})).toEqual({
    failure: expect.stringContaining('does not speak TLS'),
  });
});

it('names a server that nobody is, and an answer that is too large', async () => {
  const server = await store((_, response) => response.end('x'.repeat(9 * 1024 * 1024)));
  const send = storeSender(server.authority.certificate);
  expect(await send(new URL(server.url), {})).toEqual({ failure: 'its answer is larger than any listing' });
  await server.stop();
  expect(await send(new URL(server.url), {})).toEqual({ failure: 'it cannot be reached (ECONNREFUSED)' });
});
