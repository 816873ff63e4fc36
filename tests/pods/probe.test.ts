// Runs `gatehouse verify` as its user does, with what it asks beside the API: pods that must be refused, the tunnel from outside,
// and the home network.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { bundledProgram, type Ran } from '../program.ts';
import { repositoryOfHome, type WrittenRepository } from '../real/fixtures/writtenRepository.ts';
import { nodeAddress } from './cluster/node.ts';
import { podSuite } from './cluster/suite.ts';
import { places } from './cluster/world.ts';
import type { Home } from './fixtures/home.ts';
import { eventually } from './fixtures/podState.ts';
import { podsOf } from './fixtures/pods.ts';
import { startUserProgram, type UserPlace } from './fixtures/userProgram.ts';

const timeout = 600_000;
const withUid = z.looseObject({ metadata: z.looseObject({ uid: z.string() }) });
const report = z.looseObject({
  results: z.array(z.looseObject({ id: z.string(), verdict: z.string(), evidence: z.array(z.string()) })),
});
type Result = z.infer<typeof report>['results'][number];

podSuite('what verify asks beside the API', (cluster) => {
  const pods = podsOf(cluster);
  let program: string;
  let repository: WrittenRepository;
  let home: Home;

  beforeAll(async () => {
    program = await bundledProgram();
    repository = repositoryOfHome();
    const system = await cluster.client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
    const { uid } = withUid.parse(system).metadata;
    await repository.configure({
      cluster(value) {
        value.cluster.uid = uid;
      },
    });
    home = await pods.apply(repository);
  }, timeout);

  afterAll(async () => {
    cluster.giveUp();
    await home?.[Symbol.asyncDispose]();
    repository?.[Symbol.dispose]();
    rmSync(program, { force: true });
  }, timeout);

  const start = (parameters: readonly string[], at: UserPlace = {}) =>
    startUserProgram(cluster, repository, program, ['verify', ...parameters], at);

  /** Runs it for a person, and shows what they see. */
  async function verify(parameters: readonly string[], at: UserPlace = {}): Promise<Ran> {
    const began = performance.now();
    const ran = await start(parameters, at).ended;
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    process.stdout.write(
      `--- verify ${parameters.join(' ')} (${seconds} s, exit code ${ran.code})\n${ran.stderr}${ran.stdout}\n`,
    );
    return ran;
  }

  /** The results, by the id of the check. */
  async function results(
    parameters: readonly string[],
    at: UserPlace = {},
  ): Promise<{ code: number; by: Map<string, Result> }> {
    const { code, stdout } = await verify(['--json', ...parameters], at);
    return {
      code,
      by: new Map(report.parse(JSON.parse(stdout)).results.map((result) => [result.id, result])),
    };
  }

  const verdicts = (by: Map<string, Result>): Record<string, string> =>
    Object.fromEntries([...by].map(([id, { verdict }]) => [id, verdict]));

  const probeJobs = async (): Promise<string[]> => {
    const { output } = await cluster.kubectl(
      ...['get', 'jobs', '-A', '-l', 'app.kubernetes.io/name=gatehouse-probe', '-o', 'name'],
    );
    return output.split('\n').filter(Boolean);
  };
  const probeNamespaces = async (): Promise<string> =>
    (await cluster.kubectl('get', 'namespace', 'gatehouse-probe', '--ignore-not-found', '-o', 'name')).output;
  const gone = () =>
    eventually('the probe is gone', 60, async () =>
      (await probeJobs()).length === 0 && (await probeNamespaces()) === '' ? true : undefined,
    );

  const probed = ['--probe', '--only', 'probe-gatehouse-probe,probe-media,probe-networking'];

  describe('by probes', () => {
    test('finds every denial kept, and leaves nothing behind', { timeout }, async () => {
      const { code, by } = await results(probed);
      expect(verdicts(by)).toEqual({
        'probe-gatehouse-probe': 'kept',
        'probe-media': 'kept',
        'probe-networking': 'kept',
      });
      expect(code).toBe(0);
      const said = by.get('probe-gatehouse-probe')?.evidence ?? [];
      for (const name of ['immich-server', 'immich-postgres', 'immich-redis', 'immich-machine-learning'])
        expect(said.join('\n')).toMatch(
          new RegExp(`refused by Deployment media/${name} \\(.* at 10\\.42\\.`),
        );
      expect(said.join('\n')).toMatch(/refused by Service networking\/immich-origin-proxy \(10\.43\./);
      // A pod of nobody does not get out of its namespace either.
      expect(by.get('probe-media')?.evidence.join('\n')).toContain(
        'Service default/kubernetes (10.43.0.1:443)',
      );
      await gone();
    });

    test('names both ends where a policy lets everybody in, and checks nothing where no pod may be made', {
      timeout,
    }, async () => {
      const open = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'open', namespace: 'media' },
        spec: {
          podSelector: { matchLabels: { 'app.kubernetes.io/component': 'postgres' } },
          policyTypes: ['Ingress'],
          ingress: [{}],
        },
      };
      const full = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'full', namespace: 'networking' },
        spec: { hard: { pods: '0' } },
      };
      await cluster.apply([open, full]);
      const { code, by } = await results(probed);
      await cluster.kubectl('-n', 'media', 'delete', 'networkpolicy', 'open');
      await cluster.kubectl('-n', 'networking', 'delete', 'resourcequota', 'full');
      expect(code).toBe(1);
      const { verdict, evidence } = by.get('probe-gatehouse-probe') ?? expect.fail('no result');
      expect(verdict).toBe('broken');
      expect(evidence.join('\n')).toMatch(
        /A pod in gatehouse-probe connected to Deployment media\/immich-postgres \(.*:5432\)/,
      );
      expect(evidence.join('\n')).not.toContain('immich-redis');
      // Whoever is in the namespace may still not go out.
      expect(by.get('probe-media')?.verdict).toBe('kept');
      expect(by.get('probe-networking')?.verdict).toBe('not checked');
      expect(by.get('probe-networking')?.evidence.join()).toContain('exceeded quota: full');
      await gone();
    });

    test('says that nothing was checked where the image cannot be pulled', { timeout }, async () => {
      const before = repository.directory.read('cluster.yaml');
      repository.directory.edit('cluster.yaml', (value) => {
        value.immich.images = { redis: 'registry.example/none:1' };
      });
      const { code, by } = await results(probed);
      repository.directory.write('cluster.yaml', before);
      expect(code).toBe(4);
      expect(new Set([...by.values()].map(({ verdict }) => verdict))).toEqual(new Set(['not checked']));
      expect(by.get('probe-media')?.evidence.join()).toMatch(
        /its pod cannot run: ImagePullBackOff: .*registry\.example\/none:1/,
      );
      await gone();
    });

    test('removes its probes when it is interrupted', { timeout }, async () => {
      const run = start(probed);
      await eventually('a probe runs', 60, async () => ((await probeJobs()).length > 2 ? true : undefined));
      run.process.kill('SIGINT');
      const { code, stdout } = await run.ended;
      process.stdout.write(`--- Ctrl-C\n${stdout}\n`);
      expect(code).toBe(130);
      expect(stdout).toContain('it was interrupted');
      await gone();
    });

    test('reports no probe that was left behind, and removes it the next time', { timeout }, async () => {
      const run = start(probed);
      await eventually('a probe runs', 60, async () => ((await probeJobs()).length > 2 ? true : undefined));
      run.process.kill('SIGKILL');
      await run.ended;
      expect((await probeJobs()).length).toBeGreaterThan(2);
      const { by } = await results([]);
      expect(by.size).toBeGreaterThan(30);
      const found = [...by.values()].filter(({ evidence }) => evidence.join().includes('gatehouse-probe'));
      expect(found).toEqual([]);
      // What a person sees. The image with bash has no program that looks names up.
      const { code, stdout } = await verify(['--probe', '--only', 'probe']);
      expect(code).toBe(4);
      expect(stdout).toContain('3 kept, 0 broken, 1 not checked');
      expect(stdout).not.toContain('photos.example.org');
      await gone();
    });
  });

  describe('from outside', () => {
    const at = (environment: Record<string, string> = {}): UserPlace => {
      const authority = join(mkdtempSync(join(inject('realScratch'), 'authority-')), 'authority.pem');
      writeFileSync(authority, cluster.facts.worldAuthority.certificate);
      return {
        place: 'internet',
        hosts: { [home.cloudflare.host]: places.cloudflare },
        environment: { NODE_EXTRA_CA_CERTS: authority, ...environment },
      };
    };
    const all = (verdict: string) => ({
      'outside-immich-without-token': verdict,
      'outside-immich-forged-token': verdict,
      'outside-immich-large-upload': verdict,
      'outside-immich-certificate': verdict,
      'outside-immich-name': verdict,
    });

    test('finds every promise kept with a token of Access', { timeout }, async () => {
      const token = await home.cloudflare.token({ email: 'owner@example.org' });
      const { code, by } = await results(
        ['--from', 'outside', '--only', 'outside'],
        at({ GATEHOUSE_ACCESS_TOKEN: token }),
      );
      expect(verdicts(by)).toEqual(all('kept'));
      expect(by.get('outside-immich-large-upload')?.evidence.join()).toContain('104857601 bytes');
      expect(JSON.stringify([...by.values()])).not.toMatch(/photos\.example\.org|example-team/);
      expect(code).toBe(0);
    });

    test('says what it could not ask: the cluster, and the upload without a token', { timeout }, async () => {
      const { code, by } = await results(['--from', 'outside'], at());
      expect(code).toBe(4);
      expect(verdicts(by)).toMatchObject({
        ...all('kept'),
        'outside-immich-large-upload': 'not checked',
        'cluster-readable': 'not checked',
      });
    });

    test('finds out that nobody made the Access application', { timeout }, async () => {
      const url = `https://${home.cloudflare.host}:${home.cloudflare.unprotected}`;
      const { by } = await results(['--from', 'outside', url, '--only', 'outside'], at());
      // The tunnel refuses whoever has no token. What it says of a forged one is no refusal by its number.
      expect(verdicts(by)).toMatchObject({
        'outside-immich-without-token': 'kept',
        'outside-immich-forged-token': 'not checked',
        'outside-immich-large-upload': 'kept',
      });
    });
  });

  describe('at home', () => {
    test('uploads, finds the file in the library, and deletes it', { timeout }, async () => {
      const secret = await cluster.kubectl('-n', 'media', 'get', 'secret', 'immich-admin', '-o', 'json');
      const { email, password } = JSON.parse(secret.output).data;
      const plain = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
      const post = async (path: string, body: object, token = '') =>
        JSON.parse(
          (
            await pods.from('lan').answer({
              url: `http://photos.example.org:30082${path}`,
              ...{ address: nodeAddress, method: 'POST', body: JSON.stringify(body) },
              headers: { authorization: `Bearer ${token}` },
            })
          ).body,
        );
      const { accessToken } = await post('/api/auth/login', {
        email: plain(email),
        password: plain(password),
      });
      const { secret: key } = await post('/api/api-keys', { name: 'verify' }, accessToken);
      const uploads = async () =>
        (await cluster.execInNode(['ls', '/mnt/nas/photos/immich/upload'])).output
          .split('\n')
          .filter(Boolean);
      const before = await uploads();
      const library = `/proc/${cluster.facts.node.pid}/root/mnt/nas/photos/immich`;
      const hosts = { 'photos.example.org': nodeAddress };
      const asked = ['--from', 'home', '--only', 'home,nas-guard,tunnel'];
      const found = await results([...asked, '--library', library], {
        hosts,
        environment: { IMMICH_API_KEY: key },
      });
      expect(verdicts(found.by)).toEqual({
        'home-immich': 'kept',
        'home-immich-name': 'kept',
        'home-immich-upload': 'kept',
        'nas-guard': 'kept',
        'tunnel-connected': 'kept',
      });
      expect(found.by.get('nas-guard')?.evidence.join()).toContain('NAS_GUARD: ok');
      expect(found.by.get('tunnel-connected')?.evidence.join()).toContain('has 1 connections');
      expect(await uploads()).toEqual(before);

      // Another directory, which is not the NAS.
      const elsewhere = mkdtempSync(join(inject('realScratch'), 'library-'));
      const lost = await results([...asked, '--library', elsewhere], {
        hosts,
        environment: { IMMICH_API_KEY: key },
      });
      expect(lost.by.get('home-immich-upload')?.verdict).toBe('broken');
      expect(await uploads()).toEqual(before);

      const without = await verify(asked, { hosts });
      expect(without.code).toBe(4);
      expect(without.stdout).toContain('verify --from home --library DIRECTORY');
    });
  });
});
