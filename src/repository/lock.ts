import { setTimeout as wait } from 'node:timers/promises';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { ignoreErrors, isSystemError } from './fileSystem.ts';
import { lockDirectory, stateDirectory } from './path.ts';
import { formatIdentity, hasEnded, ownIdentity, parseIdentity } from './processIdentity.ts';
import { absolute, blocked, diskProblem, inspect, type Tree } from './tree.ts';

/** A write lock of a tree. */
export interface Lock {
  /** Releases the lock, and removes the state directory if it is empty. Throws system errors. */
  release(): void;
}

const attempts = 4;
const occupied = ['ENOTEMPTY', 'EEXIST', 'ENOENT'];

/**
 * Acquires the write lock of a tree. One process at a time holds it.
 *
 * Each process creates a file in the lock directory, named after its identity, and then lists the directory. If another
 * process that has not ended has a file there, it removes its own file and retries. Of two processes, the one that lists
 * later sees the file of the other, so both never hold the lock. Files of killed processes are removed by their unique
 * name, so a new lock is never taken for a stale one.
 */
export async function acquireLock(tree: Tree): Promise<Outcome<Lock>> {
  const name = formatIdentity(ownIdentity());
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const obstacle = makeLockDirectory(tree);
      if (obstacle !== undefined) return err(obstacle);
      if (tryAcquire(tree, name)) return ok({ release: () => release(tree, name) });
      // Two processes that tried at the same moment have both given up; a random pause separates them.
      await wait(5 + Math.random() * 40);
    }
    return err(treeLocked());
  } catch (error) {
    if (!isSystemError(error)) throw error;
    bestEffort(() => release(tree, name));
    return err(diskProblem(tree, error, 'write-failed'));
  }
}

/** Whether a running process holds the lock or tries to acquire it. Only reads. */
export function isLocked(tree: Tree): boolean {
  if (inspect(tree, lockDirectory).kind !== 'directory') return false;
  return lockEntries(tree).some(({ ended }) => !ended);
}

export function treeLocked(): Problem {
  return {
    code: 'tree-locked',
    file: lockDirectory,
    message: 'Another run is writing to this directory',
    expected: 'one run at a time',
    remedy: `Wait until it has ended. If it ran on another machine or in another container and has ended, delete ${lockDirectory}`,
  };
}

/** Runs a clean-up step and ignores system errors. The next command clears what is left. */
export function bestEffort(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function makeLockDirectory(tree: Tree): Problem | undefined {
  for (const directory of [stateDirectory, lockDirectory]) {
    const state = inspect(tree, directory);
    if (state.kind === 'obstacle') return state.problem;
    if (state.kind === 'file') return blocked(directory, 'The path is a file, not a directory');
    if (state.kind === 'directory') continue;
    // A run that has just ended removes the directories again; then the attempt fails and is repeated.
    ignoreErrors(['EEXIST', 'ENOENT'], () => tree.disk.makeDirectory(absolute(tree, directory)));
  }
  return undefined;
}

function tryAcquire(tree: Tree, name: string): boolean {
  let made = false;
  ignoreErrors(['ENOENT'], () => {
    tree.disk.writeNew(absolute(tree, `${lockDirectory}/${name}`), new Uint8Array());
    made = true;
  });
  if (!made) return false;
  const others = lockEntries(tree).filter((other) => other.name !== name);
  for (const other of others.filter(({ ended }) => ended)) {
    ignoreErrors(['ENOENT'], () => tree.disk.unlink(absolute(tree, `${lockDirectory}/${other.name}`)));
  }
  if (others.every(({ ended }) => ended)) return true;
  release(tree, name);
  return false;
}

function lockEntries(tree: Tree): { name: string; ended: boolean }[] {
  const here = ownIdentity();
  return tree.disk.readDirectory(absolute(tree, lockDirectory)).flatMap((name) => {
    const identity = parseIdentity(name);
    return identity === undefined ? [] : [{ name, ended: hasEnded(identity, here) }];
  });
}

function release(tree: Tree, name: string): void {
  ignoreErrors(['ENOENT'], () => tree.disk.unlink(absolute(tree, `${lockDirectory}/${name}`)));
  for (const directory of [lockDirectory, stateDirectory]) {
    ignoreErrors(occupied, () => tree.disk.removeDirectory(absolute(tree, directory)));
  }
}
