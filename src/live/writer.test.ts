import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { json, makeHome, type Reply, refuse, startApiServer } from '../../tests/live/apiServer.ts';
import { answering, configMaps, failure, opened } from '../../tests/live/opened.ts';

const object = { ...configMaps, metadata: { name: 'c', namespace: 'n' } };

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return JSON.parse(text);
}

async function writerTo(reply: Reply) {
  const home = await makeHome();
  const server = await startApiServer(answering(reply));
  const cluster = await opened(server, home);
  return {
    writer: cluster.writer(),
    changes: () => server.requests.filter((request) => !request.startsWith('GET ')),
    [Symbol.asyncDispose]: async () => {
      cluster.close();
      await server[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

it('creates, patches and removes as gatehouse', async () => {
  const bodies: [string | undefined, unknown][] = [];
  await using to = await writerTo(async (request, response) => {
    bodies.push([request.headers['content-type'], await bodyOf(request)]);
    json(response, object, request.method === 'POST' ? 201 : 200);
  });
  expect(await to.writer.create(object)).toEqual(object);
  const reference = { ...configMaps, name: 'c', namespace: 'n' };
  expect(await to.writer.patch(reference, { data: { a: null } })).toEqual(object);
  await to.writer.remove(reference);
  expect(to.changes()).toEqual([
    'POST /api/v1/namespaces/n/configmaps?fieldManager=gatehouse&fieldValidation=Strict',
    'PATCH /api/v1/namespaces/n/configmaps/c?fieldManager=gatehouse&fieldValidation=Strict',
    'DELETE /api/v1/namespaces/n/configmaps/c',
  ]);
  expect(bodies).toMatchObject([
    ['application/json', object],
    ['application/merge-patch+json', { data: { a: null } }],
    ['application/json', { propagationPolicy: 'Background' }],
  ]);
});

it('creates nothing twice: only what was certainly refused is sent again', async () => {
  let answer: Reply = (_, response) => void response.destroy();
  await using to = await writerTo((request, response) => answer(request, response));
  expect(await failure(to.writer.create(object))).toMatchObject({ failure: 'unreachable' });
  expect(to.changes()).toHaveLength(1);
  answer = (_, response) => refuse(response, 500, 'broken');
  expect(await failure(to.writer.create(object))).toMatchObject({ failure: 'overloaded', status: 500 });
  expect(to.changes()).toHaveLength(2);
  let left = 2;
  answer = (_, response) => (left-- > 0 ? refuse(response, 429, 'later') : json(response, object, 201));
  await to.writer.create(object);
  expect(to.changes()).toHaveLength(5);
});

it('tells why the server refuses, and removes what is gone', async () => {
  let status = 422;
  await using to = await writerTo((_, response) => refuse(response, status, 'unknown field "spec.x"'));
  expect(await failure(to.writer.create(object))).toMatchObject({
    failure: 'refused',
    status: 422,
    message: 'POST /api/v1/namespaces/n/configmaps was answered with 422: unknown field "spec.x"',
  });
  status = 404;
  await to.writer.remove({ ...configMaps, name: 'c' });
  expect(await failure(to.writer.create({ ...object, kind: 'Absent' }))).toMatchObject({ status: 404 });
});
