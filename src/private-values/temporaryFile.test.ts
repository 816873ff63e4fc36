import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  destroyFile,
  memoryFolders,
  type TemporaryFile,
  temporaryFile,
  withTemporaryFile,
} from './temporaryFile.ts';

const made = (folders: readonly string[] = []): TemporaryFile => {
  const file = temporaryFile('draft.yaml', 'host: private.example\n', folders);
  if (!file.ok) throw new Error(JSON.stringify(file.problems));
  onTestFinished(() => rmSync(dirname(file.value.path), { recursive: true, force: true }));
  return file.value;
};

describe('a private file', () => {
  it('can be read by its owner only, in a folder that only its owner can enter', () => {
    const { path, inMemory } = made();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(inMemory).toBe(false);
  });

  it('stands in memory where a folder is, and elsewhere when that one cannot be written', () => {
    const memory = mkdtempSync(join(tmpdir(), 'memory-'));
    onTestFinished(() => rmSync(memory, { recursive: true }));
    expect(made([memory])).toMatchObject({ inMemory: true });
    expect(made([join(memory, 'nowhere')])).toMatchObject({ inMemory: false });
  });

  it('is gone afterwards, with what an editor left beside it', async () => {
    const file = made();
    const folder = dirname(file.path);
    const size = await withTemporaryFile(file, async ({ path, read }) => {
      writeFileSync(`${path}~`, 'copy');
      mkdirSync(join(folder, 'undo'));
      writeFileSync(join(folder, 'undo/draft'), 'older');
      return read().length;
    });
    expect(size).toBe(22);
    expect(existsSync(folder)).toBe(false);
  });

  it('is gone after a mistake, and leaves no listener behind', async () => {
    const file = made();
    const before = process.listenerCount('SIGTERM');
    await expect(withTemporaryFile(file, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(existsSync(dirname(file.path))).toBe(false);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

describe('memory file systems', () => {
  it('are those of Linux, as the kernel names them, and no folder of a disk', () => {
    const folders = memoryFolders({
      env: { XDG_RUNTIME_DIR: '/' },
      home: '/',
      platform: 'linux',
      now: () => new Date(),
    });
    expect(folders).not.toContain('/');
    expect(memoryFolders({ env: {}, home: '/', platform: 'darwin', now: () => new Date() })).toEqual([]);
  });
});

describe('a plain file that is destroyed', () => {
  it('is overwritten before it is removed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'destroy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'plain'), 'secret');
    const link = join(folder, 'same');
    // A second name of the same blocks shows what became of them.
    linkSync(join(folder, 'plain'), link);
    expect(destroyFile(folder, 'plain')).toMatchObject({ ok: true });
    expect(existsSync(join(folder, 'plain'))).toBe(false);
    expect(readFileSync(link)).toEqual(Buffer.alloc(6));
    expect(destroyFile(folder, 'plain')).toMatchObject({ ok: false });
  });
});
