import { randomUUID } from 'node:crypto';
import { beforeEach, describe, inject, test } from 'vitest';
import {
  guardedInit,
  guardedProbe,
  guardedStart,
  guardVariable,
  sentinelFile,
} from '../../../src/components/immich/nasGuard.ts';
import { type RunningProgram, startProgram } from '../fixtures/program.ts';
import {
  type ContainerOptions,
  sentinelId,
  shells,
  startContainer,
  type TestContainer,
} from './container.ts';
import { type TestNode, testNode } from './node.ts';
import { findProgram, mountSuite } from './programs.ts';

/**
 * A NAS that does not answer. bindfs, a file system in user space, replaces it; a stopped server is one that
 * hangs. Two of them on top of each other make what a dead NFS server makes: the upper one has taken the question
 * and waits for the lower one, and who asked cannot be killed.
 */
mountSuite('the NAS guard and a NAS that hangs', [...shells, 'bindfs'], () => {
  // Each shell has its own nodes, and mostly waits.
  describe.concurrent.each(shells)('with %s', (shell) => {
    let node: TestNode;
    let server: RunningProgram;
    let upper: RunningProgram;
    const pods: TestContainer[] = [];
    beforeEach(async () => {
      node = await testNode(inject('realScratch'));
      await node.run(`echo ${sentinelId} >"$nas/library/${sentinelFile}"; mkdir "$disk/export"`);
      server = await serve(node, node.nas, `${node.disk}/export`);
      upper = await serve(node, `${node.disk}/export`, node.mountPoint);
      return async () => {
        // Stopped, it would answer nobody, and nothing that waits for it could end.
        process.kill(server.process.pid, 'SIGCONT');
        for (const pod of pods.splice(0)) await pod[Symbol.asyncDispose]();
        await upper[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
        await node[Symbol.asyncDispose]();
      };
    });

    const stop = (): void => void process.kill(server.process.pid, 'SIGSTOP');
    const resume = (): void => void process.kill(server.process.pid, 'SIGCONT');
    const container = async (options: Partial<ContainerOptions> = {}): Promise<TestContainer> => {
      const pod = await startContainer(node, {
        command: ['sleep', 'infinity'],
        shell,
        source: `${node.mountPoint}/library`,
        // bindfs is told by its own name from version 1.15 on.
        fileSystems: ['nfs', 'fuse', 'fuse.bindfs'],
        timeoutSeconds: 1,
        ...options,
      });
      pods.push(pod);
      return pod;
    };

    test.sequential('the check answers while the NAS does not, leaves one child behind, and recovers with the NAS', async ({
      expect,
    }) => {
      const pod = await container();
      expect((await pod.exec(guardedProbe())).code).toBe(0);
      stop();
      expect(await pod.exec(guardedProbe())).toEqual({
        code: 14,
        output: 'NAS_GUARD: timeout: the NAS does not answer (1 s)\n',
      });
      const left = await living(pod);
      expect(left).toHaveLength(1);
      for (let probe = 0; probe < 4; probe++) {
        const { code, output } = await pod.exec(guardedProbe(['echo', 'asked']));
        expect([code, output]).toEqual([
          14,
          'NAS_GUARD: timeout: the NAS does not answer (an earlier look still waits)\n',
        ]);
      }
      expect((await living(pod)).map(number)).toEqual(left.map(number));
      await expect.poll(() => pod.log().match(/NAS_GUARD: timeout: /g)).toHaveLength(5);
      resume();
      await expect.poll(async () => (await pod.exec(guardedProbe())).code, { timeout: 20_000 }).toBe(0);
      await expect.poll(() => living(pod), { timeout: 20_000 }).toEqual([]);
      expect((await pod.exec(['ls', '-A', '/tmp'])).output).toBe('');
    });

    test.sequential('a waiting process cannot be killed, so the guard does not wait for it', async ({
      expect,
    }) => {
      const pod = await container();
      stop();
      expect((await pod.exec(guardedInit())).code).toBe(14);
      const [child = ''] = await living(pod);
      await pod.exec(['kill', '-KILL', number(child)]);
      expect((await living(pod)).map(number)).toEqual([number(child)]);
      expect((await pod.exec(guardedInit())).output).toContain('an earlier look still waits');
      resume();
      await expect.poll(async () => (await pod.exec(guardedInit())).code, { timeout: 20_000 }).toBe(0);
    });

    test.sequential('concurrent probes leave at most one child each', async ({ expect }) => {
      const pod = await container();
      stop();
      for (let round = 0; round < 3; round++) {
        const both = await Promise.all([pod.exec(guardedProbe()), pod.exec(guardedProbe())]);
        expect(both.map(({ code }) => code)).toEqual([14, 14]);
      }
      expect((await living(pod)).length).toBeLessThanOrEqual(2);
      resume();
      await expect.poll(() => living(pod), { timeout: 20_000 }).toEqual([]);
    });

    test.sequential('a probe that the kubelet ends early remembers its child', async ({ expect }) => {
      const pod = await container();
      stop();
      // It is killed before it gives up, on a busy machine too.
      const ended = pod.exec(['env', `${guardVariable.seconds}=50`, ...guardedProbe()]);
      const child = async (): Promise<string> =>
        (await pod.exec(['ls', '-A', '/tmp'])).output.replace(/^.*-/, '').trim();
      await expect.poll(child, { timeout: 20_000 }).toMatch(/^\d+$/);
      const left = await child();
      const line = (await living(pod)).find((one) => number(one) === left);
      // The probe is its parent.
      await pod.exec(['kill', '-KILL', line?.split(' ')[3] ?? '']);
      expect((await ended).code).not.toBe(14);
      const later = async (): Promise<string> => (await pod.exec(guardedProbe())).output;
      await expect.poll(later, { timeout: 30_000 }).toContain('an earlier look still waits');
      expect((await living(pod)).map(number)).toContain(left);
    });

    test.sequential('a container that restarts while the NAS hangs starts the app once it is back', async ({
      expect,
    }) => {
      const pod = await container();
      const start = guardedStart(['echo', 'the app']);
      stop();
      const refused = await pod.exec(start);
      expect(refused.code).toBe(14);
      expect(refused.output).not.toContain('the app');
      resume();
      await expect.poll(async () => (await pod.exec(start)).output, { timeout: 20_000 }).toContain('the app');
    });

    test.sequential('reports a server that is gone as unreadable, and recovers after a new mount', async ({
      expect,
    }) => {
      const options = {
        source: `${node.disk}/mnt`,
        library: '/data/nas/library',
        propagation: 'HostToContainer',
      } as const;
      const pod = await container(options);
      process.kill(upper.process.pid, 'SIGKILL');
      await expect.poll(async () => (await pod.exec(guardedProbe())).code, { timeout: 20_000 }).toBe(16);
      await node.run('umount -l "$mountPoint"');
      expect((await pod.exec(guardedProbe())).code).toBe(11);
      upper = await serve(node, `${node.disk}/export`, node.mountPoint);
      expect((await pod.exec(guardedProbe())).code).toBe(0);
      expect(await node.filesUnderMountPoint()).toBe('');
    });
  });
});

/** The processes that are still at something. The first process of this container buries no dead; an image's does. */
async function living(pod: TestContainer): Promise<string[]> {
  return (await pod.processes()).filter((line) => !line.includes(') Z '));
}

/** The process's number in the kernel's line of its state. */
function number(line: string): string {
  return line.split(' ')[0] ?? '';
}

/** Mounts a directory of the node at another place of it, through a server in user space. */
function serve(node: TestNode, from: string, at: string): Promise<RunningProgram> {
  return startProgram(node.scratch, {
    name: `bindfs-${randomUUID().slice(0, 4)}`,
    path: findProgram('nsenter') ?? 'nsenter',
    parameters: [`--mount=/proc/${node.pid}/ns/mnt`, findProgram('bindfs') ?? 'bindfs', '-f', from, at],
    isReady: async () =>
      (await node.run('cat /proc/self/mountinfo')).includes(` ${at} `) &&
      (await node.try('ls "$at/library"', { at })).code === 0,
    timeout: 20_000,
  });
}
