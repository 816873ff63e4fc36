import {
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
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
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import { bestEffort } from '../repository/lock.ts';
import { formatIdentity, hasEnded, ownIdentity, parseIdentity } from '../repository/processIdentity.ts';
import type { Environment } from '../system/environment.ts';

/** A file that only its owner can read, for as long as an editor needs it. */
export interface TemporaryFile {
  path: string;
  /** Whether it is on a file system in memory. */
  inMemory: boolean;
  read(): Buffer;
  /** Overwrites and removes the file, and what an editor left beside it. */
  wipe(): void;
}

/** File systems of Linux that are kept in memory (`statfs(2)`, `linux/magic.h`): tmpfs and ramfs. */
const memoryTypes = new Set([0x01021994, 0x858458f6]);

/** Directories of this machine that are in memory: that of the user, and the shared one. */
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
 * Creates a file with mode 0600 in a new directory with mode 0700, in memory if possible.
 *
 * @param directories - directories in memory, in order of preference; the system's temporary directory comes last
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
    message: 'there is no directory in which the decrypted private values file can be edited',
    expected: 'a directory for temporary files that you may write to',
    remedy: 'set TMPDIR to one',
  });
}

/** The directory of an edit names its process, so that a later run knows whether that has ended. */
const prefix = 'gatehouse-edit-';

/**
 * Wipes what runs left that could not: those that were killed, and those before the machine lost its power. A directory
 * of another user, or of a run that may still be there, stays.
 *
 * @returns how many directories were wiped
 */
export function wipeLeftovers(directories: readonly string[]): number {
  const parents = [...new Set([...directories, tmpdir()])];
  const left = parents.flatMap((parent) =>
    entriesOf(parent)
      .filter((entry) => entry.isDirectory() && isLeft(entry.name))
      .map(({ name }) => join(parent, name))
      .filter(isOurs),
  );
  for (const directory of left) wipeDirectory(directory);
  return left.length;
}

function isLeft(name: string): boolean {
  if (!name.startsWith(prefix)) return false;
  // mkdtemp(3) adds six characters.
  const identity = parseIdentity(name.slice(prefix.length, -'-XXXXXX'.length));
  return identity !== undefined && hasEnded(identity);
}

function isOurs(directory: string): boolean {
  const { uid } = lstatSync(directory, { throwIfNoEntry: false }) ?? {};
  return uid !== undefined && (process.getuid === undefined || uid === process.getuid());
}

function createDirectory(parent: string): string | undefined {
  try {
    return mkdtempSync(join(parent, `${prefix}${formatIdentity(ownIdentity())}-`));
  } catch {
    return undefined;
  }
}

function wipeDirectory(directory: string): void {
  for (const entry of entriesOf(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) wipeDirectory(path);
    else if (entry.isFile()) bestEffort(() => overwrite(path));
  }
  rmSync(directory, { recursive: true, force: true });
}

/** The entries of a directory; none when it is gone already. */
function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Overwrites the current blocks of the file. Journals and snapshots of the disk may still have copies. */
function overwrite(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    writeSync(descriptor, Buffer.alloc(fstatSync(descriptor).size));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Overwrites and removes one file of a directory. */
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
      expected: 'the encrypted private values file alone',
      remedy: `delete ${file}: the encrypted private values file holds its content`,
    });
  }
}

/**
 * The signals that end a process and that a handler can do something about (signal(7)). SIGPIPE is none: Node ignores it.
 * A signal that a system does not have cannot be listened to there.
 */
const signals: readonly NodeJS.Signals[] = (
  [
    ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGABRT', 'SIGALRM', 'SIGUSR1', 'SIGUSR2'] as const),
    ...(['SIGVTALRM', 'SIGXCPU', 'SIGXFSZ', 'SIGIO', 'SIGTRAP', 'SIGSYS', 'SIGPWR', 'SIGBREAK'] as const),
  ] as const
).filter((signal) => signal in constants.signals);

/**
 * Calls `work` with a temporary file and always wipes it: also when `work` throws, and when the process is terminated.
 * An interrupt from the keyboard is for the editor in the foreground and does not end this process.
 *
 * @param work - must stop when the signal aborts
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
