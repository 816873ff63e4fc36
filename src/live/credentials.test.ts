import { expect, it } from 'vitest';
import {
  json,
  kubeconfigFor,
  kubeSystem,
  makeHome,
  refuse,
  startApiServer,
} from '../../tests/live/apiServer.ts';
import { answering, failure, opened } from '../../tests/live/opened.ts';
import { openCluster } from './openCluster.ts';

/** A plugin that counts its runs in a file and prints what the script says. */
const plugin = (script: string): string =>
  `#!/bin/sh\nn=$(cat "$COUNT" 2>/dev/null || echo 0)\nn=$((n + 1))\necho $n > "$COUNT"\n${script}\n`;

const credential =
  '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-%s"}}';

const tokens = (headers: readonly { authorization?: string | undefined }[]): (string | undefined)[] =>
  headers.map(({ authorization }) => authorization);

it('asks the exec plugin again once when the token is not accepted any more, however many requests need it', async () => {
  await using home = await makeHome();
  await home.write('plugin', plugin(`printf '${credential}' "$n"`));
  const accepted = { token: 'token-1' };
  await using server = await startApiServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${accepted.token}`)
      return refuse(response, 401, 'Unauthorized');
    return answering((_, rest) => json(rest, { gitVersion: 'v1' }))(request, response);
  });
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: './plugin',
    env: [{ name: 'COUNT', value: `${home.path}/count` }],
  };
  const cluster = await opened(server, home, {
    parts: { user: { exec } },
    environment: home.environment({ env: { PATH: process.env['PATH'] } }),
  });
  expect(tokens(server.headers)).toEqual(['Bearer token-1']);
  accepted.token = 'token-2';
  const [version, { served }] = await Promise.all([cluster.version(), cluster.kinds(), cluster.read('/x')]);
  expect(version).toEqual({ gitVersion: 'v1' });
  expect(served).toHaveLength(2);
  expect(new Set(tokens(server.headers))).toEqual(new Set(['Bearer token-1', 'Bearer token-2']));
  accepted.token = 'token-9';
  expect(await failure(cluster.read('/x'))).toMatchObject({ failure: 'unauthorized', status: 401 });
  // Once more, and not again and again.
  expect(tokens(server.headers).slice(-2)).toEqual(['Bearer token-2', 'Bearer token-3']);
  cluster.close();
});

it('tells the plugin what client-go tells it', async () => {
  await using home = await makeHome();
  await home.write(
    'plugin',
    plugin(`printf '%s' "$KUBERNETES_EXEC_INFO" > "$COUNT.info"\nprintf '${credential}' x`),
  );
  await using server = await startApiServer((_, response) => json(response, kubeSystem));
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: './plugin',
    provideClusterInfo: true,
    env: [{ name: 'COUNT', value: `${home.path}/count` }],
  };
  const cluster = await opened(server, home, {
    parts: { user: { exec } },
    environment: home.environment({ env: { PATH: process.env['PATH'] } }),
  });
  cluster.close();
  const { readFile } = await import('node:fs/promises');
  expect(JSON.parse(await readFile(`${home.path}/count.info`, 'utf8'))).toEqual({
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      cluster: {
        server: server.url,
        'certificate-authority-data': Buffer.from(server.authority.certificate).toString('base64'),
      },
    },
  });
});

const secret = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXNlY3JldC1zZWNyZXQ.abc';

it.each<[string, string | undefined, RegExp]>([
  ['is not installed', undefined, /is not installed/],
  ['fails', `echo "cannot use ${secret}\u001b[31m" >&2; exit 3`, /failed \(exit code 3\): cannot use …/],
  ['prints no JSON', `echo ${secret}`, /printed no JSON/],
  ['prints no credentials', `echo '{"kind":"ExecCredential","status":{}}'`, /printed no credentials/],
  [
    'prints another document',
    `echo '{"kind":"Other","status":{"token":"${secret}"}}'`,
    /printed no credentials/,
  ],
])('says that the plugin %s, without what may be a token', async (_, script, message) => {
  await using home = await makeHome();
  if (script !== undefined) await home.write('plugin', `#!/bin/sh\n${script}\n`);
  await using server = await startApiServer((_request, response) => json(response, kubeSystem));
  const kubeconfig = await home.write(
    'config',
    kubeconfigFor(server, { user: { exec: { command: './plugin' } } }),
  );
  const answer = await openCluster({ uid: 'uid-1', kubeconfig, environment: home.environment() });
  expect(answer).toMatchObject({ ok: false, problems: [{ code: 'credentials-unusable' }] });
  const text = answer.ok ? '' : (answer.problems[0]?.message ?? '');
  expect(text).toMatch(message);
  expect(text).not.toMatch(/eyJ|c2Vj|\u001b/);
  expect(server.requests).toEqual([]);
});

it('does not start a plugin that wants a terminal', async () => {
  await using home = await makeHome();
  await using server = await startApiServer((_request, response) => json(response, kubeSystem));
  const user = { exec: { command: './plugin', interactiveMode: 'Always' } };
  const kubeconfig = await home.write('config', kubeconfigFor(server, { user }));
  const answer = await openCluster({ uid: 'uid-1', kubeconfig, environment: home.environment() });
  expect(JSON.stringify(answer)).toContain('wants a terminal');
});

it('asks the plugin again when its credentials have ended by their own date', async () => {
  await using home = await makeHome();
  const ending = credential.replace('"token-%s"', '"token-%s","expirationTimestamp":"2026-01-01T00:00:00Z"');
  await home.write('plugin', plugin(`printf '${ending}' "$n"`));
  await using server = await startApiServer(answering((_, response) => json(response, { gitVersion: 'v1' })));
  let now = new Date('2025-12-31T00:00:00Z');
  const exec = { command: './plugin', env: [{ name: 'COUNT', value: `${home.path}/count` }] };
  const cluster = await opened(server, home, {
    parts: { user: { exec } },
    environment: home.environment({ env: { PATH: process.env['PATH'] }, now: () => now }),
  });
  now = new Date('2026-01-02T00:00:00Z');
  await cluster.version();
  expect(tokens(server.headers)).toEqual(['Bearer token-1', 'Bearer token-2']);
  cluster.close();
});

it('reads a token file again when its token is not accepted any more', async () => {
  await using home = await makeHome();
  await home.write('token', 'old\n');
  let accepted = 'old';
  await using server = await startApiServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${accepted}`) return refuse(response, 401, 'Unauthorized');
    return answering((_, rest) => json(rest, { gitVersion: 'v1' }))(request, response);
  });
  const cluster = await opened(server, home, { parts: { user: { tokenFile: 'token', token: 'ignored' } } });
  accepted = 'new';
  await home.write('token', 'new\n');
  expect(await cluster.version()).toEqual({ gitVersion: 'v1' });
  await home.write('token', '');
  accepted = 'newer';
  expect(await failure(cluster.read('/x'))).toMatchObject({
    failure: 'unauthorized',
    message: expect.stringMatching(/is empty$/),
  });
  cluster.close();
});

/** A token of OpenID Connect that nobody signed: only its date is read here. */
const jwt = (exp: number): string =>
  [{ alg: 'none' }, { exp }, {}]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');

it('sends a token of OpenID Connect, and no request without one', async () => {
  await using home = await makeHome();
  await using server = await startApiServer(answering((_, response) => json(response, {})));
  const provider = (exp: number) => ({ 'auth-provider': { name: 'oidc', config: { 'id-token': jwt(exp) } } });
  const valid = Math.floor(Date.now() / 1000) + 3_600;
  const cluster = await opened(server, home, { parts: { user: provider(valid) } });
  expect(tokens(server.headers)).toEqual([`Bearer ${jwt(valid)}`]);
  cluster.close();
  await expect(opened(server, home, { parts: { user: provider(1) } })).rejects.toThrow(/cannot be renewed/);
  expect(server.requests).toHaveLength(1);
});
