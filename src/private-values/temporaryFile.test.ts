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
  memoryDirectories,
  type TemporaryFile,
  temporaryFile,
  withTemporaryFile,
} from './temporaryFile.ts';

const made = (directories: readonly string[] = []): TemporaryFile => {
  const file = temporaryFile('draft.yaml', 'host: private.example\n', directories);
  if (!file.ok) throw new Error(JSON.stringify(file.problems));
  onTestFinished(() => rmSync(dirname(file.value.path), { recursive: true, force: true }));
  return file.value;
};

describe('a temporary file', () => {
  it('is readable by its owner only, in a directory of mode 0700', () => {
    const { path, inMemory } = made();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(inMemory).toBe(false);
  });

  it('is in memory if a directory in memory is writable, and on the disk otherwise', () => {
    const memory = mkdtempSync(join(tmpdir(), 'memory-'));
    onTestFinished(() => rmSync(memory, { recursive: true }));
    expect(made([memory])).toMatchObject({ inMemory: true });
    expect(made([join(memory, 'nowhere')])).toMatchObject({ inMemory: false });
  });

  it('is removed afterwards, with what an editor left beside it', async () => {
    const file = made();
    const directory = dirname(file.path);
    const size = await withTemporaryFile(file, async ({ path, read }) => {
      writeFileSync(`${path}~`, 'copy');
      mkdirSync(join(directory, 'undo'));
      writeFileSync(join(directory, 'undo/draft'), 'older');
      return read().length;
    });
    expect(size).toBe(22);
    expect(existsSync(directory)).toBe(false);
  });

  it('is removed after an error, and leaves no signal listener behind', async () => {
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
  it('are those of Linux by their magic number, and no directory of a disk', () => {
    const directories = memoryDirectories({
      env: { XDG_RUNTIME_DIR: '/' },
      home: '/',
      platform: 'linux',
      now: () => new Date(),
    });
    expect(directories).not.toContain('/');
    expect(memoryDirectories({ env: {}, home: '/', platform: 'darwin', now: () => new Date() })).toEqual([]);
  });
});

describe('destroyFile', () => {
  it('overwrites a file before it removes it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'destroy-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'plain'), 'secret');
    const link = join(directory, 'same');
    // A hard link to the same blocks shows their content afterwards.
    linkSync(join(directory, 'plain'), link);
    expect(destroyFile(directory, 'plain')).toMatchObject({ ok: true });
    expect(existsSync(join(directory, 'plain'))).toBe(false);
    expect(readFileSync(link)).toEqual(Buffer.alloc(6));
    expect(destroyFile(directory, 'plain')).toMatchObject({ ok: false });
  });
});
