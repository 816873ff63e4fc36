import type { Problem } from '../problems/problem.ts';
import { type FileSystem, isSystemError, nodeFileSystem } from './fileSystem.ts';
import { isLocked, treeLocked } from './lock.ts';
import { journalFile, undoFile } from './path.ts';
import { diskProblem, inspect, openTree, type Tree } from './tree.ts';

/**
 * Says why a tree must not be read now: a run is replacing files, or was stopped while it did, so that half of them
 * are old and half are new. For commands that only read. Changes nothing.
 *
 * @returns nothing when the tree is whole.
 */
export async function interrupted(
  directory: string,
  disk: FileSystem = nodeFileSystem,
): Promise<Problem | undefined> {
  const opened = openTree(directory, disk);
  if (!opened.ok) return opened.problems[0];
  try {
    return interruptedIn(opened.value);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return diskProblem(opened.value, error, 'read-failed');
  }
}

/** As {@link interrupted}, for a tree that is open. Throws system errors. */
export function interruptedIn(tree: Tree): Problem | undefined {
  const journal = [journalFile, undoFile].find((file) => inspect(tree, file).kind === 'file');
  if (journal === undefined) return undefined;
  if (isLocked(tree)) return treeLocked();
  return {
    code: 'write-interrupted',
    file: journal,
    message: 'A run was stopped while it replaced files, so that some are old and some are new',
    expected: 'a tree that is wholly old or wholly new',
    remedy: 'Run gatehouse configure, which first finishes or undoes what was interrupted',
  };
}
