import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import {
  type ApiServer,
  json,
  makeHome,
  type Reply,
  refuse,
  startApiServer,
} from '../../tests/live/apiServer.ts';
import { answering, configMaps, failure, opened } from '../../tests/live/opened.ts';
import type { LiveEvent } from './cluster.ts';

function configMap(name: string, resourceVersion: string) {
  return { ...configMaps, metadata: { name, namespace: 'n', resourceVersion } };
}

function line(response: ServerResponse, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

/** Answers lists with the objects of the moment, and the watches one after another as the test says. */
function watching(
  lists: (() => { resourceVersion: string; items: object[] })[],
  watches: ((response: ServerResponse) => void)[],
): Reply {
  return answering((request, response) => {
    if (!request.url?.includes('watch=1')) {
      const { resourceVersion, items } = (lists.length > 1 ? lists.shift() : lists[0])?.() ?? {
        resourceVersion: '',
        items: [],
      };
      json(response, { kind: 'ConfigMapList', metadata: { resourceVersion }, items });
      return;
    }
    const next = watches.shift();
    if (next === undefined) {
      refuse(response, 403, 'no more watches');
      return;
    }
    next(response);
  });
}

function begin(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  return response;
}

const told = ({ type, object }: LiveEvent): string =>
  `${type} ${object.metadata.name} ${String(object.metadata['resourceVersion'] ?? '')}`.trim();

/** The first events of a watch. */
async function events(server: ApiServer, count: number): Promise<string[]> {
  await using home = await makeHome();
  const cluster = await opened(server, home);
  const ending = new AbortController();
  const seen: string[] = [];
  for await (const event of cluster.watch(configMaps, ending.signal)) {
    seen.push(told(event));
    if (seen.length === count) ending.abort();
  }
  cluster.close();
  return seen;
}

const versions = (server: ApiServer): (string | null)[] =>
  server.requests
    .filter((request) => request.includes('watch=1'))
    .map((request) => new URL(request.slice(4), 'http://x').searchParams.get('resourceVersion'));

it('goes on after a cut connection from the newest version, which a bookmark told', async () => {
  await using server = await startApiServer(
    watching(
      [() => ({ resourceVersion: '5', items: [configMap('a', '3')] })],
      [
        (response) => {
          line(begin(response), 'ADDED', configMap('b', '6'));
          line(response, 'BOOKMARK', { ...configMaps, metadata: { resourceVersion: '9' } });
          // The second half of this line never comes.
          response.write('{"type":"MODIFIED","obj', () => response.destroy());
        },
        (response) => void response.destroy(),
        (response) => refuse(response, 429, 'too many'),
        (response) => {
          line(begin(response), 'MODIFIED', configMap('b', '10'));
          // Ended by the server, as after its timeout.
          response.end();
        },
        (response) => line(begin(response), 'DELETED', configMap('a', '11')),
      ],
    ),
  );
  expect(await events(server, 4)).toEqual(['ADDED a 3', 'ADDED b 6', 'MODIFIED b 10', 'DELETED a 11']);
  expect(versions(server)).toEqual(['5', '9', '9', '9', '10']);
  expect(server.requests.filter((request) => request.includes('limit='))).toHaveLength(1);
});

it.each<[string, (response: ServerResponse) => void]>([
  [
    'as an event',
    (response) => line(begin(response), 'ERROR', { kind: 'Status', code: 410, message: 'too old' }),
  ],
  ['as a status', (response) => refuse(response, 410, 'too old')],
])('lists again when the version is too old, %s, and tells what changed', async (_, tooOld) => {
  await using server = await startApiServer(
    watching(
      [
        () => ({
          resourceVersion: '5',
          items: [configMap('a', '1'), configMap('b', '2'), configMap('c', '3')],
        }),
        () => ({
          resourceVersion: '20',
          items: [configMap('a', '1'), configMap('c', '19'), configMap('d', '20')],
        }),
      ],
      [tooOld, (response) => line(begin(response), 'MODIFIED', configMap('d', '21'))],
    ),
  );
  expect(await events(server, 7)).toEqual([
    'ADDED a 1',
    'ADDED b 2',
    'ADDED c 3',
    'MODIFIED c 19',
    'ADDED d 20',
    'DELETED b',
    'MODIFIED d 21',
  ]);
  expect(versions(server)).toEqual(['5', '20']);
});

it('goes on when the server was stopped and started', async () => {
  await using home = await makeHome();
  let version = 5;
  await using server = await startApiServer(
    answering((request, response) => {
      if (request.url?.includes('watch=1'))
        line(begin(response), 'MODIFIED', configMap('a', String(++version)));
      else
        json(response, {
          kind: 'ConfigMapList',
          metadata: { resourceVersion: '5' },
          items: [configMap('a', '5')],
        });
    }),
  );
  const cluster = await opened(server, home);
  const ending = new AbortController();
  const seen: string[] = [];
  for await (const event of cluster.watch(configMaps, ending.signal)) {
    seen.push(told(event));
    if (seen.length === 2) {
      await server.stop();
      setTimeout(() => void server.restart(), 50);
    }
    if (seen.length === 3) ending.abort();
  }
  expect(seen).toEqual(['ADDED a 5', 'MODIFIED a 6', 'MODIFIED a 7']);
  cluster.close();
});

it('ends with the signal while nothing happens', async () => {
  await using home = await makeHome();
  const ending = new AbortController();
  await using server = await startApiServer(
    watching(
      [() => ({ resourceVersion: '5', items: [] })],
      [
        (response) => {
          begin(response);
          ending.abort();
        },
      ],
    ),
  );
  const cluster = await opened(server, home);
  const seen: unknown[] = [];
  for await (const event of cluster.watch(configMaps, ending.signal)) seen.push(event);
  expect(seen).toEqual([]);
  cluster.close();
});

it.each<[string, (response: ServerResponse) => void, string]>([
  ['may not', (response) => refuse(response, 403, 'no'), 'forbidden'],
  [
    'gets a page',
    (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<b>'),
    'unreachable',
  ],
  ['asks for a kind that is gone', (response) => refuse(response, 404, 'gone'), 'refused'],
])('fails when it %s', async (_, answer, kind) => {
  await using server = await startApiServer(
    watching([() => ({ resourceVersion: '5', items: [] })], [answer]),
  );
  expect(await failure(events(server, 1))).toMatchObject({ failure: kind });
});
