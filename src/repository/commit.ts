import type { Problem } from '../problems/problem.ts';
import { isSystemError } from './fileSystem.ts';
import type { Journal } from './journal.ts';
import { journalFile, stagedJournal, stateDirectory, undoFile } from './path.ts';
import { rollBack, rollForward } from './steps.ts';
import { absolute, diskProblem, inspect, type Tree } from './tree.ts';

/** The journal of a write that is neither finished nor rolled back, or undefined. */
export function openJournal(tree: Tree): typeof journalFile | typeof undoFile | undefined {
  const isThere = (file: string) => inspect(tree, file).kind === 'file';
  if (isThere(undoFile)) return undoFile;
  return isThere(journalFile) ? journalFile : undefined;
}

/**
 * Executes a staged journal. The rename of the journal commits the write: a process that is killed before it leaves the
 * old tree, and after it a tree that recovery brings to the new state.
 *
 * @returns no problem, or why the tree is in the old state; with `write-interrupted`, why it is in neither.
 */
export async function commit(tree: Tree, journal: Journal): Promise<Problem[]> {
  let problem: Problem | undefined;
  try {
    tree.disk.rename(absolute(tree, stagedJournal), absolute(tree, journalFile));
    await tree.disk.sync([absolute(tree, stateDirectory)]);
    problem = await finish(tree, journal);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    problem = diskProblem(tree, error, 'write-failed');
  }
  return problem === undefined ? [] : [problem, ...(await undo(tree, journal))];
}

/**
 * Brings the tree to the new state and closes the journal. Then the write is done, and no error rolls it back. Throws
 * system errors.
 */
export async function finish(tree: Tree, journal: Journal): Promise<Problem | undefined> {
  const problem = await rollForward(tree, journal);
  if (problem === undefined) await closeJournal(tree, journalFile);
  return problem;
}

/**
 * Brings the tree back to the old state and closes the journal.
 *
 * @returns the problems that prevented it. The journal then remains for the next command.
 */
export async function undo(tree: Tree, journal: Journal): Promise<Problem[]> {
  try {
    const open = openJournal(tree);
    if (open === undefined) return [];
    if (open === journalFile) {
      // The file name tells the direction: a rename needs no space on a full disk.
      tree.disk.rename(absolute(tree, journalFile), absolute(tree, undoFile));
      await tree.disk.sync([absolute(tree, stateDirectory)]);
    }
    const problem = await rollBack(tree, journal);
    if (problem !== undefined) return [problem];
    await closeJournal(tree, undoFile);
    return [];
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return [diskProblem(tree, error, 'write-interrupted')];
  }
}

async function closeJournal(tree: Tree, file: string): Promise<void> {
  tree.disk.unlink(absolute(tree, file));
  try {
    await tree.disk.sync([absolute(tree, stateDirectory)]);
  } catch (error) {
    // If a power loss restores the journal, the next command repeats steps that are all done.
    if (!isSystemError(error)) throw error;
  }
}
