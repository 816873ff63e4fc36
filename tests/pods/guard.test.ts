// Crosses the manifests of the NAS guard with the kubelet of a real cluster: each state of the NAS, at the start and later.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { guardSignals } from '../../src/components/immich/nasGuard.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { Cluster } from './cluster/cluster.ts';
import { podSuite } from './cluster/suite.ts';
import { type GuardedServer, guardedServer, writtenServer } from './fixtures/guardedServer.ts';
import { type Signal, statesAtStart } from './fixtures/nasStates.ts';
import { eventually } from './fixtures/podState.ts';
import type { StandInNas } from './fixtures/standInNas.ts';

/** What was seen, for the table at the end. */
interface Row {
  readonly state: string;
  readonly shows: string;
  readonly says: string;
  readonly repaired: string;
}

podSuite('the NAS guard on a kubelet', (cluster) => {
  let written: readonly KubernetesObject[] = [];
  const rows: Row[] = [];
  beforeAll(async () => {
    written = await writtenServer();
  });
  afterAll(() => process.stdout.write(`${tableOf(rows)}\n`));

  const isReady = ({ isReady: ready }: { isReady: boolean }): boolean => ready;
  const readyAgain = async (server: GuardedServer, seconds: number): Promise<string> => {
    const began = performance.now();
    await server.until('is ready once the NAS is right', seconds, isReady);
    return `${Math.round((performance.now() - began) / 1000)} s`;
  };

  const shown = (server: GuardedServer, wanted: RegExp): Promise<string> =>
    eventually(
      `${server.namespace}: STATUS ${wanted}`,
      90,
      async () => {
        const status = await server.status();
        return wanted.test(status) ? status : undefined;
      },
      server.status,
    );

  /** While a container is replaced, it has no log. */
  const logged = (server: GuardedServer, container: 'nas-guard' | 'server', line: RegExp): Promise<string> =>
    eventually(
      `${server.namespace}: ${container} logs ${line}`,
      90,
      async () => line.exec(await server.log(container))?.[0],
      () => server.log(container),
    );

  describe.concurrent('at the start of a pod', () => {
    test.for(statesAtStart)(
      '$name: says $signal and writes nothing',
      { timeout: 240_000 },
      async (state, { expect }) => {
        await using server = serverOf(cluster, state.name);
        await state.make(server.nas);
        await server.start();
        const { exit, podState } = signalNamed(state.signal);
        await server.until(`exits with ${exit}`, 120, ({ initExits }) => initExits.includes(exit));
        // Between two tries it is `Init:0/1` again.
        const shows = await shown(server, /^Init:(?!0)/);
        expect(podState.atStart).toContain(`\`${shows}\``);
        const says = await logged(server, 'nas-guard', new RegExp(`^NAS_GUARD: ${state.signal}: .*$`, 'm'));
        if (state.detail !== undefined) expect(says).toContain(state.detail);
        expect((await server.pod())?.restarts).toBe(0);
        await state.repair(server.nas);
        rows.push({ state: state.name, shows, says, repaired: await readyAgain(server, 120) });
      },
    );

    test('without the directory: waits with an event of the kubelet', { timeout: 240_000 }, async ({
      expect,
    }) => {
      await using server = serverOf(cluster, 'absent');
      await server.start();
      const says = await eventually('FailedMount', 90, async () =>
        (await server.warnings()).find((text) => text.startsWith('FailedMount')),
      );
      expect(says).toContain('hostPath type check failed');
      const shows = await shown(server, /^Init:0\/1$/);
      await server.nas.attach();
      rows.push({ state: 'absent', shows, says: firstWords(says), repaired: await readyAgain(server, 150) });
    });

    test('with a NAS that hangs: waits without an event, and starts by itself', { timeout: 240_000 }, async ({
      expect,
    }) => {
      await using server = serverOf(cluster, 'hangs');
      await server.nas.attachOverFuse();
      await server.nas.answer('hangs');
      await server.start();
      await shown(server, /^Init:0\/1$/);
      await wait(20_000);
      const shows = await server.status();
      expect(shows).toBe('Init:0/1');
      expect(ofLibrary(await server.warnings())).toEqual([]);
      await server.nas.answer('answers');
      rows.push({ state: 'hangs', shows, says: '', repaired: await readyAgain(server, 120) });
    });
  });

  describe.concurrent('while a pod runs', () => {
    /** A server that is ready, so that what follows happens while it runs. */
    const running = async (name: string, attach: (nas: StandInNas) => Promise<void>) => {
      const server = serverOf(cluster, name);
      await attach(server.nas);
      await server.start();
      await server.until('is ready', 120, isReady);
      return server;
    };
    const failedProbe = (server: GuardedServer, signal: Signal): Promise<string> =>
      eventually(
        `${server.namespace}: a readiness probe says ${signal}`,
        120,
        async () =>
          (await server.warnings()).find((text) =>
            text.startsWith(`Unhealthy: Readiness probe failed: NAS_GUARD: ${signal}`),
          ),
        server.warnings,
      );

    test('the sentinel goes: not ready, ended, not started again', { timeout: 400_000 }, async () => {
      await using server = await running('loses-sentinel', (nas) => nas.attach());
      const { run, sentinel } = server.nas;
      await run(`mv ${sentinel} /run/loses-sentinel`);
      const says = await failedProbe(server, 'sentinel-missing');
      await server.until('is not ready', 60, (pod) => !pod.isReady);
      const { exit } = signalNamed('sentinel-missing');
      await server.until(`is refused with ${exit}`, 200, ({ exits }) => exits.includes(exit));
      const shows = await shown(server, /^(CrashLoopBackOff|Error)$/);
      await logged(server, 'server', /^NAS_GUARD: sentinel-missing: .*$/m);
      await run(`mv /run/loses-sentinel ${sentinel}`);
      const repaired = await readyAgain(server, 150);
      rows.push({ state: 'loses its sentinel', shows, says: firstWords(says), repaired });
    });

    test('the mount turns read-only: not ready until it is writable', { timeout: 300_000 }, async ({
      expect,
    }) => {
      await using server = await running('turns-read-only', (nas) => nas.attach());
      const { run, mount } = server.nas;
      await run(`mount -o remount,ro ${mount}`);
      const says = await failedProbe(server, 'read-only');
      await server.until('is not ready', 60, (pod) => !pod.isReady);
      const shows = await server.status();
      expect(shows).toBe('Running');
      await run(`mount -o remount,rw ${mount}`);
      const repaired = await readyAgain(server, 120);
      rows.push({ state: 'turns read-only', shows, says: firstWords(says), repaired });
    });

    test('it is unmounted on the node: the pod keeps it, and nothing lands on the disk', {
      timeout: 300_000,
    }, async ({ expect }) => {
      await using server = await running('unmounted', (nas) => nas.attach());
      const { run, mount } = server.nas;
      await run(`umount -l ${mount}`);
      // Two readiness probes and a liveness probe.
      await wait(40_000);
      expect(await server.pod()).toMatchObject({ isReady: true, restarts: 0 });
      expect(await run(`find ${mount} -mindepth 1`)).toBe('');
      await cluster.kubectl('-n', server.namespace, 'delete', 'pod', '--all', '--wait=false');
      const says = await eventually('FailedMount', 120, async () =>
        (await server.warnings()).find((text) => text.startsWith('FailedMount')),
      );
      expect(await run(`find ${mount} -mindepth 1`)).toBe('');
      await server.nas.attach();
      const repaired = await readyAgain(server, 150);
      rows.push({ state: 'is unmounted', shows: 'Running', says: firstWords(says), repaired });
    });

    test('it hangs: not ready, ended, and ready by itself when it answers', { timeout: 400_000 }, async ({
      expect,
    }) => {
      await using server = await running('hangs-later', (nas) => nas.attachOverFuse());
      await server.nas.answer('hangs');
      const says = await failedProbe(server, 'timeout');
      await server.until('is not ready', 90, (pod) => !pod.isReady);
      await eventually('a failed liveness probe', 150, async () =>
        (await server.warnings()).find((text) => text.startsWith('Unhealthy: Liveness probe failed')),
      );
      const shows = await server.status();
      expect(shows).toBe('Running');
      await server.nas.answer('answers');
      const repaired = await readyAgain(server, 200);
      rows.push({ state: 'hangs while it runs', shows, says: firstWords(says), repaired });
    });
  });

  const serverOf = (bench: Cluster, name: string) => guardedServer(bench, name, written);
});

function signalNamed(wanted: Signal) {
  const found = guardSignals.find(({ signal }) => signal === wanted);
  if (found === undefined) throw new Error(`no signal ${wanted}`);
  return found;
}

/** Other volumes may be late on a loaded machine. */
function ofLibrary(warnings: readonly string[]): readonly string[] {
  return warnings.filter((text) => text.includes('"library"'));
}

function firstWords(text: string): string {
  return text.split('\n')[0]?.slice(0, 90) ?? '';
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ state, shows, says, repaired }) => `| ${state} | ${shows} | ${says} | ${repaired} |`,
  );
  return [
    '| the NAS | STATUS | says | ready again after |',
    '| --- | --- | --- | --- |',
    ...lines.toSorted(),
  ].join('\n');
}
