import { isAbsolute, join, relative, resolve } from 'node:path';
import { defined } from '../kubernetes/defined.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import {
  type FileStatus,
  type FileSystem,
  isSystemError,
  nodeFileSystem,
  type SystemError,
} from './fileSystem.ts';
import { parentsOf } from './path.ts';

/** A working tree: its real root path, and the disk that it is on. */
export interface Tree {
  readonly root: string;
  readonly disk: FileSystem;
}

/** The state of a path of a tree. */
export type PathState = Exclude<PathKind, { kind: 'file' }> | (FileIdentity & { bytes: Buffer });

/** What is at a path of a tree. */
export type PathKind =
  | { kind: 'absent' }
  | FileIdentity
  | { kind: 'directory' }
  /** A link, a special file, or a file in place of a parent directory; `at` is its path. */
  | { kind: 'obstacle'; at: string; problem: Problem };

interface FileIdentity {
  kind: 'file';
  mode: number;
  device: number;
  inode: number;
}

/** @returns the tree, or a problem when the directory does not exist. */
export function openTree(directory: string, disk: FileSystem = nodeFileSystem): Outcome<Tree> {
  const root = resolve(directory);
  try {
    const tree = { root: disk.realPath(root), disk };
    if (disk.status(tree.root)?.kind === 'directory') return ok(tree);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const isAbsent = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    if (!isAbsent) return err(diskProblem({ root, disk }, error, 'read-failed'));
  }
  return err({
    code: 'folder-not-found',
    message: `There is no directory ${JSON.stringify(directory)} that can be read`,
    expected: 'a directory',
    remedy: 'Name another directory, or create this one',
  });
}

/** The absolute path of a path of the tree. */
export function absolute(tree: Tree, path: string): string {
  return join(tree.root, ...path.split('/'));
}

/**
 * Reads the state of a path without following links.
 *
 * @param known caches the status of directories. Pass the same map for many paths of one moment.
 */
export function inspect(
  tree: Tree,
  path: string,
  known = new Map<string, FileStatus | undefined>(),
): PathState {
  const found = lookAt(tree, path, known);
  return found.kind === 'file' ? { ...found, bytes: tree.disk.readFile(absolute(tree, path)) } : found;
}

/** What is at a path, without following links. See {@link inspect}. */
export function lookAt(
  tree: Tree,
  path: string,
  known = new Map<string, FileStatus | undefined>(),
): PathKind {
  for (const directory of parentsOf(path)) {
    if (!known.has(directory)) known.set(directory, tree.disk.status(absolute(tree, directory)));
    const status = known.get(directory);
    if (status === undefined) return { kind: 'absent' };
    if (status.kind !== 'directory') return obstacle(tree, path, directory, status);
  }
  const status = tree.disk.status(absolute(tree, path));
  if (status === undefined) return { kind: 'absent' };
  if (status.kind === 'directory') return { kind: 'directory' };
  if (status.kind !== 'file') return obstacle(tree, path, path, status);
  const { mode, device, inode } = status;
  return { kind: 'file', mode, device, inode };
}

function obstacle(tree: Tree, path: string, at: string, status: FileStatus): PathState {
  const name = JSON.stringify(at);
  if (status.kind !== 'link') {
    const what = status.kind === 'file' ? 'a file' : 'neither a file nor a directory';
    return { kind: 'obstacle', at, problem: blocked(path, `${name} is ${what}`) };
  }
  return {
    kind: 'obstacle',
    at,
    problem: {
      code: 'path-is-link',
      file: path,
      message: `${name} is a symbolic link that leads ${destination(tree, at)}`,
      expected: 'real directories and files wherever Gatehouse writes',
      remedy: 'Replace the link with a real directory or file, or move it out of the way',
    },
  };
}

/** The problem for a path at which Gatehouse must not remove what is there. */
export function blocked(path: string, message: string): Problem {
  return {
    code: 'path-blocked',
    file: path,
    message,
    expected: 'a directory for each parent of the path, and a file or nothing at its end',
    remedy: 'Move it out of the way, and run the command again',
  };
}

function destination(tree: Tree, at: string): string {
  try {
    return isWithin(tree.root, tree.disk.realPath(absolute(tree, at)))
      ? 'to another place in the directory'
      : 'out of the directory';
  } catch (error) {
    if (isSystemError(error)) return 'nowhere';
    throw error;
  }
}

function isWithin(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside === '' || !(/^\.\.(?:[\\/]|$)/.test(inside) || isAbsolute(inside));
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long for this file system',
  EIO: 'the disk reports an error',
  EBUSY: 'the file is in use',
  EXDEV: 'a part of the directory is on another file system',
};

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Give your user write permission there, and run the command again',
  EPERM: 'Give your user write permission there, and run the command again',
  EROFS: 'Mount the file system for writing, or name another directory with -C',
  ENOSPC: 'Free space on the disk, and run the command again',
  EDQUOT: 'Free space on the disk, and run the command again',
  ENAMETOOLONG: 'Choose a shorter name in cluster.yaml',
};

/** The problem for a disk error, without paths outside of the tree. */
export function diskProblem(
  tree: Tree,
  error: SystemError,
  code: 'read-failed' | 'write-failed' | 'write-interrupted',
): Problem {
  const verb = code === 'read-failed' ? 'read' : 'written';
  const path = error.path === undefined ? '' : relative(tree.root, error.path).replaceAll('\\', '/');
  return defined({
    code,
    file: path === '' || path.startsWith('..') ? undefined : path,
    message: `The directory could not be ${verb}: ${reasons[error.code] ?? 'the system reported an error'} (${error.code})`,
    remedy: remedies[error.code] ?? 'Fix what the system reports, and run the command again',
  });
}
