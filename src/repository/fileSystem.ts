import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from 'node:fs';

/** The status of a path itself: links are not followed. */
export interface FileStatus {
  kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits only. */
  mode: number;
  device: number;
  inode: number;
}

/**
 * Every call by which this module accesses a disk. It is an interface so that a test can fail, or kill the process, at
 * each call. All paths are absolute; all calls throw Node's system errors.
 *
 * The calls are synchronous, which is faster for many small files and lets nothing else of the process run in between.
 * Only {@link FileSystem.sync} is asynchronous: a journalling file system syncs many files at once much faster than one
 * by one.
 */
export interface FileSystem {
  /** `undefined` when the path does not exist, or a parent of it is a file. */
  status(path: string): FileStatus | undefined;
  readFile(path: string): Buffer;
  /** Sorted names; an empty list when the directory does not exist. */
  readDirectory(path: string): string[];
  realPath(path: string): string;
  /** Creates a file and never replaces one. Without a mode, the umask decides. */
  writeNew(path: string, bytes: Uint8Array, mode?: number): void;
  /** Without a mode, the umask decides. */
  makeDirectory(path: string, mode?: number): void;
  /** Removes an empty directory. */
  removeDirectory(path: string): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  unlink(path: string): void;
  /** Returns when the files, or the entries of the directories, are on the disk. */
  sync(paths: readonly string[]): Promise<void>;
}

/** An error of the operating system, as `node:fs` throws it. */
export interface SystemError extends Error {
  code: string;
  path?: string;
}

/** Distinguishes a disk error from a bug, which must not be swallowed. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

/** Runs an action and ignores system errors with these codes. */
export function ignoreErrors(codes: readonly string[], action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isSystemError(error) || !codes.includes(error.code)) throw error;
  }
}

const openFilesAtOnce = 64;

/** The disk. */
export const nodeFileSystem: FileSystem = {
  status(path) {
    try {
      const stats = lstatSync(path);
      return { kind: kindOf(stats), mode: stats.mode & 0o777, device: stats.dev, inode: stats.ino };
    } catch (error) {
      if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
      throw error;
    }
  },
  readFile: (path) => readFileSync(path),
  readDirectory(path) {
    let names: string[] = [];
    ignoreErrors(['ENOENT'], () => {
      names = readdirSync(path);
    });
    return names.sort();
  },
  realPath: (path) => realpathSync.native(path),
  writeNew(path, bytes, mode) {
    const file = openSync(path, 'wx', mode === undefined ? 0o666 : mode & 0o700);
    try {
      if (mode !== undefined) fchmodSync(file, mode);
      writeFileSync(file, bytes);
    } finally {
      closeSync(file);
    }
  },
  makeDirectory(path, mode) {
    mkdirSync(path);
    if (mode !== undefined) chmodSync(path, mode);
  },
  removeDirectory: rmdirSync,
  rename: renameSync,
  link: linkSync,
  unlink: unlinkSync,
  async sync(paths) {
    for (let start = 0; start < paths.length; start += openFilesAtOnce) {
      await Promise.all(paths.slice(start, start + openFilesAtOnce).map(syncOne));
    }
  },
};

function kindOf(stats: Stats): FileStatus['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

function syncOne(path: string): Promise<void> {
  const file = openSync(path, 'r');
  return new Promise((resolve, reject) => {
    fsync(file, (error) => {
      closeSync(file);
      // Some file systems report that they cannot sync a directory; they order its entries themselves.
      if (error === null || error.code === 'EINVAL' || error.code === 'ENOTSUP') resolve();
      else reject(error);
    });
  });
}
