import { readFileSync } from 'node:fs';
import { beforeEach, describe, inject, test } from 'vitest';
import { guardedInit, sentinelFile } from '../../../src/components/immich/nasGuard.ts';
import { type ContainerOptions, runContainer, sentinelId, shells } from './container.ts';
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
