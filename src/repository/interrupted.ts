import type { Problem } from '../problems/problem.ts';
import { type FileSystem, isSystemError, nodeFileSystem } from './fileSystem.ts';
import { isLocked, treeLocked } from './lock.ts';
import { journalFile, undoFile } from './path.ts';
import { foreignJournal } from './stateFiles.ts';
import { diskProblem, inspect, openTree, type Tree } from './tree.ts';

/**
 * Returns why a tree must not be read now: a run is replacing files, or was stopped while it did, so that some files are
 * old and some are new. For commands that only read. Changes nothing.
 *
 * @returns undefined when the tree is consistent.
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
  const foreign = foreignJournal(tree);
  if (foreign !== undefined) return foreign;
  const journal = [journalFile, undoFile].find((file) => inspect(tree, file).kind === 'file');
  if (journal === undefined) return undefined;
  if (isLocked(tree)) return treeLocked();
  return {
    code: 'write-interrupted',
    file: journal,
    message: 'A run was stopped while it replaced files: some are old and some are new',
    expected: 'a tree that is completely old or completely new',
    remedy: 'Run gatehouse configure, which first finishes or undoes what was interrupted',
  };
}
