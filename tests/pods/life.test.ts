// Crosses what Gatehouse writes with a real cluster: updates, ends and faults of the pods of a home.
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { guardVariable } from '../../src/components/immich/nasGuard.ts';
import { repositoryOfHome, type WrittenRepository } from '../real/fixtures/writtenRepository.ts';
import { podSuite } from './cluster/suite.ts';
import { networkOfPlace, type Place, places } from './cluster/world.ts';
import type { Home } from './fixtures/home.ts';
import { eventually, type PodState, podStates, warningsIn } from './fixtures/podState.ts';
import { podsOf } from './fixtures/pods.ts';
import { untilReady } from './fixtures/ready.ts';
import { type Library, linesOfLibrary } from './fixtures/standInNas.ts';
import { askSteadily, type Steady } from './fixtures/steady.ts';

const deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    strategy: z.looseObject({ type: z.string() }).optional(),
    template: z.looseObject({
      spec: z.looseObject({ terminationGracePeriodSeconds: z.number().default(30) }),
    }),
  }),
});

const guarded = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        securityContext: z.looseObject({ runAsUser: z.number(), runAsGroup: z.number() }),
        volumes: z.array(
          z.looseObject({ name: z.string(), hostPath: z.looseObject({ path: z.string() }).optional() }),
        ),
        initContainers: z.array(
          z.looseObject({ env: z.array(z.looseObject({ name: z.string(), value: z.string() })) }),
        ),
      }),
    }),
  }),
});

podSuite('the life of a home', (cluster) => {
  let repository: WrittenRepository;
  let home: Home;
  const rows: string[] = [];
  const row = (...cells: readonly (string | number)[]): void => void rows.push(`| ${cells.join(' | ')} |`);
  beforeAll(async () => {
    repository = repositoryOfHome();
    home = await podsOf(cluster).apply(repository);
  }, 300_000);
  afterAll(async () => {
    process.stdout.write(`| what | how it went | answers |\n| --- | --- | --- |\n${rows.join('\n')}\n`);
    await home?.[Symbol.asyncDispose]();
    repository?.[Symbol.dispose]();
  }, 200_000);

  const ask = (place: Place, steady: Steady) =>
    askSteadily(networkOfPlace(cluster.facts.world, place), steady);
  const outside = async (path: string): Promise<Omit<Steady, 'every'>> => ({
    url: `https://${home.cloudflare.host}${path}`,
    address: places.cloudflare,
    headers: { cookie: `CF_Authorization=${await home.cloudflare.token({ email: 'owner@example.org' })}` },
    authority: cluster.facts.worldAuthority.certificate,
  });
  const inside: Steady = {
    url: 'http://192.0.2.10:30082/api/server/ping',
    address: cluster.node.address,
    every: 250,
  };
  const kubectl = async (...words: string[]): Promise<string> => {
    const { code, output, errors } = await cluster.kubectlWith({ timeout: 60_000 }, ...words);
    if (code !== 0) throw new Error(`kubectl ${words.join(' ')}: ${errors}`);
    return output;
  };
  const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(0)} s`;
  const podsLike = async (namespace: string, workload: string): Promise<readonly PodState[]> =>
    (await podStates(cluster, namespace)).filter(({ name }) => name.startsWith(`${workload}-`));
  const gone = (namespace: string, workload: string, uid: string, limit: number) =>
    eventually(
      `${workload}: the old pod is gone`,
      limit,
      async () => ((await podsLike(namespace, workload)).some((pod) => pod.uid === uid) ? undefined : true),
      () => podsLike(namespace, workload),
    );
  const ready = () => untilReady(cluster, home.namespaces);
  /** For a second nothing but right answers: the rules for a Service follow its pods a moment later. */
  const servedAgain = () =>
    eventually('every request is answered again', 60, async () => {
      await using steady = await ask('internet', { ...(await outside('/api/server/ping')), every: 100 });
      await wait(1_000);
      const { answers } = await steady.end();
      return Object.keys(answers).join() === '200' ? true : undefined;
    });

  describe('an update', () => {
    test('of the origin proxy loses no request, and lets an open one end', { timeout: 300_000 }, async () => {
      const [namespace, name] = ['networking', 'immich-origin-proxy'];
      const [before] = await podsLike(namespace, name);
      await using slow = await ask('internet', { ...(await outside('/api/slow')), every: 0, slowly: 25 });
      await using steady = await ask('internet', { ...(await outside('/api/server/ping')), every: 100 });
      await wait(1_000);
      const began = performance.now();
      await kubectl('-n', namespace, 'rollout', 'restart', `deployment/${name}`);
      await kubectl('-n', namespace, 'rollout', 'status', `deployment/${name}`, '--timeout=55s');
      const replaced = seconds(began);
      // Immich knows no such path: it has read the whole body, and says so.
      expect((await slow.end()).answers).toEqual({ 404: 1 });
      await gone(namespace, name, before?.uid ?? '', 60);
      const ended = seconds(began);
      await wait(1_000);
      const { answers, slowest } = await steady.end();
      row(
        'update of the origin proxy',
        `new pod after ${replaced}, old one gone after ${ended}`,
        JSON.stringify(answers),
      );
      expect(Object.keys(answers)).toEqual(['200']);
      expect(slowest).toBeLessThan(20_000);
    });

    test('of each Deployment ends the old pod within its time', { timeout: 300_000 }, async () => {
      const all = home.objects
        .filter(({ kind }) => kind === 'Deployment')
        .map((object) => deployment.parse(object));
      expect(all.length).toBeGreaterThan(5);
      await using steady = await ask('lan', inside);
      const began = performance.now();
      const updated = await Promise.all(
        all.map(async ({ metadata: { name, namespace }, spec }) => {
          const [before] = await podsLike(namespace, name);
          await kubectl('-n', namespace, 'rollout', 'restart', `deployment/${name}`);
          const grace = spec.template.spec.terminationGracePeriodSeconds;
          await gone(namespace, name, before?.uid ?? '', grace + 60);
          return {
            name,
            strategy: spec.strategy?.type ?? 'RollingUpdate',
            grace,
            ended: performance.now() - began,
          };
        }),
      );
      await ready();
      const { answers } = await steady.end();
      for (const { name, strategy, grace, ended } of updated)
        row(
          `update of ${name}`,
          `${strategy}; old pod gone after ${Math.round(ended / 1000)} s of ${grace}`,
          '',
        );
      row('all of them at once', `ready after ${seconds(began)}`, JSON.stringify(answers));
      // The old pod of a Recreate ends by itself; only the origin proxy waits for requests.
      const killed = updated.filter(({ ended, grace }) => ended > (grace + 10) * 1000);
      expect(killed.map(({ name }) => name)).toEqual([]);
    });
  });

  describe('a fault', () => {
    test('an evicted server comes back', { timeout: 240_000 }, async () => {
      const [before] = await podsLike('media', 'immich-server');
      const name = before?.name ?? '';
      const began = performance.now();
      await cluster.client.request('POST', `/api/v1/namespaces/media/pods/${name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace: 'media' },
      });
      await gone('media', 'immich-server', before?.uid ?? '', 90);
      await ready();
      row('eviction of the server', `ready after ${seconds(began)}`, '');
    });

    test('a full emptyDir: the kubelet evicts the pod, and another serves', {
      timeout: 300_000,
    }, async () => {
      const [before] = await podsLike('networking', 'immich-origin-proxy');
      const began = performance.now();
      const fill = 'head -c 20000000 /dev/zero >/tmp/full';
      await kubectl('-n', 'networking', 'exec', before?.name ?? '', '--', 'sh', '-c', fill);
      const why = await eventually(
        'the pod is evicted',
        200,
        async () => (await warningsIn(cluster, 'networking')).find((text) => text.startsWith('Evicted: ')),
        () => podsLike('networking', 'immich-origin-proxy'),
      );
      expect(why).toContain('Usage of EmptyDir volume "scratch" exceeds the limit "16Mi"');
      await eventually('another pod is ready', 120, async () =>
        (await podsLike('networking', 'immich-origin-proxy')).find(
          ({ uid, isReady }) => uid !== before?.uid && isReady,
        ),
      );
      row('a full emptyDir', `evicted and replaced after ${seconds(began)}`, '');
      await servedAgain();
    });

    test('a database that is killed while it writes keeps what it has confirmed', {
      timeout: 240_000,
    }, async () => {
      const [before] = await podsLike('media', 'immich-postgres');
      const sql = (text: string) =>
        kubectl(
          ...'-n media exec deployment/immich-postgres -- psql -U immich -d immich -Atqc'.split(' '),
          text,
        );
      await sql('create table kept (number integer primary key)');
      const writer = `n=1; while psql -U immich -d immich -qc "insert into kept values ($n)"; do echo $n; n=$((n + 1)); done`;
      const writing = cluster.kubectlWith(
        { timeout: 60_000 },
        ...['-n', 'media', 'exec', before?.name ?? '', '--', 'bash', '-c', writer],
      );
      await wait(4_000);
      const began = performance.now();
      await killIn(before?.uid ?? '', 'postgres');
      const confirmed = (await writing).output.trim().split('\n').map(Number);
      expect(confirmed.length).toBeGreaterThan(5);
      await eventually('the database is restarted', 120, async () =>
        (await podsLike('media', 'immich-postgres')).find(
          ({ restarts, isReady, uid }) => uid === before?.uid && restarts > 0 && isReady,
        ),
      );
      const kept = (await sql('select number from kept order by number')).trim().split('\n').map(Number);
      // One more may have been written and not confirmed.
      expect(kept.slice(0, confirmed.length)).toEqual(confirmed);
      expect(kept.length - confirmed.length).toBeLessThanOrEqual(1);
      row(
        'the database is killed',
        `ready after ${seconds(began)}`,
        `${confirmed.length} confirmed, ${kept.length} kept`,
      );
      await sql('drop table kept');
      await ready();
    });

    test('the node loses power: everything comes back by itself, the server with the NAS', {
      timeout: 400_000,
    }, async () => {
      const began = performance.now();
      await cluster.restartNode();
      await eventually('everything but the server is ready', 200, async () => {
        const all = (await Promise.all(home.namespaces.map((name) => podStates(cluster, name)))).flat();
        const waiting = all.filter((pod) => !pod.isReady && !['Succeeded', 'Failed'].includes(pod.phase));
        return waiting.every(({ name }) => name.startsWith('immich-server-')) ? true : undefined;
      });
      const others = seconds(began);
      // What the node has mounted is gone, the NAS too.
      const warning = await eventually('the server waits for the NAS', 60, async () =>
        (await warningsIn(cluster, 'media')).find(
          (text) => text.startsWith('FailedMount') && text.includes('library'),
        ),
      );
      expect(warning).toContain('hostPath type check failed');
      const { path, library } = libraryOf(home);
      const mount = dirname(path);
      await inNode(`mountpoint -q ${mount} || mount -t tmpfs nas ${mount}\n${linesOfLibrary(path, library)}`);
      await ready();
      row(
        'the node loses power',
        `ready but for the NAS after ${others}, and with it after ${seconds(began)}`,
        '',
      );
      await servedAgain();
    });
  });

  test('memory limits hold while four uploads of 30 MB run beside requests', {
    timeout: 240_000,
  }, async () => {
    const uploads = await Promise.all(
      [1, 2, 3, 4].map(async () =>
        ask('internet', { ...(await outside('/api/slow')), every: 0, slowly: 15 }),
      ),
    );
    await using steady = await ask('internet', { ...(await outside('/api/server/ping')), every: 20 });
    for (const upload of uploads) expect((await upload.end()).answers).toEqual({ 404: 1 });
    const { answers } = await steady.end();
    expect(Object.keys(answers)).toEqual(['200']);
    const all = (await Promise.all(home.namespaces.map((name) => podStates(cluster, name)))).flat();
    expect(all.filter(({ reasons }) => reasons.includes('OOMKilled')).map(({ name }) => name)).toEqual([]);
    row('fifty requests a second beside four uploads', 'nothing is killed', JSON.stringify(answers));
  });

  const inNode = async (lines: string): Promise<void> => {
    const { code, errors } = await cluster.execInNode(['bash', '-uc', lines]);
    if (code !== 0) throw new Error(`${lines}: ${errors}`);
  };
  /** Ends the first process of that name in a pod, without a chance to end in order. */
  const killIn = (uid: string, program: string): Promise<void> =>
    inNode(`${killEvery(`"$group" == *${uid}* && "$name" == ${program}`)}`);
});

/** The directory of the library on the node, and whose it is. */
function libraryOf({ objects }: Home): { path: string; library: Library } {
  const server = objects.find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'immich-server',
  );
  const { securityContext, volumes, initContainers } = guarded.parse(server).spec.template.spec;
  const path = volumes.find(({ name }) => name === 'library')?.hostPath?.path ?? '';
  const id = initContainers[0]?.env.find(({ name }) => name === guardVariable.sentinelId)?.value ?? '';
  return { path, library: { user: securityContext.runAsUser, group: securityContext.runAsGroup, id } };
}

/** Kills every process of the node for which a condition holds; only those of the node are seen there. */
function killEvery(condition: string): string {
  return `for process in /proc/[0-9]*; do
  group=$(cat "$process/cgroup" 2>/dev/null) || continue
  name=$(cat "$process/comm" 2>/dev/null) || continue
  if [[ ${condition} ]]; then kill -9 "\${process#/proc/}" 2>/dev/null; fi
done
true`;
}
