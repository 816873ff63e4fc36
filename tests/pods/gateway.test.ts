// Crosses configure with Flux, Envoy Gateway and Envoy in pods: routes come up from a push, whoever has a good login gets through,
// and nobody gets past.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { bundledProgram } from '../program.ts';
import { makeKey } from '../real/origin-proxy/issuer.ts';
import { nameOf } from '../real/serverCheck.ts';
import { podSuite } from './cluster/suite.ts';
import { type Place, places } from './cluster/world.ts';
import { type InstalledFlux, installFlux } from './fixtures/flux.ts';
import { addresses, type GatewayHome, gatewayHome, hosts, namespaces } from './fixtures/gatewayHome.ts';
import { type GitHost, startGitHost } from './fixtures/gitServer.ts';
import { ownHost, ownRoute } from './fixtures/ownRoute.ts';
import { eventually } from './fixtures/podState.ts';
import { podsOf } from './fixtures/pods.ts';
import type { WebAnswer } from './fixtures/questions.ts';
import type { RunningPod } from './fixtures/runningPods.ts';
import { pausePod } from './fixtures/settled.ts';
import { token } from './fixtures/tokenIssuers.ts';
import type { UserPlace } from './fixtures/userProgram.ts';

const timeout = 900_000;

type Host = keyof typeof hosts;
type Headers = Readonly<Record<string, string>>;

const echoed = z.looseObject({ headers: z.record(z.string(), z.string()) });
/** The headers that the server behind a route saw. */
const seen = ({ body }: WebAnswer): Headers => echoed.parse(JSON.parse(body)).headers;

/** What a client could say of itself. */
const spoofed = {
  'x-user-id': 'admin',
  'x-user-email': 'admin@example.org',
  'x-user-name': 'admin',
  'x-forwarded-user': 'admin',
  'x-auth-request-email': 'admin@example.org',
  'remote-user': 'admin',
};

podSuite('the gateway', (cluster) => {
  const pods = podsOf(cluster);
  const authority = cluster.facts.worldAuthority.certificate;
  let flux: InstalledFlux;
  let host: GitHost;
  let home: GatewayHome;
  let program: string;

  beforeAll(async () => {
    program = await bundledProgram();
    [host, flux] = await Promise.all([startGitHost(cluster), installFlux(cluster)]);
    home = await gatewayHome(cluster, flux, host, program);
    process.stdout.write(`${(home.readyAfter / 1_000).toFixed(1)} s: the home is as it was pushed\n`);
    // Flux is done when the objects are there. Envoy has the last of them a moment later.
    await eventually(
      'every route lets in whoever has a good login',
      180,
      async () => ((await lettingIn()).every((status) => status === 200) ? true : undefined),
      lettingIn,
    );
  }, timeout);

  afterAll(async () => {
    cluster.giveUp();
    await home?.[Symbol.asyncDispose]();
    await flux?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    rmSync(program, { force: true });
  }, timeout);

  const gatewayOf = (name: Host): keyof typeof addresses =>
    name === 'inner' || name === 'lan' ? 'internal' : 'external';
  const ask = (place: Place, name: Host, headers: Headers = {}, path = '/'): Promise<WebAnswer> =>
    pods.from(place).answer({
      url: `https://${hosts[name]}${path}`,
      ...{ address: addresses[gatewayOf(name)], authority, headers },
    });
  const bearer = (text: string): Headers => ({ authorization: `Bearer ${text}` });
  const outside = async (more: object = {}) => bearer(await token(home.issuers.outside, more));
  const inside = async (more: object = {}) =>
    bearer(await token(home.issuers.inside, { groups: ['guests', 'family'], ...more }));

  async function lettingIn(): Promise<number[]> {
    const answers = await Promise.all([
      ask('internet', 'token', await outside()),
      ask('lan', 'inner', await inside()),
      ask('lan', 'lan'),
    ]);
    return answers.map(({ status }) => status);
  }

  describe('from the internet', () => {
    test.each<Place>(['internet', 'lan', 'vpn'])('refuses whoever has no token, from %s', async (place) => {
      expect((await ask(place, 'token')).status).toBe(401);
      expect((await ask(place, 'token', spoofed)).status).toBe(401);
    });

    test('tells the app whose token it is, and from where', async () => {
      const answer = await ask('internet', 'token', await outside({ preferred_username: 'some' }));
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({
        'x-user-id': 'somebody',
        'x-user-email': 'somebody@example.org',
        'x-user-name': 'some',
        'x-forwarded-proto': 'https',
        // No node is between, which would hide who asks (`externalTrafficPolicy: Local`).
        'x-forwarded-for': places.internet,
      });
    });

    test('refuses a forged token, one of somebody else, and one for another app', async () => {
      const { outside: good, inside: other } = home.issuers;
      const forged = await token({ ...good, key: await makeKey('one') });
      expect((await ask('internet', 'token', bearer(forged))).status).toBe(401);
      expect((await ask('internet', 'token', bearer(await token(other)))).status).toBe(401);
      expect((await ask('internet', 'token', await outside({ exp: 1_000_000_000 }))).status).toBe(401);
      expect((await ask('internet', 'token', await outside({ aud: 'others' }))).status).toBe(403);
    });

    test('does not believe what a client says of itself', async () => {
      const answer = await ask('internet', 'token', { ...spoofed, ...(await outside({ email: undefined })) });
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({ 'x-user-id': 'somebody' });
      for (const name of Object.keys(spoofed).slice(1)) expect(seen(answer)).not.toHaveProperty(name);
    });

    test('asks a call of gRPC for its token too, and leads to the named method alone', async () => {
      const call = async (method: string, headers: Headers): Promise<unknown> => {
        const url = `https://${hosts.rpc}/whoami.Whoami/${method}`;
        const request = { url, address: addresses.external, authority, headers, grpc: true } as const;
        return (await pods.from('internet').answer(request)).headers['grpc-status'];
      };
      const [unauthenticated, denied, unimplemented, good] = ['16', '7', '12', '0'];
      expect(await call('Whoami', {})).toBe(unauthenticated);
      expect(await call('Whoami', await outside({ aud: 'others' }))).toBe(denied);
      expect(await call('Whoami', await outside())).toBe(good);
      expect(await call('Bench', await outside())).toBe(unimplemented);
    });

    test('leads to TLS', async () => {
      const url = `http://${hosts.token}/a?b=c`;
      const answer = await pods.from('internet').answer({ url, address: addresses.external });
      expect([answer.status, answer.headers['location']]).toEqual([301, `https://${hosts.token}/a?b=c`]);
    });

    test('does not lead to what is for home', async () => {
      const url = `https://${hosts.lan}/`;
      const answer = await pods.from('internet').answer({ url, address: addresses.external, authority });
      expect(answer.status).toBe(404);
      for (const port of [80, 443])
        expect(await pods.from('internet').connect(addresses.internal, port)).not.toBe('open');
      // Another private network is neither home nor the internet.
      for (const address of Object.values(addresses))
        expect(await pods.from('elsewhere').connect(address, 443)).not.toBe('open');
    });
  });

  describe('from home', () => {
    test.each<Place>(['lan', 'vpn'])('lets in who is there, from %s', async (place) => {
      const answer = await ask(place, 'lan', spoofed);
      expect(answer.status).toBe(200);
      expect(seen(answer)).toMatchObject({ 'x-forwarded-for': places[place] });
      for (const name of Object.keys(spoofed)) expect(seen(answer)).not.toHaveProperty(name);
    });

    test('demands a token of the issuer in the cluster, and of a group', async () => {
      expect((await ask('lan', 'inner')).status).toBe(401);
      expect((await ask('lan', 'inner', await outside())).status).toBe(401);
      expect((await ask('lan', 'inner', await inside({ groups: ['guests'] }))).status).toBe(403);
      const answer = await ask('lan', 'inner', await inside());
      expect([answer.status, seen(answer)['x-user-id']]).toEqual([200, 'somebody']);
    });
  });

  const ownStatus = async (headers: Headers = {}): Promise<number> => {
    const request = { url: `https://${ownHost}/`, address: addresses.external, authority, headers };
    return (await pods.from('internet').answer(request)).status;
  };
  const soon = { timeout: 60_000 };
  const withoutOwnRoute = async (): Promise<void> => {
    await cluster.client.remove({ ...ownRoute(), name: 'mine', namespace: 'echo' });
    await expect.poll(() => ownStatus(), soon).toBe(404);
  };
  const kubectl = async (...words: string[]): Promise<void> => {
    const { code, errors } = await cluster.kubectl(...words);
    if (code !== 0) throw new Error(`kubectl ${words.join(' ')}: ${errors}`);
  };

  describe('a route that somebody wrote', () => {
    test('answers nobody without a policy', async () => {
      expect(await ownStatus()).toBe(404);
      await cluster.apply([ownRoute()]);
      await expect.poll(() => ownStatus(), soon).toBe(403);
      expect(await ownStatus(await outside())).toBe(403);
      await withoutOwnRoute();
    });

    test('demands a token by its label', async () => {
      await cluster.apply([ownRoute({ security: 'jwt-protected' })]);
      await expect.poll(() => ownStatus(), soon).toBe(401);
      expect(await ownStatus(await outside({ aud: 'others' }))).toBe(403);
      expect(await ownStatus(await outside())).toBe(200);
      await withoutOwnRoute();
    });
  });

  describe('past the gateway', () => {
    const envoyPorts = [10_080, 10_443, 19_000, 19_001, 19_002, 19_003];
    /** What there is to connect to: the pods of each workload, and their ports. */
    const listening: Readonly<Record<string, readonly number[]>> = {
      'network/envoy-gateway': [18_000, 18_001, 18_002, 19_001, 8_081],
      'network/envoy-external': envoyPorts,
      'network/envoy-internal': envoyPorts,
      ...Object.fromEntries(Object.keys(hosts).map((name) => [`echo/echo-${name}`, [8_080]])),
    };
    /** What of it somebody reaches. */
    const reached = async (origin: Place | RunningPod): Promise<string[]> => {
      const asked = await Promise.all(
        Object.entries(listening).map(async ([name, ports]) => {
          const { address } = await pods.named(name);
          return ports.map((port) => ({
            name: `${name} ${port}`,
            protocol: 'TCP' as const,
            host: address,
            port,
          }));
        }),
      );
      const all = asked.flat();
      const outcomes = await pods.from(origin).ask(all);
      return all.flatMap(({ name }, at) => (outcomes[at] === 'open' ? [name] : []));
    };

    test('a pod of nobody reaches nothing', async () => {
      const stranger = await pausePod(cluster, 'default', 'stranger');
      expect(await reached(stranger)).toEqual([]);
      const beside = await pausePod(cluster, 'echo', 'beside');
      expect(await reached(beside)).toEqual([]);
      for (const [namespace, name] of [
        ['default', 'stranger'],
        ['echo', 'beside'],
      ] as const)
        await cluster.client.remove({ apiVersion: 'v1', kind: 'Pod', namespace, name });
    });

    test('no place of the world reaches more than a Gateway', async () => {
      const web = (name: string) => [`network/${name} 10080`, `network/${name} 10443`];
      expect(await reached('internet')).toEqual(web('envoy-external'));
      for (const place of ['lan', 'vpn'] as const)
        expect(await reached(place)).toEqual([...web('envoy-external'), ...web('envoy-internal')]);
      expect(await reached('elsewhere')).toEqual([]);
    });

    test('an Envoy reaches the controller and the apps of its routes, and no other', async () => {
      // What it listens on itself is no connection to somebody.
      const others = async (name: string) =>
        (await reached(await pods.named(name))).filter((each) => !each.startsWith(name));
      const controller = 'network/envoy-gateway 18000';
      expect(await others('network/envoy-external')).toEqual([
        controller,
        'echo/echo-token 8080',
        'echo/echo-rpc 8080',
      ]);
      expect(await others('network/envoy-internal')).toEqual([
        controller,
        'echo/echo-inner 8080',
        'echo/echo-lan 8080',
      ]);
    });

    test('no policy but those that were written lets anybody in', async () => {
      const isPolicy = ({ kind, metadata }: { kind: string; metadata: { namespace?: string } }) =>
        kind === 'NetworkPolicy' && namespaces.some((namespace) => namespace === metadata.namespace);
      const live = await cluster.client.list('networking.k8s.io/v1', 'NetworkPolicy');
      const written = home.objects.filter(isPolicy).map(nameOf).toSorted();
      expect(live.map((each) => nameOf({ ...each, kind: 'NetworkPolicy' })).toSorted()).toEqual(written);
      expect(written.length).toBeGreaterThan(7);
    });
  });

  describe('verify', () => {
    const report = z.looseObject({
      results: z.array(z.looseObject({ id: z.string(), verdict: z.string(), evidence: z.array(z.string()) })),
    });
    type Results = z.infer<typeof report>['results'];
    /** What verify finds, of the checks whose ids begin so, or of all. */
    async function results(place: UserPlace, ...parameters: string[]): Promise<Results> {
      const { stdout, stderr } = await home.gatehouseAt(place, 'verify', '--json', ...parameters);
      if (!stdout.startsWith('{')) throw new Error(stderr + stdout);
      return report.parse(JSON.parse(stdout)).results;
    }
    const verdictsOf = (all: Results): Record<string, string> =>
      Object.fromEntries(all.map(({ id, verdict }) => [id, verdict]));
    const notKept = (all: Results) => all.filter(({ verdict }) => verdict !== 'kept');
    const named = (text: string) => expect.stringContaining(text);
    /** A person in a place, who looks the hosts up and trusts the authority of the certificates. */
    const somebody = (gateway: keyof typeof addresses): UserPlace => {
      const file = join(mkdtempSync(join(inject('realScratch'), 'authority-')), 'authority.pem');
      writeFileSync(file, authority);
      const names = (Object.keys(hosts) as Host[]).filter((name) => gatewayOf(name) === gateway);
      return {
        hosts: Object.fromEntries(names.map((name) => [hosts[name], addresses[gateway]])),
        environment: { NODE_EXTRA_CA_CERTS: file },
      };
    };

    test('finds the Gateways and the routes as they were written', { timeout }, async () => {
      const all = await results({});
      expect(verdictsOf(all)).toMatchObject({
        'gateway-class': 'kept',
        'gateway-external': 'kept',
        'gateway-internal': 'kept',
        'gateway-policies-network': 'kept',
        'gateway-policies-echo': 'kept',
        'route-echo-token-internet-served': 'kept',
        'route-echo-rpc-internet-served': 'kept',
        'route-echo-inner-home-served': 'kept',
        'route-echo-lan-home-served': 'kept',
        'load-balancers': 'kept',
        'not-in-git': 'kept',
      });
      expect(notKept(all)).toEqual([]);
    });

    test('asks the routes from where their users are', { timeout }, async () => {
      const outer = await results(
        { ...somebody('external'), place: 'internet' },
        ...['--from', 'outside', '--only', 'route-echo-token'],
      );
      expect(verdictsOf(outer)).toMatchObject({
        'route-echo-token-internet-without-token': 'kept',
        'route-echo-token-internet-forged-token': 'kept',
      });
      const inner = await results(somebody('internal'), '--from', 'home', '--only', 'route,home');
      expect(verdictsOf(inner)).toMatchObject({
        'route-echo-inner-home-without-token': 'kept',
        'home-name-1': 'kept',
        'home-name-2': 'kept',
      });
      expect(notKept(inner)).toEqual([]);
    });

    test('finds a ReferenceGrant that somebody deletes, and nobody gets in by it', { timeout }, async () => {
      const grants = home.objects.filter(({ kind }) => kind === 'ReferenceGrant');
      expect(grants.map(nameOf).toSorted()).toEqual([
        'ReferenceGrant echo/labelled-routes',
        'ReferenceGrant identity/issuer-keys',
      ]);
      await cluster.apply([ownRoute({ security: 'jwt-protected' })]);
      await expect.poll(async () => ownStatus(await outside()), soon).toBe(200);
      for (const { metadata } of grants)
        await kubectl('-n', metadata.namespace ?? '', 'delete', 'referencegrant', metadata.name);
      const status = async () => (await ask('lan', 'inner', await inside())).status;
      // What the policy demands beside the token stays, and nobody shows it.
      await expect.poll(status, soon).toBe(403);
      expect((await ask('lan', 'inner')).status).toBe(403);
      await expect.poll(async () => ownStatus(await outside()), soon).toBe(403);
      expect(await ownStatus()).toBe(403);
      const found = notKept(await results({}));
      for (const [id, evidence] of [
        ['drift-token-issuers', 'ReferenceGrant identity/issuer-keys'],
        ['drift-envoy-gateway', 'ReferenceGrant echo/labelled-routes'],
        ['gateway-policies-echo', 'SecurityPolicy echo/inner-home'],
        ['labelled-routes-echo-mine', 'HTTPRoute echo/mine'],
      ] as const)
        expect(found).toContainEqual(
          expect.objectContaining({ id, evidence: expect.arrayContaining([named(evidence)]) }),
        );
      await withoutOwnRoute();
      expect(await home.gatehouseAt({}, 'reconcile')).toMatchObject({ code: 0 });
      await expect.poll(status, soon).toBe(200);
    });

    test('finds what somebody changes by hand, and nobody gets in by it', { timeout }, async () => {
      await kubectl('-n', 'echo', 'delete', 'securitypolicy', 'token-internet');
      const status = async () => (await ask('internet', 'token', await outside())).status;
      // Without a policy of its own the route has that of its Gateway, so that the promise about it is kept.
      await expect.poll(status, soon).toBe(403);
      expect((await ask('internet', 'token')).status).toBe(403);
      const address = JSON.stringify({ spec: { externalIPs: ['192.0.2.250'] } });
      await kubectl('-n', 'network', 'patch', 'service', 'envoy-internal', '--type=merge', '-p', address);
      const found = notKept(await results({}));
      expect(found).toContainEqual(
        expect.objectContaining({
          id: 'drift-envoy-gateway',
          evidence: [named('SecurityPolicy echo/token-internet')],
        }),
      );
      expect(found).toContainEqual(
        expect.objectContaining({
          id: 'load-balancers',
          evidence: expect.arrayContaining([named('Service network/envoy-internal')]),
        }),
      );
      expect(found.map(({ id }) => id)).not.toContain('gateway-external');
    });
  });
});
