import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import {
  type ApiServer,
  json,
  kubeSystem,
  makeHome,
  refuse,
  startApiServer,
} from '../../tests/live/apiServer.ts';
import { answering, configMaps, failure, opened } from '../../tests/live/opened.ts';
import { mapsAt } from '../kubernetes/fields.ts';

const asked = (server: ApiServer, path: string): number =>
  server.requests.filter((request) => request.includes(path)).length;

it('waits on 429 and 5xx, and asks again until it is answered', async () => {
  const statuses = [429, 429, 429, 500, 502, 503, 504];
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((_, response) => {
      const status = statuses.shift();
      if (status === undefined) return json(response, { gitVersion: 'v1.36.0' });
      response.setHeader('retry-after', '0');
      refuse(response, status, 'not now');
    }),
  );
  const cluster = await opened(server, home);
  expect(await cluster.version()).toEqual({ gitVersion: 'v1.36.0' });
  expect(asked(server, '/version')).toBe(8);
  expect(cluster.sent()).toBe(server.requests.length);
  cluster.close();
});

it('gives up at once when the server wants a longer wait than there is time', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((_, response) => {
      response.setHeader('retry-after', '3600');
      refuse(response, 429, 'too many requests');
    }),
  );
  const cluster = await opened(server, home);
  expect(await failure(cluster.version())).toMatchObject({
    failure: 'overloaded',
    status: 429,
    message: 'GET /version was answered with 429: too many requests',
  });
  expect(asked(server, '/version')).toBe(1);
  cluster.close();
});

it.each<[string, (response: ServerResponse) => void]>([
  ['without an answer', (response) => void response.destroy()],
  [
    'in the middle of the answer',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"gitVersion":', () => response.destroy());
    },
  ],
])('asks again when the connection breaks %s', async (_, breakOff) => {
  let left = 3;
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((_request, response) => {
      if (left-- > 0) breakOff(response);
      else json(response, { gitVersion: 'v1.36.0' });
    }),
  );
  const cluster = await opened(server, home);
  expect(await cluster.version()).toEqual({ gitVersion: 'v1.36.0' });
  expect(asked(server, '/version')).toBe(4);
  cluster.close();
});

it('waits for a server that is started again', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(answering((_, response) => json(response, { gitVersion: 'v1' })));
  const cluster = await opened(server, home);
  await server.stop();
  const before = cluster.sent();
  const answer = cluster.version();
  // It has tried and failed before the server is back.
  while (cluster.sent() < before + 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await server.restart();
  expect(await answer).toEqual({ gitVersion: 'v1' });
  cluster.close();
});

it('does not read a list for ever that always has another page', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((_, response) => json(response, { metadata: { continue: 'more' }, items: [] })),
  );
  const cluster = await opened(server, home);
  expect(await failure(cluster.list(configMaps))).toMatchObject({
    failure: 'refused',
    message: 'GET /api/v1/configmaps: the list has more than 1000 pages',
  });
  cluster.close();
});

it('says that nobody answers when the time is over', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(answering(() => undefined));
  const cluster = await opened(server, home, { patience: { whole: 2_000 } });
  await server.stop();
  expect(await failure(cluster.version())).toMatchObject({
    failure: 'unreachable',
    message: `GET /version to ${server.url} failed: nobody answers there (ECONNREFUSED)`,
  });
  cluster.close();
});

it('does not wait for a server that says nothing', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(answering(() => undefined));
  const cluster = await opened(server, home, { patience: { whole: 4_000, idle: 1_500 } });
  expect(await failure(cluster.version())).toMatchObject({
    failure: 'unreachable',
    message: expect.stringMatching(/does not answer/),
  });
  cluster.close();
}, 30_000);

it.each<[string, (response: ServerResponse) => void, string, RegExp]>([
  [
    'a page',
    (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<b>secret-page</b>'),
    'unreachable',
    /answered with text\/html: that is no API server/,
  ],
  [
    'no JSON',
    (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":'),
    'unreachable',
    /invalid JSON/,
  ],
  [
    'a redirect',
    (response) => void response.writeHead(302, { location: 'https://other.example' }).end(),
    'refused',
    /answered with 302/,
  ],
  [
    'a page of an error',
    (response) => void response.writeHead(404).end('<b>secret-page</b>'),
    'refused',
    /404/,
  ],
  [
    'an answer without end',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    },
    'refused',
    /more than 100000 bytes/,
  ],
])('refuses %s', async (_, answer, kind, message) => {
  await using home = await makeHome();
  await using server = await startApiServer(answering((_request, response) => answer(response)));
  const cluster = await opened(server, home, { patience: { largest: 100_000 } });
  for (const attempt of [
    cluster.version(),
    cluster.get({ ...configMaps, name: 'c' }),
    cluster.list(configMaps),
  ]) {
    const error = await failure(attempt);
    expect(error.failure).toBe(kind);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret-page');
  }
  cluster.close();
});

it('tells how far the clock of the server is ahead', async () => {
  await using home = await makeHome();
  const now = new Date('2026-03-01T12:00:00Z');
  await using server = await startApiServer((_, response) => {
    response.setHeader('date', new Date(now.getTime() + 86_400_000).toUTCString());
    json(response, kubeSystem);
  });
  // The certificate of the server is checked by the clock of the machine, not by this one.
  const cluster = await opened(server, home, { environment: home.environment({ now: () => now }) });
  expect(cluster.clockAhead()).toBe(86_400_000);
  cluster.close();
});

it('gets objects, and undefined for what is not there', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((request, response) => {
      if (request.url === '/api/v1/namespaces/default/configmaps/a%2Fb')
        return json(response, { ...configMaps, metadata: { name: 'a/b' } });
      if (request.url === '/api/v1/nodes/n')
        return json(response, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
      refuse(response, request.url?.endsWith('denied') ? 403 : 404, 'not found or denied');
    }),
  );
  const cluster = await opened(server, home);
  expect(await cluster.get({ ...configMaps, name: 'a/b' })).toMatchObject({ metadata: { name: 'a/b' } });
  expect(
    await cluster.get({ apiVersion: 'v1', kind: 'Node', name: 'n', namespace: 'ignored' }),
  ).toBeDefined();
  expect(await cluster.get({ ...configMaps, name: 'c' })).toBeUndefined();
  expect(await cluster.get({ apiVersion: 'x/v1', kind: 'Y', name: 'c' })).toBeUndefined();
  expect(await cluster.list({ apiVersion: 'x/v1', kind: 'Y' })).toBeUndefined();
  expect(await failure(cluster.get({ ...configMaps, name: 'denied' }))).toMatchObject({
    failure: 'forbidden',
    status: 403,
  });
  expect(server.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  cluster.close();
});

/** Lists of 3 objects, one a page. */
function pages(request: IncomingMessage, response: ServerResponse, expired: (page: number) => boolean): void {
  const query = new URL(request.url ?? '', 'http://x').searchParams;
  const page = Number(query.get('continue') ?? 0);
  if (expired(page)) {
    refuse(response, 410, 'expired');
    return;
  }
  const items = query.has('limit') ? [page] : [0, 1, 2];
  const metadata = {
    resourceVersion: '7',
    ...(query.has('limit') && page < 2 && { continue: String(page + 1) }),
  };
  const objects = items.map((number) => ({ metadata: { name: `c${number}`, managedFields: [] } }));
  json(response, { kind: 'ConfigMapList', metadata, items: objects });
}

it.each([
  ['never', 0],
  ['once', 1],
  ['for ever', 1_000],
])('lists by pages, also when the list expires %s', async (_, times) => {
  let left = times;
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((request, response) => pages(request, response, (page) => page === 1 && left-- > 0)),
  );
  const cluster = await opened(server, home);
  const listed = await cluster.list({ ...configMaps, namespace: 'n', labelSelector: 'a=b,c' });
  expect(listed).toEqual(
    ['c0', 'c1', 'c2'].map((name) => ({ ...configMaps, metadata: { name, managedFields: [] } })),
  );
  expect(server.requests).toContain('GET /api/v1/namespaces/n/configmaps?limit=250&labelSelector=a%3Db%2Cc');
  cluster.close();
});

it('keeps what field managers own, and keeps it once where it is the same', async () => {
  const owned = { 'f:data': { 'f:a': {} } };
  const item = (name: string, time: string) => ({
    metadata: { name, managedFields: [{ manager: 'm', time, fieldsV1: owned }, { manager: 'n' }] },
  });
  const items = [item('a', '1'), item('b', '2')];
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((_, response) => json(response, { metadata: {}, items })),
  );
  const cluster = await opened(server, home);
  const listed = (await cluster.list(configMaps)) ?? [];
  expect(listed).toEqual(items.map((one) => ({ ...configMaps, ...one })));
  const [first, second] = listed.map(({ metadata }) => mapsAt(metadata, 'managedFields')[0]?.['fieldsV1']);
  expect(first).toBe(second);
  cluster.close();
});

it('does not take a document without items for an empty list', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((_, response) => json(response, { kind: 'ConfigMapList' })),
  );
  const cluster = await opened(server, home);
  expect(await failure(cluster.list(configMaps))).toMatchObject({ failure: 'unreachable' });
  cluster.close();
});

it.each([
  ['an empty list', { kind: 'PartialObjectMetadataList', items: [] }, true],
  // So a real API server says that there is no Secret, where it is asked for metadata alone.
  ['a list of nothing', { kind: 'PartialObjectMetadataList', items: null }, true],
  ['a list without items', { kind: 'PartialObjectMetadataList' }, false],
  ['nothing that is no list', { kind: 'Status', items: null }, false],
  ['nothing of nobody', { items: null }, false],
])('reads %s', async (_, page, isEmpty) => {
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((_request, response) =>
      json(response, { apiVersion: 'meta.k8s.io/v1', metadata: {}, ...page }),
    ),
  );
  const cluster = await opened(server, home);
  const listed = cluster.list({ ...configMaps, onlyMetadata: true });
  if (isEmpty) expect(await listed).toEqual([]);
  else expect(await failure(listed)).toMatchObject({ message: expect.stringContaining('that is no list') });
  cluster.close();
});

it('is short with every request once one was given up, until one is answered', async () => {
  let answers = false;
  await using home = await makeHome();
  await using server = await startApiServer(
    answering((request, response) => {
      if (answers) return json(response, { gitVersion: 'v1.36.0' });
      if (request.url === '/silent') return;
      response.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '2' });
      response.end('Too many requests, please try again later.\n');
    }),
  );
  const cluster = await opened(server, home, { patience: { whole: 3_000, later: 1_000, idle: 60_000 } });
  const message = 'GET /version was answered with 429: too many requests (text/plain, not JSON)';
  expect(await failure(cluster.version())).toMatchObject({ failure: 'overloaded', message });
  expect(asked(server, '/version')).toBe(2);
  // Later ones do not add to what is too much already, and wait for nobody.
  expect(await failure(cluster.version())).toMatchObject({ failure: 'overloaded', message });
  expect(asked(server, '/version')).toBe(3);
  expect(await failure(cluster.read('/silent'))).toMatchObject({ failure: 'unreachable' });
  answers = true;
  expect(await cluster.version()).toEqual({ gitVersion: 'v1.36.0' });
  answers = false;
  expect(await failure(cluster.read('/again'))).toMatchObject({ failure: 'overloaded' });
  expect(asked(server, '/again')).toBe(2);
  cluster.close();
});
