import { setTimeout as wait } from 'node:timers/promises';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { ignoreErrors, isSystemError } from './fileSystem.ts';
import { lockDirectory, stateDirectory } from './path.ts';
import { formatIdentity, hasEnded, ownIdentity, parseIdentity } from './processIdentity.ts';
import { absolute, blocked, diskProblem, inspect, type Tree } from './tree.ts';

/** The right to write to a tree. */
export interface Lock {
  /** Gives the right back, and removes the state directory if nothing is left in it. Throws system errors. */
  release(): void;
}

const attempts = 4;
const occupied = ['ENOTEMPTY', 'EEXIST', 'ENOENT'];

/**
 * Takes the right to write to a tree, which one process at a time has.
 *
 * Each process that wants it creates a file of its own in the lock directory, named after its identity, and then reads
 * the directory: if another file is there whose process has not ended, it removes its own and stands back. Of two
 * processes, the one that reads later sees the other's file, so that never both have the lock. What a killed process
 * left is removed by its unique name, so that no fresh lock is ever taken for a stale one.
 */
export async function acquireLock(tree: Tree): Promise<Outcome<Lock>> {
  const name = formatIdentity(ownIdentity());
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const obstacle = makeLockDirectory(tree);
      if (obstacle !== undefined) return err(obstacle);
      if (tryAcquire(tree, name)) return ok({ release: () => release(tree, name) });
      // Two that came at the same moment have both stood back; the next time they come apart.
      await wait(5 + Math.random() * 40);
    }
    return err(treeLocked());
  } catch (error) {
    if (!isSystemError(error)) throw error;
    bestEffort(() => release(tree, name));
    return err(diskProblem(tree, error, 'write-failed'));
  }
}

/** Whether a run that has not ended holds the lock, or wants it. Only reads. */
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

/** Tries a clean-up step. What it leaves is cleared by the next command. */
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
    if (state.kind === 'file') return blocked(directory, 'A file stands in place of the directory');
    if (state.kind === 'directory') continue;
    // A run that has just ended removes the directories again; the claim then fails, and is tried anew.
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
