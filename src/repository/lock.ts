import { setTimeout as wait } from 'node:timers/promises';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import { forgive, isSystemError } from './fileSystem.ts';
import { lockFolder, stateFolder } from './path.ts';
import { formatIdentity, hasEnded, ownIdentity, parseIdentity } from './processIdentity.ts';
import { absolute, blocked, diskProblem, lookAt, type Tree } from './tree.ts';

/** The right to write to a tree. */
export interface Lock {
  /** Gives the right back, and removes the state folder if nothing is left in it. Throws system errors. */
  release(): void;
}

const attempts = 4;
const occupied = ['ENOTEMPTY', 'EEXIST', 'ENOENT'];

/**
 * Takes the right to write to a tree, which one process at a time has.
 *
 * Each process that wants it creates a file of its own in the lock folder, named after its identity, and then reads
 * the folder: if another file is there whose process has not ended, it removes its own and stands back. Of two
 * processes, the one that reads later sees the other's file, so that never both have the lock. What a killed process
 * left is removed by its unique name, so that no fresh lock is ever taken for a stale one.
 */
export async function acquireLock(tree: Tree): Promise<Outcome<Lock>> {
  const name = formatIdentity(ownIdentity());
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const obstacle = makeLockFolder(tree);
      if (obstacle !== undefined) return err(obstacle);
      if (claim(tree, name)) return ok({ release: () => release(tree, name) });
      // Two that came at the same moment have both stood back; the next time they come apart.
      await wait(5 + Math.random() * 40);
    }
    return err(treeLocked());
  } catch (error) {
    if (!isSystemError(error)) throw error;
    quietly(() => release(tree, name));
    return err(diskProblem(tree, error, 'write-failed'));
  }
}

/** Whether a run that has not ended holds the lock, or wants it. Only reads. */
export function isLocked(tree: Tree): boolean {
  if (lookAt(tree, lockFolder).kind !== 'folder') return false;
  return claims(tree).some(({ ended }) => !ended);
}

export function treeLocked(): Problem {
  return {
    code: 'tree-locked',
    file: lockFolder,
    message: 'Another run is writing to this folder',
    expected: 'one run at a time',
    remedy: `Wait until it has ended. If it ran on another machine or in another container and has ended, delete ${lockFolder}`,
  };
}

/** Tries a clean-up step. What it leaves is cleared by the next command. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function makeLockFolder(tree: Tree): Problem | undefined {
  for (const folder of [stateFolder, lockFolder]) {
    const sight = lookAt(tree, folder);
    if (sight.kind === 'obstacle') return sight.problem;
    if (sight.kind === 'file') return blocked(folder, 'A file stands in place of the folder');
    if (sight.kind === 'folder') continue;
    // A run that has just ended removes the folders again; the claim then fails, and is tried anew.
    forgive(['EEXIST', 'ENOENT'], () => tree.disk.makeFolder(absolute(tree, folder)));
  }
  return undefined;
}

function claim(tree: Tree, name: string): boolean {
  let made = false;
  forgive(['ENOENT'], () => {
    tree.disk.writeNew(absolute(tree, `${lockFolder}/${name}`), new Uint8Array());
    made = true;
  });
  if (!made) return false;
  const others = claims(tree).filter((other) => other.name !== name);
  for (const other of others.filter(({ ended }) => ended)) {
    forgive(['ENOENT'], () => tree.disk.unlink(absolute(tree, `${lockFolder}/${other.name}`)));
  }
  if (others.every(({ ended }) => ended)) return true;
  release(tree, name);
  return false;
}

function claims(tree: Tree): { name: string; ended: boolean }[] {
  const here = ownIdentity();
  return tree.disk.readFolder(absolute(tree, lockFolder)).flatMap((name) => {
    const identity = parseIdentity(name);
    return identity === undefined ? [] : [{ name, ended: hasEnded(identity, here) }];
  });
}

function release(tree: Tree, name: string): void {
  forgive(['ENOENT'], () => tree.disk.unlink(absolute(tree, `${lockFolder}/${name}`)));
  for (const folder of [lockFolder, stateFolder]) {
    forgive(occupied, () => tree.disk.removeFolder(absolute(tree, folder)));
  }
}
