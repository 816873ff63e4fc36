import { beforeEach, describe, expect, inject, test } from 'vitest';
import { guardedProbe, guardedStart, sentinelFile } from '../../../src/components/immich/nasGuard.ts';
import {
  type ContainerOptions,
  sentinelId,
  shells,
  startContainer,
  type TestContainer,
} from './container.ts';
import { type TestNode, testNode } from './node.ts';
import { mountSuite } from './programs.ts';

/** Something that writes photos all the time, as an app with background jobs does. */
const app = ['sh', '-c', 'n=0; while :; do n=$((n + 1)); echo photo >"/data/photo-$n"; sleep 0.02; done'];

mountSuite('the NAS guard through the life of a pod', shells, () => {
  describe.each(shells)('with %s', (shell) => {
    let node: TestNode;
    let source: string;
    beforeEach(async () => {
      node = await testNode(inject('realScratch'));
      source = `${node.mountPoint}/library`;
      await node.run(`echo ${sentinelId} >"$nas/library/${sentinelFile}"`);
      return () => node[Symbol.asyncDispose]();
    });

    const mountNas = (): Promise<string> => node.run('mount --bind "$nas" "$mountPoint"');
    const photos = async (): Promise<number> => Number(await node.run('ls "$nas/library" | wc -l'));
    const morePhotos = async (): Promise<void> => {
      const before = await photos();
      await expect.poll(photos, { timeout: 20_000 }).toBeGreaterThan(before);
    };
    const container = (options: Partial<ContainerOptions> = {}): Promise<TestContainer> =>
      startContainer(node, { command: guardedStart(app), shell, source, ...options });
    const idle = (options: Partial<ContainerOptions> = {}): Promise<TestContainer> =>
      container({ command: ['sleep', 'infinity'], ...options });

    test('the start command execs the app, which is the first process', async () => {
      await mountNas();
      await using pod = await container();
      await morePhotos();
      expect(pod.log()).toBe('NAS_GUARD: ok\n');
      expect((await pod.exec(['tr', '\\000', ' ', '/proc/1/cmdline'])).output).not.toContain('nas-guard');
    });

    test('does not start the app without the NAS, and writes nothing to the root disk', async () => {
      await using pod = await container();
      expect(await pod.end).toBe(11);
      expect(pod.log()).toMatch(/^NAS_GUARD: wrong-filesystem: .*\n$/);
      expect(await node.filesUnderMountPoint()).toBe('');
    });

    test.each(['None', 'HostToContainer'] as const)(
      'unmounted while it runs, restarted, mounted again: nothing lands on the root disk, nobody is needed (propagation %s)',
      async (propagation) => {
        await mountNas();
        const first = await container({ propagation });
        await morePhotos();
        await node.run('umount "$mountPoint"');
        // The directory below the mount point keeps the pod on the NAS: so the guard rightly passes.
        expect(await first.exec(guardedProbe())).toEqual({ code: 0, output: '' });
        await morePhotos();
        await first[Symbol.asyncDispose]();
        expect(await node.filesUnderMountPoint()).toBe('');

        await using away = await container({ propagation });
        expect(await away.end).toBe(11);
        expect(await node.filesUnderMountPoint()).toBe('');

        await mountNas();
        await using back = await container({ propagation });
        await morePhotos();
        expect((await back.exec(guardedProbe())).code).toBe(0);
      },
    );

    test('a container on the parent of the mount point loses the NAS: the probe says so in the log, and recovers', async () => {
      await mountNas();
      const options = {
        source: `${node.disk}/mnt`,
        library: '/data/nas/library',
        propagation: 'HostToContainer',
      } as const;
      await using pod = await idle(options);
      expect((await pod.exec(guardedProbe())).code).toBe(0);
      await node.run('umount "$mountPoint"');
      expect(await pod.exec(guardedProbe())).toMatchObject({ code: 11 });
      await expect.poll(() => pod.log()).toMatch(/^NAS_GUARD: wrong-filesystem: .*\(ramfs\)\n$/);
      await mountNas();
      expect((await pod.exec(guardedProbe())).code).toBe(0);
    });

    test.each([
      ['None', 11],
      ['HostToContainer', 0],
    ] as const)(
      'a NAS that comes after the container is seen with propagation %s: exit %i',
      async (propagation, code) => {
        await using pod = await idle({
          source: `${node.disk}/mnt`,
          library: '/data/nas/library',
          propagation,
        });
        expect((await pod.exec(guardedProbe())).code).toBe(11);
        await mountNas();
        expect((await pod.exec(guardedProbe())).code).toBe(code);
      },
    );

    test('the sentinel of another library while it runs', async () => {
      await mountNas();
      await using pod = await idle();
      await node.run(`echo aaaaaaaaaaaaaaaa >"$nas/library/${sentinelFile}"`);
      expect((await pod.exec(guardedProbe())).code).toBe(13);
      await node.run(`echo ${sentinelId} >"$nas/library/${sentinelFile}"`);
      expect((await pod.exec(guardedProbe())).code).toBe(0);
    });

    test('a server that goes read-only while it runs', async () => {
      await mountNas();
      await using pod = await idle();
      await node.run('mount -o remount,ro "$nas"');
      expect((await pod.exec(guardedProbe())).code).toBe(15);
      await expect.poll(() => pod.log()).toMatch(/^NAS_GUARD: read-only: /);
      await node.run('mount -o remount,rw "$nas"');
      expect((await pod.exec(guardedProbe())).code).toBe(0);
    });

    test('a probe runs its command only when the guard passes, and returns its exit code', async () => {
      await mountNas();
      await using pod = await idle();
      const command = guardedProbe(['sh', '-c', 'echo asked; exit 22']);
      expect(await pod.exec(command)).toEqual({ code: 22, output: 'asked\n' });
      await node.run(`rm "$nas/library/${sentinelFile}"`);
      const refused = await pod.exec(command);
      expect(refused.code).toBe(12);
      expect(refused.output).not.toContain('asked');
    });

    test('probes write nothing to the NAS and leave no processes, though the first process reaps none', async () => {
      await mountNas();
      await using pod = await idle();
      for (let probe = 0; probe < 5; probe++) {
        const both = await Promise.all([pod.exec(guardedProbe()), pod.exec(guardedProbe(['true']))]);
        expect(both.map(({ code }) => code)).toEqual([0, 0]);
      }
      expect(await pod.processes()).toEqual([]);
      expect((await pod.exec(['ls', '-A', '/tmp'])).output).toBe('');
      expect(await node.run('ls -A "$nas/library"')).toBe(`${sentinelFile}\n`);
    });
  });
});
