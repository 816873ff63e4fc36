import { expect, it } from 'vitest';
import {
  json,
  kubeconfigFor,
  kubeSystem,
  makeHome,
  refuse,
  startApiServer,
} from '../../tests/live/apiServer.ts';
import { identityOf, openCluster } from './openCluster.ts';

const patience = { whole: 2_000, pause: 1 };

it('opens the cluster that cluster.yaml names, by one request', async () => {
  await using server = await startApiServer((_, response) => json(response, kubeSystem));
  await using home = await makeHome();
  const kubeconfig = await home.write('config', kubeconfigFor(server));
  const opened = await openCluster({ uid: 'uid-1', kubeconfig, environment: home.environment(), patience });
  expect(opened).toMatchObject({ ok: true, value: { context: 'home', server: server.url } });
  expect(server.requests).toEqual(['GET /api/v1/namespaces/kube-system']);
  if (opened.ok) opened.value.close();
});

it('asks another cluster for nothing but its UID, and names what it found', async () => {
  await using server = await startApiServer((_, response) => json(response, kubeSystem));
  await using home = await makeHome();
  const kubeconfig = await home.write('config', kubeconfigFor(server));
  const given = { kubeconfig, environment: home.environment(), patience };
  const [other, none] = [
    await openCluster({ ...given, uid: 'uid-2' }),
    await openCluster({ ...given, uid: undefined }),
  ];
  expect(other).toMatchObject({ ok: false, problems: [{ code: 'cluster-is-another' }] });
  expect(none).toMatchObject({ ok: false, problems: [{ code: 'cluster-unconfirmed' }] });
  for (const { ok, ...rest } of [other, none]) {
    expect(ok).toBe(false);
    const text = JSON.stringify(rest);
    for (const part of ['\\"home\\"', server.url, 'uid-1', 'gatehouse doctor --confirm'])
      expect(text).toContain(part);
  }
  expect(new Set(server.requests)).toEqual(new Set(['GET /api/v1/namespaces/kube-system']));
  expect(server.requests).toHaveLength(2);
});

it('tells who a cluster is', async () => {
  await using server = await startApiServer((_, response) => json(response, kubeSystem));
  await using home = await makeHome();
  const kubeconfig = await home.write('config', kubeconfigFor(server));
  expect(await identityOf({ kubeconfig, environment: home.environment(), patience })).toEqual({
    ok: true,
    value: { context: 'home', server: server.url, uid: 'uid-1' },
  });
});

it('says that it waits where the first answer does not come at once, and gives up by itself', async () => {
  let isWaiting = false;
  let isTold: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    isTold = resolve;
  });
  await using server = await startApiServer(async (_, response) => {
    await told;
    json(response, kubeSystem);
  });
  await using home = await makeHome();
  const kubeconfig = await home.write('config', kubeconfigFor(server));
  const onWait = (): void => {
    isWaiting = true;
    isTold();
  };
  const opened = await openCluster({ uid: 'uid-1', kubeconfig, environment: home.environment(), onWait });
  expect([opened.ok, isWaiting]).toEqual([true, true]);
  if (opened.ok) opened.value.close();

  await using silent = await startApiServer(() => undefined);
  const other = await home.write('other', kubeconfigFor(silent));
  const none = await openCluster({ uid: 'uid-1', kubeconfig: other, environment: home.environment() });
  expect(none).toMatchObject({ ok: false, problems: [{ code: 'cluster-unreachable' }] });
  // 10 s, and not 15 s for each of two attempts: the second has no time left.
  expect(silent.requests).toHaveLength(1);
}, 60_000);

it.each([
  [401, 'credentials-unusable'],
  [403, 'cluster-forbidden'],
  [404, 'cluster-unreachable'],
  [503, 'cluster-unreachable'],
])('ends with a problem when the answer is %i', async (status, code) => {
  await using server = await startApiServer((_, response) => refuse(response, status, 'no'));
  await using home = await makeHome();
  const kubeconfig = await home.write('config', kubeconfigFor(server));
  const environment = home.environment();
  const opened = await openCluster({
    uid: 'uid-1',
    kubeconfig,
    environment,
    // A busy machine answers late, and an answer that may change is asked for again until there is no time left.
    patience: { whole: code === 'cluster-unreachable' ? 50 : 20_000, pause: 1 },
  });
  expect(opened).toMatchObject({ ok: false, problems: [{ code }] });
});

it('does not tell to start a cluster that has too much to do', async () => {
  await using server = await startApiServer((_, response) => {
    response.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '1' });
    response.end('Too many requests, please try again later.\n');
  });
  await using home = await makeHome();
  const kubeconfig = await home.write('config', kubeconfigFor(server));
  const environment = home.environment();
  const opened = await openCluster({ uid: 'uid-1', kubeconfig, environment, patience: { whole: 50 } });
  const problem = { code: 'cluster-unreachable', remedy: 'run the command again when it has less to do' };
  expect(opened).toMatchObject({ ok: false, problems: [problem] });
  const [{ message = '' } = {}] = opened.ok ? [] : opened.problems;
  expect(message).toContain(
    'has too much to do: GET /api/v1/namespaces/kube-system was answered with 429: too many requests',
  );
});
