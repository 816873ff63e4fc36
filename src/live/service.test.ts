import { expect, it } from 'vitest';
import { json, makeHome, refuse, startApiServer } from '../../tests/live/apiServer.ts';
import { answering, opened } from '../../tests/live/opened.ts';
import type { LiveCluster } from './cluster.ts';

const store = { namespace: 'storage', name: 'rustfs-svc', port: 9000 };
const path = '/api/v1/namespaces/storage/services/rustfs-svc:9000/proxy/bucket?list-type=2';

type Reply = Parameters<typeof answering>[0];
async function asking<Value>(reply: Reply, ask: (cluster: LiveCluster) => Promise<Value>) {
  await using server = await startApiServer(answering(reply));
  await using home = await makeHome();
  const cluster = await opened(server, home, { patience: { whole: 300, pause: 1 } });
  try {
    const settled = await ask(cluster).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    return { ...settled, requests: server.requests.filter((each) => each.includes('/proxy/')), server };
  } finally {
    cluster.close();
  }
}

it('asks a Service through the API server, and returns whatever it answers', async () => {
  for (const status of [200, 301, 403, 404, 503]) {
    const { value, requests } = (await asking(
      (_, response) => {
        response.writeHead(status, {
          'content-type': 'application/xml',
          date: 'Mon, 30 Nov 2026 12:00:00 GMT',
        });
        response.end('<Error/>');
      },
      (cluster) => cluster.service(store, '/bucket?list-type=2'),
    )) as { value: unknown; requests: string[] };
    expect(value).toEqual({ status, body: '<Error/>', date: new Date('2026-11-30T12:00:00Z') });
    expect(requests).toEqual([`GET ${path}`]);
  }
});

it('takes JSON of a Service that is no Status for its answer', async () => {
  const { value } = (await asking(
    (_, response) => json(response, { kind: 'Listing' }, 400),
    (cluster) => cluster.service(store, '/'),
  )) as { value: unknown };
  expect(value).toMatchObject({ status: 400, body: '{"kind":"Listing"}' });
});

it.each([
  [403, 'forbidden', 1],
  [503, 'overloaded', 2],
] as const)('throws what the API server refuses: %d', async (status, failure, least) => {
  const { error, requests } = (await asking(
    (_, response) => refuse(response, status, 'no endpoints available for service'),
    (cluster) => cluster.service(store, '/bucket?X-Amz-Signature=secret'),
  )) as { error: { message: string }; requests: string[] };
  expect(error).toMatchObject({ failure, status });
  expect(error.message).toContain('no endpoints available');
  expect(error.message).not.toContain('secret');
  expect(requests.length).toBeGreaterThanOrEqual(least);
});

it('knows when the certificate of the server and the credentials end', async () => {
  await using server = await startApiServer(answering((_, response) => json(response, {})));
  await using home = await makeHome();
  const claims = Buffer.from(JSON.stringify({ exp: 1_900_000_000 })).toString('base64url');
  const cluster = await opened(server, home, { parts: { user: { token: `e30.${claims}.x` } } });
  const { server: certificate, token, certificate: client } = cluster.ends();
  cluster.close();
  // What tests/pods/cluster/certificates.ts issues is good for a month.
  const days = ((certificate?.getTime() ?? 0) - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(30);
  expect(token).toEqual(new Date(1_900_000_000_000));
  expect(client).toBeUndefined();
});
