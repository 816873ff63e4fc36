import { expect, it } from 'vitest';
import { json, makeHome, type Reply, refuse, startApiServer } from '../../tests/live/apiServer.ts';
import { failure, opened } from '../../tests/live/opened.ts';

const uid = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'uid-1' } };

function serving(answers: Readonly<Record<string, object>>): Reply {
  return (request, response) => {
    const path = request.url ?? '';
    const answer = path.endsWith('/kube-system') ? uid : answers[path];
    if (answer !== undefined) return json(response, answer);
    // Longer than anybody waits.
    response.setHeader('retry-after', '3600');
    return refuse(response, 503, 'the server is down');
  };
}

const version = (name: string, kind: string | undefined, freshness = 'Current') => ({
  version: name,
  freshness,
  resources:
    kind === undefined
      ? null
      : [{ resource: `${kind.toLowerCase()}s`, responseKind: { kind }, scope: 'Cluster', verbs: ['get'] }],
});

const groups = (items: object[]): object => ({ kind: 'APIGroupDiscoveryList', items });

it('does not take a group whose server is down for one that is not there', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(
    serving({
      '/api': groups([{ metadata: {}, versions: [version('v1', 'Node')] }]),
      '/apis': groups([
        { metadata: { name: 'a.example' }, versions: [version('v2', 'A'), version('v1', 'A')] },
        { metadata: { name: 'down.example' }, versions: [version('v1', undefined, 'Stale')] },
      ]),
    }),
  );
  const cluster = await opened(server, home);
  const { served, missing } = await cluster.kinds();
  expect(missing).toEqual(['down.example/v1']);
  expect(served.map(({ apiVersion, preferred }) => [apiVersion, preferred])).toEqual([
    ['v1', true],
    ['a.example/v2', true],
    ['a.example/v1', false],
  ]);
  expect(await cluster.list({ apiVersion: 'absent.example/v1', kind: 'B' })).toBeUndefined();
  expect(await failure(cluster.list({ apiVersion: 'down.example/v1', kind: 'B' }))).toMatchObject({
    failure: 'overloaded',
  });
  expect(server.requests.filter((request) => / \/apis?$/.test(request))).toHaveLength(2);
  cluster.close();
});

it('reads the documents of servers before 1.26, one for each version', async () => {
  const resource = { name: 'nodes', kind: 'Node', namespaced: false, verbs: ['get'] };
  await using home = await makeHome();
  await using server = await startApiServer(
    serving({
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          {
            name: 'a.example',
            versions: [{ groupVersion: 'a.example/v2' }, { groupVersion: 'a.example/v1' }],
            preferredVersion: { groupVersion: 'a.example/v1' },
          },
          { name: 'down.example', versions: [{ groupVersion: 'down.example/v1' }] },
        ],
      },
      '/api/v1': { kind: 'APIResourceList', resources: [resource, { ...resource, name: 'nodes/status' }] },
      '/apis/a.example/v1': { resources: [{ ...resource, name: 'as', kind: 'A', namespaced: true }] },
      '/apis/a.example/v2': { resources: [] },
    }),
  );
  const cluster = await opened(server, home);
  expect(await cluster.kinds()).toEqual({
    served: [
      {
        apiVersion: 'v1',
        kind: 'Node',
        resource: 'nodes',
        namespaced: false,
        verbs: ['get'],
        preferred: true,
      },
      {
        apiVersion: 'a.example/v1',
        kind: 'A',
        resource: 'as',
        namespaced: true,
        verbs: ['get'],
        preferred: true,
      },
    ],
    missing: ['down.example/v1'],
  });
  cluster.close();
});

it('does not take another document for a cluster without kinds', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(serving({ '/api': {}, '/apis': {} }));
  const cluster = await opened(server, home);
  expect(await failure(cluster.kinds())).toMatchObject({ failure: 'unreachable' });
  cluster.close();
});
