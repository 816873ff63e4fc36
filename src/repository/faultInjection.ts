import { type FileSystem, nodeFileSystem } from './fileSystem.ts';

/** A file system call before it is made. */
export interface Call {
  name: keyof FileSystem | 'fill';
  path: string;
  /** Whether the call would change the disk. */
  changes: boolean;
  /** For `fill`, the moment within {@link FileSystem.writeNew} when a part is written: leaves that part. */
  leavePart?: () => void;
}

/**
 * A file system with a callback before each call, so that a test can count calls, throw at one, or end the process. It
 * does not sync: that takes long, and an ended process loses nothing by it.
 */
export function intercepted(before: (call: Call) => void, disk: FileSystem = nodeFileSystem): FileSystem {
  const read = (name: Call['name'], path: string) => before({ name, path, changes: false });
  const change = (name: Call['name'], path: string) => before({ name, path, changes: true });
  return {
    status(path) {
      read('status', path);
      return disk.status(path);
    },
    readFile(path) {
      read('readFile', path);
      return disk.readFile(path);
    },
    readDirectory(path) {
      read('readDirectory', path);
      return disk.readDirectory(path);
    },
    realPath(path) {
      read('realPath', path);
      return disk.realPath(path);
    },
    writeNew(path, bytes, mode) {
      change('writeNew', path);
      const part = bytes.subarray(0, bytes.length / 2);
      before({ name: 'fill', path, changes: true, leavePart: () => disk.writeNew(path, part, mode) });
      disk.writeNew(path, bytes, mode);
    },
    makeDirectory(path, mode) {
      change('makeDirectory', path);
      disk.makeDirectory(path, mode);
    },
    removeDirectory(path) {
      change('removeDirectory', path);
      disk.removeDirectory(path);
    },
    rename(from, to) {
      change('rename', to);
      disk.rename(from, to);
    },
    link(from, to) {
      change('link', to);
      disk.link(from, to);
    },
    unlink(path) {
      change('unlink', path);
      disk.unlink(path);
    },
    async sync(paths) {
      change('sync', paths[0] ?? '');
    },
  };
}

/** An error as `node:fs` throws it. */
export function systemError(code: string, call: Call): Error {
  return Object.assign(new Error(`${code}: injected`), { code, syscall: call.name, path: call.path });
}

/**
 * A file system that fails from the given call on. It leaves what a process leaves that is killed at that call.
 *
 * @param at index of the call, among those that change the disk.
 */
export function killedAt(at: number): FileSystem {
  let count = 0;
  return intercepted((call) => {
    if (!call.changes) return;
    if (count === at) call.leavePart?.();
    count += 1;
    if (count > at) throw new Error('killed');
  });
}

/**
 * A file system that fails with an error.
 *
 * @param at index of the call, among those that `counts` picks.
 * @param lasting whether every later call that changes the disk fails too.
 */
export function failingAt(
  at: number,
  code: string,
  { counts = () => true, lasting = false }: { counts?: (call: Call) => boolean; lasting?: boolean } = {},
): FileSystem {
  let count = -1;
  return intercepted((call) => {
    if (counts(call)) count += 1;
    const isIt = count === at && counts(call);
    if (!isIt && !(lasting && count >= at && call.changes)) return;
    if (isIt) call.leavePart?.();
    throw systemError(code, call);
  });
}
