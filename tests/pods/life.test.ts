// Crosses what Gatehouse writes with a real cluster: updates, ends, faults and limits of the pods of a home.
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { z } from 'zod';
import { repositoryOfHome, type WrittenRepository } from '../real/fixtures/writtenRepository.ts';
import { memoryOf } from './cluster/controlGroups.ts';
import { podSuite } from './cluster/suite.ts';
import type { Home } from './fixtures/home.ts';
import { type LivingHome, livingHome } from './fixtures/livingHome.ts';
import { mostMemory } from './fixtures/podMemory.ts';
import { signalPod } from './fixtures/podProcesses.ts';
import { eventsIn, eventually, podStates, warningsIn } from './fixtures/podState.ts';
import { podsOf } from './fixtures/pods.ts';
import { probeNumbers, type Span } from './fixtures/probeNumbers.ts';
import { linesOfLibrary } from './fixtures/standInNas.ts';
import { turns } from './fixtures/turns.ts';
import { writtenLibrary } from './fixtures/writtenLibrary.ts';

const deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    strategy: z.looseObject({ type: z.string() }).optional(),
    template: z.looseObject({
      spec: z.looseObject({ terminationGracePeriodSeconds: z.number().default(30) }),
    }),
  }),
});

const proxy = 'immich-origin-proxy';
/** Every Deployment of the example home, and what its image is on the bench. */
const workloads = {
  [proxy]: 'real',
  'immich-postgres': 'real',
  'immich-redis': 'real',
  'immich-server': 'stand-in',
  'immich-machine-learning': 'stand-in',
  cloudflared: 'stand-in',
} as const;
const names = Object.keys(workloads);
/** How late a busy machine may notice, in seconds. */
const lateness = 60;
const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
const seconds = (since: number): number => Math.round((performance.now() - since) / 1000);

podSuite('the life of a home', (cluster) => {
  let repository: WrittenRepository;
  let home: Home;
  let life: LivingHome;
  const tables = {
    updates: ['update of', 'how it went', 'answers'],
    memory: ['memory of', 'program', 'at rest', 'most under load', 'limit'],
    faults: ['fault', 'how it went', 'what was kept'],
    probes: ['hangs', 'not ready after', 'by its numbers', 'ended after', 'by its numbers', 'then'],
  };
  const rows = Object.fromEntries(Object.keys(tables).map((table) => [table, [] as string[]]));
  const row = (table: keyof typeof tables, ...cells: readonly (string | number)[]): void =>
    void rows[table]?.push(`| ${cells.join(' | ')} |`);
  beforeAll(async () => {
    repository = repositoryOfHome();
    home = await podsOf(cluster).apply(repository);
    life = livingHome(cluster, home);
  }, 600_000);
  afterAll(async () => {
    for (const [table, head] of Object.entries(tables))
      process.stdout.write(
        `${[`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...(rows[table] ?? [])].join('\n')}\n\n`,
      );
    cluster.giveUp();
    await home?.[Symbol.asyncDispose]();
    repository?.[Symbol.dispose]();
  }, 200_000);

  test('begins with all Deployments that are tried here, in less than 2 GB', ({ expect }) => {
    expect(life.deployments.map(({ metadata }) => metadata.name).toSorted()).toEqual(names.toSorted());
    const bytes = memoryOf(cluster.facts.node.members);
    row('memory', 'the node with the home', '', `${Math.round(bytes / 1e6)} MB`, '', '2000 MB');
    expect(bytes).toBeLessThan(2e9);
  });

  describe('an update', () => {
    /** Updates a workload while the internet asks, until the old pod is gone. */
    const updateUnderLoad = async (name: string) => {
      const before = await life.readyPod(name);
      await using steady = await life.fromInternet('/api/server/ping', { every: 100 });
      await wait(1_000);
      const began = performance.now();
      await life.kubectl('-n', life.namespaceOf(name), 'rollout', 'restart', `deployment/${name}`);
      await life.readyPod(name, before);
      const replaced = seconds(began);
      await life.gone(name, before, 200);
      const ended = seconds(began);
      await wait(1_000);
      const { answers, slowest } = await steady.end();
      row(
        'updates',
        name,
        `new pod after ${replaced} s, old one gone after ${ended} s`,
        JSON.stringify(answers),
      );
      return { answers, slowest };
    };

    test('of the origin proxy loses no request, and lets an open one end', { timeout: 400_000 }, async ({
      expect,
    }) => {
      // The first request after all pods are ready may come before the rules of kube-proxy: it is refused then.
      await life.servedAgain();
      await using slow = await life.fromInternet('/api/slow', { every: 0, slowly: 25 });
      const { answers, slowest } = await updateUnderLoad(proxy);
      expect(Object.keys(answers), JSON.stringify(answers)).toEqual(['200']);
      expect(slowest).toBeLessThan(20_000);
      // Immich knows no such path: it has read the whole body, and says so.
      expect((await slow.end()).answers).toEqual({ 404: 1 });
    });

    test('of cloudflared loses no request', { timeout: 400_000 }, async ({ expect }) => {
      const { answers, slowest } = await updateUnderLoad('cloudflared');
      expect(Object.keys(answers), JSON.stringify(answers)).toEqual(['200']);
      expect(slowest).toBeLessThan(20_000);
    });

    test('of each Deployment ends the old pod within its time', { timeout: 400_000 }, async ({ expect }) => {
      const inside = { url: 'http://192.0.2.10:30082/api/server/ping', address: cluster.node.address };
      await using steady = await life.ask('lan', { ...inside, every: 250, patience: 10_000 });
      const began = performance.now();
      const updated = await Promise.all(
        life.deployments.map(async (object) => {
          const { metadata, spec } = deployment.parse(object);
          const before = await life.readyPod(metadata.name);
          const namespace = life.namespaceOf(metadata.name);
          await life.kubectl('-n', namespace, 'rollout', 'restart', `deployment/${metadata.name}`);
          const grace = spec.template.spec.terminationGracePeriodSeconds;
          const replaced = life.readyPod(metadata.name, before).then(() => seconds(began));
          await life.gone(metadata.name, before, grace + 120);
          const ended = seconds(began);
          const strategy = spec.strategy?.type ?? 'RollingUpdate';
          return { name: metadata.name, strategy, grace, ended, replaced: await replaced };
        }),
      );
      await life.allReady();
      const all = seconds(began);
      const { answers } = await steady.end();
      for (const { name, strategy, grace, ended, replaced } of updated)
        row(
          'updates',
          name,
          `${strategy}; old pod gone after ${ended} s of ${grace} s, new one ready after ${replaced} s`,
          '',
        );
      row('updates', 'all of them at once', `ready after ${all} s`, JSON.stringify(answers));
      // The old pod of a Recreate ends by itself; only the origin proxy waits for requests.
      const killed = updated.filter(({ ended, grace }) => ended > grace + 20);
      expect(killed.map(({ name }) => name)).toEqual([]);
      await life.servedAgain();
    });
  });

  test('memory limits hold under load', { timeout: 300_000 }, async ({ expect, onTestFinished }) => {
    onTestFinished(async () => void (await inRedis('valkey-cli flushall')));
    const pods = await Promise.all(names.map(async (name) => ({ name, pod: await life.readyPod(name) })));
    const uids = pods.map(({ pod: { uid } }) => uid);
    const rest = await mostMemory(cluster, uids, async () => undefined);
    const most = await mostMemory(cluster, uids, async () => {
      // One byte at once and one each second. One more than is said would be the begin of a request that makes no sense.
      const headers = { 'content-length': '16' };
      await using many = await life.fromInternet('/api/slow', {
        every: 0,
        headers,
        slowly: 15,
        together: 200,
      });
      await using uploads = await life.fromInternet('/api/slow', {
        ...{ every: 0, slowly: 15, together: 4, bytes: 2_000_000 },
      });
      // Of the 256 requests that may be open, the slow ones leave 56: on a busy machine more than four a second would fill them.
      await using steady = await life.fromInternet('/api/server/ping', { every: 250 });
      const databases = Promise.all([fullRedis(), sort()]);
      expect((await many.end()).answers).toEqual({ 404: 200 });
      expect((await uploads.end()).answers).toEqual({ 404: 4 });
      await databases;
      const { answers } = await steady.end();
      expect(Object.keys(answers), JSON.stringify(answers)).toEqual(['200']);
    });
    pods.forEach(({ name }, index) => {
      const [first, last] = [rest[index], most[index]];
      if (first === undefined || last === undefined) throw new Error(`no memory of ${name}`);
      const figures = [first.now, last.now, last.limit].map((bytes) => `${mebibytes(bytes)} MiB`);
      row('memory', name, workloads[name as keyof typeof workloads], ...figures);
      expect(last.now, name).toBeLessThan(last.limit);
    });
    const after = (await Promise.all(home.namespaces.map((name) => podStates(cluster, name)))).flat();
    for (const { name, pod } of pods)
      expect(after.find(({ uid }) => uid === pod.uid)?.restarts, name).toBe(pod.restarts);
  });

  describe.concurrent('a fault', () => {
    /** A workload has one fault at a time; those of others run beside it. */
    const turn = turns();

    test('an evicted server comes back', { timeout: 400_000 }, async () => {
      using _ = await turn('immich-server');
      const before = await life.readyPod('immich-server');
      const began = performance.now();
      const metadata = { name: before.name, namespace: 'media' };
      await cluster.client.request('POST', `/api/v1/namespaces/media/pods/${before.name}/eviction`, {
        ...{ apiVersion: 'policy/v1', kind: 'Eviction', metadata },
      });
      await life.gone('immich-server', before, 120);
      await life.readyPod('immich-server', before);
      row('faults', 'the server is evicted', `another is ready after ${seconds(began)} s`, '');
    });

    test('a full emptyDir: the kubelet evicts the pod, and another serves', { timeout: 400_000 }, async ({
      expect,
    }) => {
      // An origin proxy that starts waits for an answer of the app, for up to a minute. Both are asked for at once: to hold the one
      // while the other hangs would keep everybody waiting.
      const held = await Promise.all([turn(proxy), turn('immich-server')]);
      using _ = held[0];
      using __ = held[1];
      const before = await life.readyPod(proxy);
      const began = performance.now();
      const fill = 'head -c 20000000 /dev/zero >/tmp/full';
      await life.kubectl('-n', 'networking', 'exec', before.name, '--', 'sh', '-c', fill);
      const why = await eventually(
        'the pod is evicted',
        240,
        async () => (await warningsIn(cluster, 'networking')).find((text) => text.startsWith('Evicted: ')),
        () => life.pods(proxy),
      );
      expect(why).toContain('Usage of EmptyDir volume "scratch" exceeds the limit "16Mi"');
      const evicted = seconds(began);
      await life.readyPod(proxy, before);
      row(
        'faults',
        'an emptyDir is full',
        `evicted after ${evicted} s, replaced after ${seconds(began)} s`,
        '',
      );
    });

    test('a database that is killed while it writes keeps what it has confirmed', {
      timeout: 400_000,
    }, async ({ expect }) => {
      using _ = await turn('immich-postgres');
      const before = await life.readyPod('immich-postgres');
      await sql('create table kept (number integer primary key)');
      const writer = `n=1; while psql -U immich -d immich -qc "insert into kept values ($n)"; do echo $n; n=$((n + 1)); done`;
      const child = cluster.kubectlWith(
        { timeout: 120_000 },
        ...['-n', 'media', 'exec', before.name, '--', 'bash', '-c', writer],
      );
      await eventually('twenty rows are written', 60, async () =>
        Number(await sql('select count(*) from kept')) >= 20 ? true : undefined,
      );
      const began = performance.now();
      await signalPod(cluster, before.uid, 'KILL', 'postgres');
      const confirmed = (await child).output.trim().split('\n').map(Number);
      expect(confirmed.length).toBeGreaterThanOrEqual(20);
      await eventually('the database is restarted', 240, async () =>
        (await life.pods('immich-postgres')).find(
          ({ restarts, isReady, uid }) => uid === before.uid && restarts > before.restarts && isReady,
        ),
      );
      const restarted = seconds(began);
      const kept = (await sql('select number from kept order by number')).trim().split('\n').map(Number);
      // One more may have been written and not confirmed.
      expect(kept.slice(0, confirmed.length)).toEqual(confirmed);
      expect(kept.length - confirmed.length).toBeLessThanOrEqual(1);
      const counts = `${confirmed.length} confirmed, ${kept.length} kept`;
      row('faults', 'the database is killed', `ready after ${restarted} s`, counts);
      await sql('drop table kept');
    });

    test('a program that exceeds its memory limit is killed, and the home recovers', {
      timeout: 400_000,
    }, async ({ expect }) => {
      using _ = await turn('immich-redis');
      const before = await life.readyPod('immich-redis');
      // By its own settings it refuses before.
      const { megabytes: filled, last } = await fullRedis();
      expect(filled, `the cache says ${last}`).toBeGreaterThan(300);
      expect(await inRedis('valkey-cli set one more')).toContain('OOM command not allowed');
      expect((await life.pods('immich-redis')).find(({ uid }) => uid === before.uid)?.restarts).toBe(
        before.restarts,
      );
      await inRedis('valkey-cli config set maxmemory 0');
      const began = performance.now();
      await fullRedis().catch(() => undefined);
      const killed = await eventually('it is killed and ready again', 240, async () =>
        (await life.pods('immich-redis')).find(
          ({ restarts, isReady, uid }) => uid === before.uid && restarts > before.restarts && isReady,
        ),
      );
      expect(killed.reasons).toContain('OOMKilled');
      expect(killed.exits).toContain(137);
      expect(await inRedis('valkey-cli config get maxmemory')).toContain(`${384 * 1024 * 1024}`);
      row('faults', 'the cache is full', `refuses writes at ${filled} MB`, 'the pod stays ready');
      row(
        'faults',
        'the cache exceeds its memory limit',
        `OOMKilled; ready after ${seconds(began)} s`,
        'nothing',
      );
    });

    test.for(names)(
      '%s hangs: not ready and ended when its probes say so',
      { timeout: 900_000 },
      async (name, { expect }) => {
        using _ = await turn(name);
        const before = await life.readyPod(name);
        const { unready, ended, grace } = probeNumbers(life.deployment(name));
        const began = performance.now();
        await signalPod(cluster, before.uid, 'STOP');
        const inTime = ({ least, most }: Span): number => {
          const after = seconds(began);
          expect(after, `${name} hangs`).toBeGreaterThanOrEqual(least - 5);
          expect(after, `${name} hangs`).toBeLessThanOrEqual(most + lateness);
          return after;
        };
        const now = async () => (await life.pods(name)).find(({ uid }) => uid === before.uid);
        await eventually(`${name} is not ready`, unready.most + lateness, async () =>
          (await now())?.isReady === false ? true : undefined,
        );
        const unreadyAfter = inTime(unready);
        await eventually(`${name} is ended by the kubelet`, ended.most + lateness, async () =>
          (await eventsIn(cluster, life.namespaceOf(name))).find(
            ({ reason, about, message }) =>
              reason === 'Killing' && about === before.name && message.includes('failed liveness probe'),
          ),
        );
        const endedAfter = inTime(ended);
        // A longer time to end is not waited for.
        if (grace > 10) await signalPod(cluster, before.uid, 'CONT');
        await eventually(`${name} is ready again`, 300, async () => {
          const pod = await now();
          return pod !== undefined && pod.restarts > before.restarts && pod.isReady ? true : undefined;
        });
        const span = ({ least, most }: Span): string => `${least} to ${most} s`;
        const then = grace > 10 ? `up to ${grace} s to end` : `ready again after ${seconds(began)} s`;
        row('probes', name, `${unreadyAfter} s`, span(unready), `${endedAfter} s`, span(ended), then);
      },
    );
  });

  test('the node loses power: everything comes back by itself, the server with the NAS', {
    timeout: 600_000,
  }, async ({ expect }) => {
    await life.allReady();
    await life.servedAgain();
    const began = performance.now();
    await cluster.restartNode();
    // The origin proxy waits for the server.
    const late = ['immich-server-', `${proxy}-`];
    await eventually('everything else is ready', 300, async () => {
      const all = (await Promise.all(home.namespaces.map((name) => podStates(cluster, name)))).flat();
      const waiting = all.filter((pod) => !pod.isReady && !['Succeeded', 'Failed'].includes(pod.phase));
      return waiting.every(({ name }) => late.some((each) => name.startsWith(each))) ? true : undefined;
    });
    const others = seconds(began);
    // What the node has mounted is gone, the NAS too.
    const warning = await eventually('the server waits for the NAS', 60, async () =>
      (await warningsIn(cluster, 'media')).find(
        (text) => text.startsWith('FailedMount') && text.includes('library'),
      ),
    );
    expect(warning).toContain('hostPath type check failed');
    const { path, library } = writtenLibrary(home.objects);
    const mount = dirname(path);
    const lines = `mountpoint -q ${mount} || mount -t tmpfs nas ${mount}\n${linesOfLibrary(path, library)}`;
    const { code, errors } = await cluster.execInNode(['bash', '-euc', lines]);
    expect(code, errors).toBe(0);
    await life.allReady();
    const all = `ready but for the NAS after ${others} s, and with it after ${seconds(began)} s`;
    row('faults', 'the node loses power', all, '');
    await life.servedAgain();
  });

  const inPod = (workload: string, ...words: readonly string[]): Promise<string> =>
    life.kubectl('-n', 'media', 'exec', `deployment/${workload}`, '--', ...words);
  const sql = (text: string): Promise<string> =>
    inPod('immich-postgres', 'psql', '-U', 'immich', '-d', 'immich', '-Atqc', text);
  const inRedis = (line: string): Promise<string> => inPod('immich-redis', 'sh', '-c', line);
  /** Writes to the cache until it refuses. Returns how many megabytes it has taken, and what it said last. */
  const fullRedis = async (): Promise<{ megabytes: number; last: string }> => {
    const write = `for i=1,10 do redis.call('set', KEYS[1]..i, string.rep('x', 1000000)) end return 'written'`;
    const again = `last=$(valkey-cli eval "${write}" 1 "$n-" 2>&1) && [ "$last" = written ]`;
    const loop = `n=0; while [ $n -lt 90 ] && ${again}; do n=$((n + 1)); done; echo "$n $last"`;
    const [, tens, last = ''] = /^(\d+) (.*)/.exec(await inRedis(loop)) ?? [];
    return { megabytes: Number(tens) * 10, last };
  };
  /** Four connections sort at the same time, each in more memory than the default. */
  const sort = async (): Promise<void> => {
    const query = `set work_mem = '64MB'; select count(*) from (select md5(n::text) as word from generate_series(1, 300000) n order by word offset 1)`;
    await Promise.all([1, 2, 3, 4].map(() => sql(query)));
  };
});
