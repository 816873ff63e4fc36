import { afterEach, expect, it, vi } from 'vitest';
import {
  type ApiServer,
  json,
  kubeconfigFor,
  kubeSystem,
  makeHome,
  type Parts,
  startApiServer,
} from '../../tests/live/apiServer.ts';
import { answering, opened } from '../../tests/live/opened.ts';
import { startProxy } from '../../tests/live/proxy.ts';
import { openCluster } from './openCluster.ts';

afterEach(() => void vi.unstubAllEnvs());

it('refuses a certificate of another authority or for another name, whatever the environment says', async () => {
  await using home = await makeHome();
  await using server = await startApiServer((_, response) => json(response, kubeSystem));
  await using other = await startApiServer((_, response) => json(response, kubeSystem));
  await using misnamed = await startApiServer((_, response) => json(response, kubeSystem), {
    addresses: [],
    names: ['other.example'],
  });
  await using plain = await startApiServer((_, response) => json(response, kubeSystem), { plain: true });
  const attempts: [ApiServer, Parts['cluster'], RegExp][] = [
    [{ ...server, authority: other.authority }, {}, /not of the authority in the kubeconfig/],
    [server, { 'certificate-authority-data': undefined }, /not of the authority/],
    [misnamed, {}, /for another name/],
    [server, { 'tls-server-name': 'other.example' }, /for another name/],
    [{ ...plain, url: `https://127.0.0.1:${plain.port}` }, {}, /does not speak TLS/],
  ];
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  for (const [to, cluster, message] of attempts) {
    const kubeconfig = await home.write('config', kubeconfigFor(to, { ...(cluster && { cluster }) }));
    const answer = await openCluster({ uid: 'uid-1', kubeconfig, environment: home.environment() });
    expect(answer).toMatchObject({ ok: false, problems: [{ code: 'cluster-unreachable' }] });
    expect(JSON.stringify(answer)).toMatch(message);
  }
  expect([server, other, misnamed, plain].flatMap(({ requests }) => requests)).toEqual([]);
  const named = await opened(misnamed, home, { parts: { cluster: { 'tls-server-name': 'other.example' } } });
  named.close();
});

it('connects through a proxy, and checks the certificate of the server behind it', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(answering((_, response) => json(response, { gitVersion: 'v1' })));
  await using proxy = await startProxy();
  const cluster = await opened(server, home, {
    parts: { cluster: { 'proxy-url': proxy.url.replace('//', '//me:word@') } },
  });
  expect(await cluster.version()).toEqual({ gitVersion: 'v1' });
  expect(proxy.asks).toHaveLength(1);
  expect(proxy.asks[0]).toContain(`Basic ${Buffer.from('me:word').toString('base64')}`);
  cluster.close();
  await using stranger = await startApiServer((_, response) => json(response, kubeSystem));
  const wrong = { ...server, authority: stranger.authority };
  await expect(opened(wrong, home, { parts: { cluster: { 'proxy-url': proxy.url } } })).rejects.toThrow(
    /not of the authority/,
  );
});

it('tells what a proxy refuses, without its password', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(answering(() => undefined));
  await using proxy = await startProxy('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  const attempt = opened(server, home, {
    parts: { cluster: { 'proxy-url': proxy.url.replace('//', '//me:word@') } },
  });
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  expect(String(error)).toMatch(/the proxy answered with 407/);
  expect(String(error)).not.toContain('word');
});
