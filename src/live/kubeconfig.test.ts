import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Home, kubeconfigFor, makeHome, type Parts } from '../../tests/live/apiServer.ts';
import { issuerOf, makeAuthority } from '../../tests/pods/cluster/certificates.ts';
import { targetOf } from './kubeconfig.ts';

const authority = makeAuthority('test');
const server = { url: 'https://192.0.2.1:6443', authority };
const client = issuerOf(authority)({ commonName: 'me', usage: 'client' });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function targetIn(home: Home, text: string, more: Parameters<Home['environment']>[0] = {}) {
  const kubeconfig = await home.write('config', text);
  return targetOf({ kubeconfig, environment: home.environment(more) });
}

describe('where kubeconfigs come from', () => {
  it('is the file of the flag, else KUBECONFIG, else the home directory', async () => {
    await using home = await makeHome();
    await mkdir(join(home.path, '.kube'));
    const named = (name: string) => kubeconfigFor(server).replaceAll('"home"', JSON.stringify(name));
    await home.write('.kube/config', named('of-home'));
    const second = await home.write('second', named('of-variable'));
    const flag = await home.write('flag', named('of-flag'));
    const env = { KUBECONFIG: [join(home.path, 'absent'), second].join(delimiter) };
    const contexts = await Promise.all(
      [
        { environment: home.environment() },
        { environment: home.environment({ env }) },
        { environment: home.environment({ env }), kubeconfig: flag },
      ].map(targetOf),
    );
    expect(contexts.map((one) => (one.ok ? one.value.context : one))).toEqual([
      'of-home',
      'of-variable',
      'of-flag',
    ]);
  });

  it('may be several files, of which the first counts that names something', async () => {
    await using home = await makeHome();
    const one = await home.write('one', kubeconfigFor(server, { user: { token: 'first' } }));
    const other = JSON.parse(
      kubeconfigFor({ ...server, url: 'https://192.0.2.2' }, { user: { token: 'second' } }),
    );
    other.contexts.push({ name: 'second', context: { cluster: 'only-here', user: 'me' } });
    other.clusters.push({ ...other.clusters[0], name: 'only-here' });
    const two = await home.write('two', JSON.stringify(other));
    const environment = home.environment({ env: { KUBECONFIG: `${one}${delimiter}${two}` } });
    expect(await targetOf({ environment })).toMatchObject({
      value: { server: server.url, login: { token: 'first' } },
    });
    expect(await targetOf({ environment, context: 'second' })).toMatchObject({
      value: { server: 'https://192.0.2.2', login: { token: 'first' } },
    });
  });

  it('is the service account of the pod where there is no file', async () => {
    await using home = await makeHome();
    await home.write('ca.crt', authority.certificate);
    await home.write('token', 'abc\n');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(
      await targetOf({ environment: home.environment({ env }), serviceAccount: home.path }),
    ).toMatchObject({
      value: {
        context: 'in-cluster',
        server: 'https://[fd00::1]:443',
        authority: authority.certificate,
        login: { tokenFile: join(home.path, 'token') },
      },
    });
  });

  it('is nowhere else', async () => {
    await using home = await makeHome();
    expect(await targetOf({ environment: home.environment() })).toMatchObject({
      ok: false,
      problems: [{ code: 'kubeconfig-missing' }],
    });
    const kubeconfig = join(home.path, 'absent');
    expect(await targetOf({ environment: home.environment(), kubeconfig })).toMatchObject({
      problems: [{ code: 'kubeconfig-missing', file: kubeconfig, message: 'the kubeconfig does not exist' }],
    });
  });
});

describe('what a kubeconfig says', () => {
  it('may be in files beside it', async () => {
    await using home = await makeHome();
    await home.write('ca.pem', authority.certificate);
    await home.write('me.pem', client.certificate);
    await home.write('me.key', client.key);
    const text = kubeconfigFor(server, {
      cluster: { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.pem' },
      user: {
        'client-certificate': 'me.pem',
        'client-key': 'me.key',
        exec: { command: './plugin', apiVersion: 'v1' },
      },
    });
    expect(await targetIn(home, text)).toMatchObject({
      value: {
        authority: authority.certificate,
        login: { certificate: client, exec: { command: join(home.path, 'plugin') } },
      },
    });
  });

  it('may ask to act as somebody else', async () => {
    await using home = await makeHome();
    const user = {
      token: 't',
      as: 'x',
      'as-groups': ['a', 'b'],
      'as-uid': 'u',
      'as-user-extra': { 'a/b': ['1'] },
    };
    expect(await targetIn(home, kubeconfigFor(server, { user }))).toMatchObject({
      value: {
        login: {
          impersonation: {
            'Impersonate-User': 'x',
            'Impersonate-Group': ['a', 'b'],
            'Impersonate-Uid': 'u',
            'Impersonate-Extra-a%2Fb': ['1'],
          },
        },
      },
    });
  });

  it.each([
    ['http://127.0.0.1:8001', true],
    ['http://localhost:8001', true],
    ['http://[::1]:8001', true],
    ['http://127.0.0.1.example.com', false],
    ['http://192.0.2.1:8080', false],
    ['http://home.example', false],
  ])('may be reached by HTTP on this machine only: %s', async (url, accepted) => {
    await using home = await makeHome();
    const answer = await targetIn(home, kubeconfigFor({ ...server, url }, { user: {} }));
    if (accepted) expect(answer).toMatchObject({ ok: true, value: { server: url } });
    else expect(answer).toMatchObject({ ok: false, problems: [{ code: 'kubeconfig-insecure' }] });
  });
});

const later = new Date(Date.now() + 400 * 86_400_000);
let ends = '';
beforeAll(async () => {
  await using home = await makeHome();
  const user = {
    'client-certificate-data': base64(client.certificate),
    'client-key-data': base64(client.key),
  };
  const target = await targetIn(home, kubeconfigFor(server, { user }));
  if (!target.ok) throw new Error(JSON.stringify(target));
  ends = target.value.login.certificate?.ends.toISOString().slice(0, 10) ?? '';
});

const certificate = {
  'client-certificate-data': base64(client.certificate),
  'client-key-data': base64(client.key),
};

describe('a bad kubeconfig', () => {
  it.each<[string, string, Parts, RegExp]>([
    ['no server', 'kubeconfig-invalid', { cluster: { server: undefined } }, /the cluster has no server/],
    ['a server that is no URL', 'kubeconfig-invalid', { cluster: { server: '192.0.2.1:6443' } }, /not a URL/],
    [
      'no verification',
      'kubeconfig-insecure',
      { cluster: { 'insecure-skip-tls-verify': true } },
      /192\.0\.2\.1:6443/,
    ],
    [
      'an unknown cluster',
      'kubeconfig-invalid',
      { context: { cluster: 'other' } },
      /the cluster \\"other\\"/,
    ],
    ['an unknown user', 'kubeconfig-invalid', { context: { user: 'other' } }, /the user \\"other\\"/],
    ['no user', 'kubeconfig-invalid', { context: { user: undefined } }, /names no user/],
    ['no credentials', 'kubeconfig-invalid', { user: {} }, /no credentials/],
    [
      'a removed provider',
      'kubeconfig-invalid',
      { user: { 'auth-provider': { name: 'gcp' } } },
      /auth-provider \\"gcp\\"/,
    ],
    [
      'an authority that is none',
      'kubeconfig-invalid',
      { cluster: { 'certificate-authority-data': 'eA==' } },
      /is no certificate/,
    ],
    [
      'a file that is not there',
      'credentials-unusable',
      { user: { 'client-certificate': 'absent.pem' } },
      /absent\.pem, which cannot be read \(ENOENT\)/,
    ],
    [
      'a key of another',
      'kubeconfig-invalid',
      { user: { ...certificate, 'client-key-data': base64(authority.key) } },
      /not the key/,
    ],
    [
      'no key',
      'kubeconfig-invalid',
      { user: { ...certificate, 'client-key-data': undefined } },
      /not the key/,
    ],
  ])('with %s', async (_, code, parts, message) => {
    await using home = await makeHome();
    const answer = await targetIn(home, kubeconfigFor(server, parts));
    expect(answer).toMatchObject({ ok: false, problems: [{ code, file: join(home.path, 'config') }] });
    expect(JSON.stringify(answer)).toMatch(message);
    expect(JSON.stringify(answer)).not.toContain('PRIVATE');
  });

  it.each<[string, string, RegExp]>([
    ['text', 'hello', /not a map/],
    ['no YAML', 'a: [', /not valid YAML/],
    ['the same key twice', 'a: 1\na: 2\n', /not valid YAML/],
  ])('of %s', async (_, text, message) => {
    await using home = await makeHome();
    const answer = await targetIn(home, text);
    expect(answer).toMatchObject({ ok: false, problems: [{ code: 'kubeconfig-invalid' }] });
    expect(JSON.stringify(answer)).toMatch(message);
  });

  it('whose certificate has expired names the day', async () => {
    await using home = await makeHome();
    const answer = await targetIn(home, kubeconfigFor(server, { user: certificate }), { now: () => later });
    expect(answer).toMatchObject({
      problems: [{ code: 'credentials-unusable', message: `the client certificate expired on ${ends}` }],
    });
    const early = await targetIn(home, kubeconfigFor(server, { user: certificate }), {
      now: () => new Date(0),
    });
    expect(early).toMatchObject({ problems: [{ remedy: 'set the clock of this computer' }] });
  });

  it('lists the contexts that it has', async () => {
    await using home = await makeHome();
    const kubeconfig = await home.write('config', kubeconfigFor(server));
    const environment = home.environment();
    expect(await targetOf({ kubeconfig, environment, context: 'other' })).toMatchObject({
      problems: [{ code: 'kubeconfig-context-unknown', expected: 'a context of the kubeconfig: "home"' }],
    });
    const none = await targetIn(home, kubeconfigFor(server).replace('"current-context":"home"', '"x":1'));
    expect(none).toMatchObject({ problems: [{ message: 'the kubeconfig has no current context' }] });
  });
});
