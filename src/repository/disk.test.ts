import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareWithTree } from './compare.ts';
import { nodeFileSystem } from './fileSystem.ts';
import { recover } from './recover.ts';
import { codesOf, expectValue, quickDisk, snapshot, withTree } from './testTree.ts';
import { writeChanges } from './write.ts';

const nobody = 65_534;
const plan = [{ path: 'apps/a.yaml', content: 'a\n' }];

/** Runs an action as an unprivileged user: permissions do not restrict root. */
async function asNobody<T>(action: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(nobody);
  try {
    return await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('reports a read-only directory and does not change it', async () => {
  await withTree({ 'README.md': 'x\n' }, async (directory) => {
    chmodSync(directory, 0o555);
    const outcome = await asNobody(async () => {
      const compared = expectValue(await compareWithTree(directory, plan));
      expect(expectValue(await recover(directory))).toBe('nothing');
      return writeChanges(directory, compared);
    });
    chmodSync(directory, 0o755);
    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ code: 'write-failed', message: expect.stringContaining('permission denied') }],
    });
    expect(snapshot(directory)).toEqual({ 'README.md': 'x\n' });
  });
});

test('rolls back a write that meets a read-only directory of the tree', async () => {
  await withTree({ 'apps/b': '', 'more/': '' }, async (directory) => {
    chmodSync(directory, 0o777);
    chmodSync(join(directory, 'more'), 0o777);
    chmodSync(join(directory, 'apps'), 0o555);
    const before = snapshot(directory);
    const files = [...plan, { path: 'a-first.yaml', content: '' }, { path: 'more/b.yaml', content: '' }];
    const outcome = await asNobody(async () =>
      writeChanges(directory, expectValue(await compareWithTree(directory, files))),
    );
    expect(codesOf(outcome)).toEqual(['write-failed']);
    expect(snapshot(directory)).toEqual(before);
    chmodSync(join(directory, 'apps'), 0o755);
  });
});

test('reports an unreadable file, and a name that is too long', async () => {
  await withTree({ 'apps/a.yaml': '' }, async (directory) => {
    chmodSync(directory, 0o755);
    chmodSync(join(directory, 'apps/a.yaml'), 0o000);
    const files = [...plan, { path: `${'x'.repeat(300)}.yaml`, content: '' }];
    const compared = await asNobody(() => compareWithTree(directory, files));
    expect(compared).toMatchObject({
      ok: false,
      problems: [
        { code: 'read-failed', file: 'apps/a.yaml', message: expect.stringContaining('permission denied') },
        { code: 'read-failed', message: expect.stringContaining('too long') },
      ],
    });
  });
});

test('returns no status for a missing path, and syncs files and directories', async () => {
  await withTree({ a: 'x' }, async (directory) => {
    expect(nodeFileSystem.status(join(directory, 'nothing'))).toBeUndefined();
    expect(nodeFileSystem.status(join(directory, 'a/below'))).toBeUndefined();
    expect(nodeFileSystem.readDirectory(join(directory, 'nothing'))).toEqual([]);
    await nodeFileSystem.sync([directory, join(directory, 'a')]);
    await expect(nodeFileSystem.sync([join(directory, 'nothing')])).rejects.toThrow('ENOENT');
    expect(() => quickDisk.writeNew(join(directory, 'a'), new Uint8Array())).toThrow('EEXIST');
  });
});
