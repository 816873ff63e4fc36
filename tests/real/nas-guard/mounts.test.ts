import { readFileSync } from 'node:fs';
import { beforeEach, describe, inject, test } from 'vitest';
import { guardedInit, guardedProbe, sentinelFile } from '../../../src/components/immich/nasGuard.ts';
import { type ContainerOptions, runContainer, sentinelId, shells, startContainer } from './container.ts';
import { type Ended, type TestNode, testNode } from './node.ts';
import { mountSuite } from './programs.ts';

/** The command of the quickstart that writes the sentinel, with another type of file system and path. */
function documentedCommand(library: string): string {
  const page = new URL('../../../examples/home/repository/docs/quickstart.md', import.meta.url);
  const command = /```sh\n(findmnt [^`]*conv=excl[^`]*)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '';
  if (!command.includes('--types nfs,nfs4,cifs')) throw new Error('the quickstart has no such command');
  const here = command
    .replaceAll('${NAS_LIBRARY_PATH}', library)
    .replace('--types nfs,nfs4,cifs', '--types tmpfs');
  // The node of a test is root's already.
  return `sudo() { "$@"; }\n${here}`;
}

/** The guard with real mounts. A tmpfs replaces the NAS, so the guard is configured to accept `tmpfs`. */
mountSuite('the NAS guard sees what lies under the library', shells, () => {
  // Each shell has its own nodes, and mostly waits.
  describe.concurrent.each(shells)('with %s', (shell) => {
    let node: TestNode;
    let source: string;
    beforeEach(async () => {
      node = await testNode(inject('realScratch'));
      source = `${node.mountPoint}/library`;
      return () => node[Symbol.asyncDispose]();
    });

    const mountNas = (): Promise<string> => node.run('mount --bind "$nas" "$mountPoint"');
    const writeSentinel = (text = `${sentinelId}\n`): Promise<string> =>
      node.run(`printf '%s' "$text" >"$nas/library/${sentinelFile}"`, { text });
    const check = (options: Partial<ContainerOptions> = {}): Promise<Ended> =>
      runContainer(node, { command: guardedInit(), shell, source, ...options });

    test.sequential('accepts the right library and leaves nothing in it', async ({ expect }) => {
      await mountNas();
      await writeSentinel();
      expect(await check()).toEqual({ code: 0, output: 'NAS_GUARD: ok\n' });
      expect(await node.run('ls -A "$nas/library"')).toBe(`${sentinelFile}\n`);
    });

    test.sequential('refuses a directory of the root disk, even with a sentinel, and writes nothing', async ({
      expect,
    }) => {
      await node.run('mkdir -p "$source"; chown 1000 "$source"', { source });
      expect(await check()).toMatchObject({
        code: 11,
        output: expect.stringMatching(/^NAS_GUARD: wrong-filesystem: .*\(ramfs\)\n$/),
      });
      expect(await node.filesUnderMountPoint()).toBe('');
      await node.run(`echo ${sentinelId} >"$source/${sentinelFile}"`, { source });
      expect((await check()).code).toBe(11);
    });

    test.sequential('refuses a container without the volume', async ({ expect }) => {
      expect(await check({ source: '' })).toMatchObject({
        code: 10,
        output: expect.stringContaining('NAS_GUARD: not-mounted: '),
      });
    });

    test.sequential('refuses a library without a sentinel', async ({ expect }) => {
      await mountNas();
      expect(await check()).toMatchObject({
        code: 12,
        output: expect.stringContaining('NAS_GUARD: sentinel-missing: '),
      });
    });

    test.sequential.for([
      ['another id', 'aaaaaaaaaaaaaaaa\n'],
      ['nothing', ''],
      ['a longer id', `${sentinelId}0\n`],
      ['a second line', `${sentinelId}\n\n`],
      ['a blank before it', ` ${sentinelId}\n`],
      ['the line break of Windows', `${sentinelId}\r\n`],
    ] as const)('a sentinel that holds %s is refused', async ([_, text], { expect }) => {
      await mountNas();
      await writeSentinel(text);
      expect(await check()).toMatchObject({
        code: 13,
        output: expect.stringContaining('NAS_GUARD: sentinel-mismatch: '),
      });
    });

    test.sequential.for([
      ['bytes of zero behind the id', `${sentinelId}\\0000\\0000\\0000\\0000`],
      ['one byte of zero behind it', `${sentinelId}\\0000`],
      ['a byte of zero and a line break behind it', `${sentinelId}\\0000\\n`],
      ['a line break and a byte of zero behind it', `${sentinelId}\\n\\0000`],
      ['a byte of zero before it', `\\0000${sentinelId}\\n`],
      ['a byte of zero in it', `${sentinelId.slice(0, 4)}\\0000${sentinelId.slice(4)}\\n`],
      ['a block of zeros, as after a crash', `${sentinelId}\\n${'\\0000'.repeat(4096)}`],
      ['nothing but zeros', '\\0000'.repeat(sentinelId.length)],
    ] as const)('a sentinel that holds %s is refused', async ([_, text], { expect }) => {
      await mountNas();
      await node.run(`printf '%b' "$text" >"$nas/library/${sentinelFile}"`, { text });
      expect(await check()).toMatchObject({
        code: 13,
        output: expect.stringContaining('NAS_GUARD: sentinel-mismatch: '),
      });
    });

    test.sequential('takes no text of a marker for more than text', async ({ expect }) => {
      await mountNas();
      await writeSentinel();
      await using pod = await startContainer(node, { command: ['sleep', 'infinity'], shell, source });
      const shellIn = (script: string, ...args: string[]) => pod.exec(['sh', '-c', script, 'sh', ...args]);
      /** A marker that says that the first process of the container has looked since then. */
      const mark = (since: string) =>
        shellIn(
          'since=$1; set -- $(cat /proc/1/stat); shift 21; printf "%s %s\\n" "$1" "$since" >/tmp/.gatehouse-nas-guard-1',
          since,
        );
      const attacks = [
        'a[$(touch /tmp/run)]',
        'began[$(touch /tmp/run)0]',
        '$(touch /tmp/run)',
        '`touch /tmp/run`',
      ];
      const others = [
        '',
        'began',
        'patience',
        '-1',
        '08',
        '0x10',
        '1e3',
        '1 2',
        '9'.repeat(40),
        '1;touch /tmp/run',
      ];
      for (const since of [...attacks, ...others]) {
        expect((await mark(since)).code).toBe(0);
        expect([since, await pod.exec(guardedProbe())]).toEqual([since, { code: 0, output: '' }]);
        expect((await shellIn('ls /tmp')).output).toBe('');
      }
      // A number is what the guard itself writes.
      expect((await mark('1')).code).toBe(0);
      expect((await pod.exec(guardedProbe())).code).toBe(14);
    });

    test.sequential('waits for no pipe in the place of its own files', async ({ expect }) => {
      await mountNas();
      await writeSentinel();
      await using pod = await startContainer(node, { command: ['sleep', 'infinity'], shell, source });
      const made = await pod.exec([
        'sh',
        '-c',
        'mkfifo /tmp/.gatehouse-nas-guard-1 /tmp/.gatehouse-nas-guard-x',
      ]);
      expect(made.code).toBe(0);
      const [sh = '', ...rest] = guardedProbe();
      expect(await pod.exec(['timeout', '10', sh, ...rest])).toEqual({ code: 0, output: '' });
    });

    test.sequential('accepts an id without a line break', async ({ expect }) => {
      await mountNas();
      await writeSentinel(sentinelId);
      expect((await check()).code).toBe(0);
    });

    test.sequential('reports an unreadable and a missing library as unreadable', async ({ expect }) => {
      await mountNas();
      await writeSentinel();
      await node.run('chown 0:0 "$nas/library"; chmod 700 "$nas/library"');
      expect(await check()).toMatchObject({
        code: 16,
        output: expect.stringContaining('NAS_GUARD: unreadable: '),
      });
      await node.run(`chmod 755 "$nas/library"; chmod 600 "$nas/library/${sentinelFile}"`);
      expect((await check()).code).toBe(16);
      expect((await check({ library: '/data/elsewhere' })).code).toBe(16);
    });

    test.sequential.for([
      ['mounted read-only in the pod', '', true, /\(mounted so\)$/m],
      ['mounted read-only on the node', 'mount -o remount,bind,ro "$mountPoint"', false, /\(mounted so\)$/m],
      ['on a server that went read-only', 'mount -o remount,ro "$nas"', false, /\(mounted so\)$/m],
      ['owned by somebody else', 'chown 0:0 "$nas/library"', false, /written$/m],
    ] as const)('a library %s is read-only', async ([_, change, readOnly, message], { expect }) => {
      await writeSentinel();
      await mountNas();
      await node.run(change);
      const result = await check({ readOnly });
      await node.run('mount -o remount,rw "$nas"');
      expect(result).toMatchObject({ code: 15, output: expect.stringMatching(message) });
    });

    test.sequential.for([
      '/my data',
      '/tab\there',
      '/back\\slash',
      '/a\\040b',
      "/quo'te",
      '/star*',
      '/data/',
    ])('a mount path such as %j is found in the table of mounts', async (mountPath, { expect }) => {
      await mountNas();
      await writeSentinel();
      expect((await check({ mountPath })).code).toBe(0);
      await node.run('umount "$mountPoint"; mkdir -p "$source"', { source });
      expect((await check({ mountPath })).code).toBe(11);
    });

    test.sequential('ignores a mount whose path only has the library as a prefix', async ({ expect }) => {
      await mountNas();
      await writeSentinel();
      expect((await check({ mountPath: '/dat', library: '/data' })).code).toBe(10);
    });

    test.sequential('uses the last of stacked mounts', async ({ expect }) => {
      await writeSentinel();
      await node.run(
        'mkdir -p "$source"; mount -t ramfs more "$source"; mount --bind "$nas/library" "$source"',
        { source },
      );
      expect((await check()).code).toBe(0);
      await node.run('mount -t ramfs more "$source"', { source });
      expect((await check()).code).toBe(11);
    });

    test.sequential('uses the longest mount point, not the newest', async ({ expect }) => {
      await writeSentinel();
      await mountNas();
      const move =
        'mkdir /new && mount -t ramfs more /new && mkdir /new/library && mount --no-mtab --move /data /new/library';
      const command = ['sh', '-c', `${move} && exec "$@"`, 'move', ...guardedInit()];
      expect((await check({ command, library: '/new/library', user: 0 })).code).toBe(0);
    });

    test.sequential('detects a mount that covers the parent of the library', async ({ expect }) => {
      await writeSentinel();
      // From the outside in: the NAS first, then the disk over the directory above it.
      const cover = 'mount -t ramfs more /data && mkdir /data/library && exec "$@"';
      await node.run(
        'mount -t ramfs outer "$mountPoint"; mkdir "$source"; mount --bind "$nas/library" "$source"',
        { source },
      );
      const options = { source: node.mountPoint, library: '/data/library', user: 0 };
      expect((await check(options)).code).toBe(0);
      expect(
        (await check({ ...options, command: ['sh', '-c', cover, 'cover', ...guardedInit()] })).code,
      ).toBe(11);
    });

    test.sequential('follows a link in the path of the library that leads away from the NAS', async ({
      expect,
    }) => {
      await mountNas();
      await node.run('ln -s /etc "$nas/library/inside"');
      expect((await check({ library: '/data/inside' })).code).toBe(11);
    });
  });

  test('the documented command writes the sentinel on the NAS only, once, and the guard accepts it', async ({
    expect,
  }) => {
    await using node = await testNode(inject('realScratch'));
    const source = `${node.mountPoint}/library`;
    // The directory of the test is closed to the library's owner, so the command goes another way to the same mounts.
    await node.run('mount --bind "$disk/mnt" /mnt');
    const write = () => node.try(documentedCommand('/mnt/nas/library'));
    const check = () => runContainer(node, { command: guardedInit(), shell: 'dash', source });
    await node.run('mkdir -p "$source"; chown 1000 "$source"', { source });
    expect(await write()).toEqual({ code: 1, output: '' });
    expect(await node.filesUnderMountPoint()).toBe('');
    await node.run('mount --bind "$nas" "$mountPoint"');
    expect((await check()).code).toBe(12);
    expect(await write()).toEqual({ code: 0, output: '' });
    expect(await check()).toEqual({ code: 0, output: 'NAS_GUARD: ok\n' });
    await node.run(`echo aaaaaaaaaaaaaaaa >"$nas/library/${sentinelFile}"`);
    expect(await write()).toMatchObject({ code: 1, output: expect.stringContaining('File exists') });
    expect(await node.run(`cat "$nas/library/${sentinelFile}"`)).toBe('aaaaaaaaaaaaaaaa\n');
  });
});
