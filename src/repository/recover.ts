import { err, type Outcome, ok } from '../problems/outcome.ts';
import { finish, openJournal, undo } from './commit.ts';
import { type FileSystem, isSystemError, nodeFileSystem } from './fileSystem.ts';
import { type Journal, readJournal } from './journal.ts';
import { acquireLock, bestEffort, isLocked, treeLocked } from './lock.ts';
import { journalFile, stateDirectory } from './path.ts';
import { clearStaging } from './stage.ts';
import { absolute, diskProblem, inspect, openTree, type Tree } from './tree.ts';

/**
 * What was left to do after an interrupted run: nothing; its files were all put in place; those that it had put in
 * place were taken back; or it had changed no file yet, and its scraps were cleared away.
 */
export type Recovery = 'nothing' | 'finished' | 'undone' | 'cleared';

/**
 * Brings a tree in which a run was killed wholly to its new or wholly to its old state, and clears away what the run
 * left. Every command that writes calls it first. It touches nothing when there is nothing to do.
 *
 * Scraps of a run that had changed no file yet are no reason to stop: they stay where they cannot be cleared.
 *
 * @returns what was done, or problems: another run is at work, the disk refuses, or a person changed one of the
 *   files in between, which is then not overwritten.
 */
export async function recover(
  directory: string,
  disk: FileSystem = nodeFileSystem,
): Promise<Outcome<Recovery>> {
  const opened = openTree(directory, disk);
  if (!opened.ok) return opened;
  const tree = opened.value;
  try {
    if (!hasLeftovers(tree)) return ok('nothing');
    const isDecided = openJournal(tree) !== undefined;
    if (isLocked(tree)) return isDecided ? err(treeLocked()) : ok('nothing');
    const lock = await acquireLock(tree);
    if (!lock.ok) return isDecided ? lock : ok('nothing');
    const recovery = await recoverLocked(tree);
    bestEffort(() => lock.value.release());
    return recovery;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return err(diskProblem(tree, error, 'read-failed'));
  }
}

/** Whether the state directory holds anything that a finished run does not leave. */
function hasLeftovers(tree: Tree): boolean {
  if (inspect(tree, stateDirectory).kind !== 'directory') return false;
  const names = tree.disk.readDirectory(absolute(tree, stateDirectory));
  const scraps = ['journal.json', 'undo.json', 'staging', 'lock'];
  return names.length === 0 || names.some((name) => scraps.includes(name));
}

async function recoverLocked(tree: Tree): Promise<Outcome<Recovery>> {
  const file = openJournal(tree);
  if (file === undefined) {
    bestEffort(() => clearStaging(tree));
    return ok('cleared');
  }
  const state = inspect(tree, file);
  const journal = readJournal(state.kind === 'file' ? state.bytes.toString('utf8') : '', file);
  if (!journal.ok) return journal;
  const recovery =
    file === journalFile ? await finishOrUndo(tree, journal.value) : await undoOnly(tree, journal.value);
  if (recovery.ok) bestEffort(() => clearStaging(tree));
  return recovery;
}

/** Finishes the write; where the disk refuses, takes it back. */
async function finishOrUndo(tree: Tree, journal: Journal): Promise<Outcome<Recovery>> {
  try {
    const problem = await finish(tree, journal);
    return problem === undefined ? ok('finished') : err(problem);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const undone = await undoOnly(tree, journal);
    return undone.ok ? undone : err(diskProblem(tree, error, 'write-interrupted'), ...undone.problems);
  }
}

async function undoOnly(tree: Tree, journal: Journal): Promise<Outcome<Recovery>> {
  const problems = await undo(tree, journal);
  return problems.length === 0 ? ok('undone') : err(...problems);
}
