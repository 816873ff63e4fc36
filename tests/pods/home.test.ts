// Crosses configure, its local manifests and what reach answers with a real cluster: what is written comes up and works, and who
// may connect, connects, and nobody else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { variants } from '../variants.ts';
import { nodeAddress } from './cluster/node.ts';
import { podSuite } from './cluster/suite.ts';
import { places } from './cluster/world.ts';
import type { Home } from './fixtures/home.ts';
import { type HomeMeasuring, startHomeMeasuring } from './fixtures/homePromises.ts';
import {
  type HomeVariant,
  homeOf,
  homes,
  homesInOrder,
  isChangeOf,
  otherClusters,
} from './fixtures/homes.ts';
import { podsOf } from './fixtures/pods.ts';
import { differencesOf, type PromiseRow, promisesDocument, promiseTable } from './fixtures/promiseTable.ts';
import type { WebAnswer } from './fixtures/questions.ts';
import { createAccessKeys, signAccessToken } from './standIns/accessTokens.ts';

/** How long a home may take on a machine that is busy, in milliseconds. */
const timeout = 900_000;

podSuite('the home', (cluster) => {
  const pods = podsOf(cluster);
  const authority = cluster.facts.worldAuthority.certificate;
  const owner = 'owner@example.org';

  const logs = async (namespace: string, ...what: readonly string[]): Promise<string> => {
    const { code, output, errors } = await cluster.kubectl('-n', namespace, 'logs', ...what);
    if (code !== 0) throw new Error(`the logs of ${what.join(' ')}: ${errors}`);
    return output;
  };

  /** A request to the node port, as an app on the LAN sends it. */
  const onTheLan = (path: string, body?: object | string, token?: string): Promise<WebAnswer> =>
    pods.from('lan').answer({
      url: `http://photos.example.org:30082${path}`,
      address: nodeAddress,
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  /** A request to the hostname, from anywhere. */
  const onTheInternet = (home: Home, headers: Record<string, string>, port = 443): Promise<WebAnswer> =>
    pods.from('internet').answer({
      url: `https://${home.cloudflare.host}:${port}/api/server/ping`,
      ...{ address: places.cloudflare, authority, headers },
    });

  async function exampleWorks(home: Home): Promise<void> {
    expect(await logs('media', 'job/immich-setup')).toContain('IMMICH_SETUP: administrator created');
    expect(await logs('media', 'deployment/immich-server', '-c', 'nas-guard')).toContain('NAS_GUARD: ok');
    expect(await logs('media', 'deployment/immich-postgres')).toContain('ready to accept connections');

    const secret = await cluster.kubectl('-n', 'media', 'get', 'secret', 'immich-admin', '-o', 'json');
    const { email, password } = JSON.parse(secret.output).data;
    const plain = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
    expect(
      (await onTheLan('/api/auth/admin-sign-up', { email: 'x@example.org', password: 'x', name: 'x' }))
        .status,
    ).toBe(400);
    const login = await onTheLan('/api/auth/login', { email: plain(email), password: plain(password) });
    expect(login.status).toBe(201);
    const { accessToken } = JSON.parse(login.body);
    const me = await onTheLan('/api/users/me', undefined, accessToken);
    // The server, and so its policy, sees who asks.
    expect(JSON.parse(me.body).from).toContain(places.lan);
    const photo = await onTheLan('/api/assets', 'a photo', accessToken);
    expect(photo.status).toBe(201);
    const stored = await cluster.execInNode([
      'cat',
      `/mnt/nas/photos/immich/upload/${JSON.parse(photo.body).id}`,
    ]);
    expect(stored.output).toBe('a photo');

    await throughCloudflare(home);
  }

  async function throughCloudflare(home: Home): Promise<void> {
    const session = async (email: string) => ({
      cookie: `CF_Authorization=${await home.cloudflare.token({ email })}`,
    });
    expect((await onTheInternet(home, {})).status).toBe(302);
    expect(await onTheInternet(home, await session(owner))).toMatchObject({
      status: 200,
      body: '{"res":"pong"}',
    });
    // Whom Access lets in beside the owner, the origin proxy refuses.
    expect((await onTheInternet(home, await session('other@example.org'))).status).toBe(401);
    // Without an Access application the tunnel refuses.
    const { unprotected } = home.cloudflare;
    expect((await onTheInternet(home, {}, unprotected)).status).toBe(403);
    expect((await onTheInternet(home, { 'cf-access-jwt-assertion': 'x' }, unprotected)).status).toBe(502);
    // Whoever gets into the tunnel's pod is before the origin proxy.
    const tunnel = await pods.named('networking/cloudflared');
    const proxy = await pods.named('networking/immich-origin-proxy');
    const foreignKeys = await createAccessKeys('foreign');
    const audience = home.prepared.configuration.loaded.private.get('IMMICH_ACCESS_AUDIENCE') ?? '';
    const asked = (token: string | undefined): Promise<WebAnswer> =>
      pods.from(tunnel).answer({
        url: `http://${home.cloudflare.host}:8080/api/server/ping`,
        address: proxy.address,
        headers: token === undefined ? {} : { 'cf-access-jwt-assertion': token },
      });
    const foreignToken = await signAccessToken(foreignKeys, { team: 'example-team', audience, email: owner });
    for (const token of [undefined, 'x', foreignToken]) expect((await asked(token)).status).toBe(401);
    expect((await asked(await home.cloudflare.token({ email: owner }))).status).toBe(200);
    // What the map does not show is closed.
    expect(await pods.from('internet').connect(nodeAddress, 30_082)).not.toBe('open');
    expect(await pods.from('internet').connect(proxy.address, 8_080)).not.toBe('open');
  }

  /** What a home must do that not every one does. */
  const own: Readonly<Record<string, (home: Home) => Promise<void>>> = {
    'the example home': exampleWorks,
    'sign-in with OpenID Connect': async () => {
      expect(JSON.parse((await onTheLan('/api/server/features')).body)).toMatchObject({ oauth: true });
      expect(await logs('media', 'job/immich-setup')).toContain('IMMICH_SETUP: administrator created');
      const owned = await cluster.kubectl('-n', 'media', 'get', 'job/immich-setup', '-o', 'json');
      expect(owned.output).toContain(owner);
    },
    'the first administrator has signed in': async () => {
      expect((await cluster.kubectl('-n', 'media', 'get', 'jobs')).errors).toContain('No resources found');
      const again = await onTheLan('/api/auth/admin-sign-up', {
        email: 'x@example.org',
        password: 'x',
        name: 'x',
      });
      expect(again).toMatchObject({ status: 400, body: expect.stringContaining('setup is disabled') });
    },
    'secrets are delivered in Git': async () => {
      const login = await onTheLan('/api/auth/login', { email: owner, password: 'Kq4-vb7_Tz2.hR9x' });
      expect(login.status).toBe(201);
    },
    'no machine learning, a service token, no VPN': async (home) => {
      expect(home.objects.map(({ metadata }) => metadata.name)).not.toContain('immich-machine-learning');
      expect(await pods.from('vpn').connect(nodeAddress, 30_082)).not.toBe('open');
      const token = await home.cloudflare.token({ serviceToken: `${'ab'.repeat(16)}.access` });
      const answer = await onTheInternet(home, { cookie: `CF_Authorization=${token}` });
      expect(answer.status).toBe(200);
    },
  };

  const rows: PromiseRow[] = [];
  let measuring: HomeMeasuring;
  /** What runs, and what it is. */
  let last: { readonly home: Home; readonly variant: HomeVariant } | undefined;
  const end = async (): Promise<void> => {
    await last?.home[Symbol.asyncDispose]();
    last = undefined;
  };
  beforeAll(async () => {
    measuring = await startHomeMeasuring(cluster);
  }, timeout);
  afterAll(async () => {
    await end();
    await measuring?.[Symbol.asyncDispose]();
  }, timeout);

  describe.each(homesInOrder)('$name', (variant) => {
    let home: Home | undefined;
    const running = (): Home => home ?? expect.fail('the home is not up');
    beforeAll(async () => {
      if (last !== undefined && isChangeOf(variant, last.variant)) home = await last.home.change(variant);
      else {
        await end();
        home = await homeOf(pods, variant);
      }
      last = { home, variant };
    }, timeout);

    test('comes up as it was written, and works', { timeout }, async () => {
      process.stdout.write(`ready after ${(running().readyAfter / 1_000).toFixed(1)} s: ${variant.name}\n`);
      expect((await onTheLan('/api/server/config')).body).toContain('"isInitialized":true');
      await own[variant.name]?.(running());
    });

    test('keeps what is promised', { timeout }, async () => {
      const { betweenReports, measured, silent } = await measuring.measure(running());
      rows.push({ variant: variant.name, measured });
      expect(betweenReports).toEqual([]);
      expect(silent).toEqual([]);
      expect(differencesOf(measured)).toEqual([]);
      // A table of which one side is empty would prove nothing.
      expect(measured.filter(({ claim }) => claim.verdict === 'allowed').length).toBeGreaterThan(50);
      expect(measured.filter(({ claim }) => claim.verdict === 'blocked').length).toBeGreaterThan(250);
    });
  });

  test('is measured in a table', async () => {
    const order = homes.map(({ name }) => name);
    const table = promiseTable(
      rows.toSorted((one, other) => order.indexOf(one.variant) - order.indexOf(other.variant)),
    );
    process.stdout.write(`${table}\n`);
    expect(rows.flatMap(({ measured }) => measured).length).toBeGreaterThanOrEqual(500);
    await expect(promisesDocument(table)).toMatchFileSnapshot('../../docs/promises.md');
  });
});

test('every home is measured, or the bench says what it would need', () => {
  const names = variants.filter(({ example }) => example === undefined).map(({ name }) => name);
  expect([...homes.map(({ name }) => name), ...Object.keys(otherClusters)].toSorted()).toEqual(
    names.toSorted(),
  );
});
