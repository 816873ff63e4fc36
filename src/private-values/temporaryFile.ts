import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Environment } from '../system/environment.ts';

/** A file for the eyes of one person, for as long as an editor needs it. */
export interface TemporaryFile {
  path: string;
  /** Whether it stands in memory only. */
  inMemory: boolean;
  read(): Buffer;
  /** Overwrites and removes the file and whatever an editor left beside it. */
  wipe(): void;
}

/** File systems of Linux that are kept in memory (`statfs(2)`, `linux/magic.h`): tmpfs and ramfs. */
const memoryTypes = new Set([0x01021994, 0x858458f6]);

/** The directories of this machine that are kept in memory: the person's own, and the one that everybody shares. */
export function memoryDirectories({ env, platform }: Environment): string[] {
  if (platform !== 'linux') return [];
  const candidates = [env['XDG_RUNTIME_DIR'], '/dev/shm'];
  return candidates.filter((directory) => directory !== undefined && isInMemory(directory)) as string[];
}

function isInMemory(directory: string): boolean {
  try {
    return memoryTypes.has(statfsSync(directory).type);
  } catch {
    return false;
  }
}

/**
 * Makes a file with mode 0600 in a new directory with mode 0700, on a memory file system where there is one.
 *
 * @param directories - the memory file systems, the best first; the directory for temporary files follows them
 */
export function temporaryFile(
  name: string,
  content: string,
  directories: readonly string[],
): Outcome<TemporaryFile> {
  for (const parent of [...directories, tmpdir()]) {
    const directory = createDirectory(parent);
    if (directory === undefined) continue;
    const path = join(directory, name);
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
    return ok({
      path,
      inMemory: directories.includes(parent),
      read: () => readFileSync(path),
      wipe: () => wipeDirectory(directory),
    });
  }
  return err({
    code: 'no-private-folder',
    message: 'there is no directory in which the decrypted overlay could be edited',
    expected: 'a directory for temporary files that you may write to',
    remedy: 'set TMPDIR to one',
  });
}

function createDirectory(parent: string): string | undefined {
  try {
    return mkdtempSync(join(parent, 'gatehouse-'));
  } catch {
    return undefined;
  }
}

function wipeDirectory(directory: string): void {
  for (const entry of entriesOf(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) wipeDirectory(path);
    else if (entry.isFile()) overwrite(path);
  }
  rmSync(directory, { recursive: true, force: true });
}

/** What stands in a directory; nothing where it is gone already. */
function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Journals and copies of a disk are beyond reach: this is for the blocks that the file has now. */
function overwrite(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    writeSync(descriptor, Buffer.alloc(fstatSync(descriptor).size));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Overwrites and removes a file of a directory. */
export function destroyFile(directory: string, file: string): Outcome<undefined> {
  try {
    overwrite(join(directory, file));
    unlinkSync(join(directory, file));
    return ok(undefined);
  } catch (error) {
    return err({
      code: 'plain-not-destroyed',
      file,
      message: `the file could not be removed (${(error as NodeJS.ErrnoException).code})`,
      expected: 'the encrypted overlay alone',
      remedy: `what it says stands in the encrypted overlay: delete ${file}`,
    });
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does something with a private file, and wipes it whatever happens: also when the work throws, and when the process
 * is told to end. An interrupt from the keyboard belongs to the editor in front and does not end this process.
 *
 * @param work - is told by the signal when it has to stop at once
 */
export async function withTemporaryFile<T>(
  file: TemporaryFile,
  work: (file: TemporaryFile, stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const end = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGINT') return;
    controller.abort();
    file.wipe();
    release();
    process.kill(process.pid, signal);
  };
  const wipe = (): void => file.wipe();
  const release = (): void => {
    for (const signal of signals) process.off(signal, end);
    process.off('exit', wipe);
  };
  for (const signal of signals) process.on(signal, end);
  process.on('exit', wipe);
  try {
    return await work(file, controller.signal);
  } finally {
    release();
    file.wipe();
  }
}
