import { err, type Outcome, ok } from '../problems/outcome.ts';
import { finish, openJournal, undo } from './commit.ts';
import { type FileSystem, isSystemError, nodeFileSystem } from './fileSystem.ts';
import { type Journal, readJournal } from './journal.ts';
import { acquireLock, bestEffort, isLocked, treeLocked } from './lock.ts';
import { journalFile, stateDirectory } from './path.ts';
import { clearStaging } from './stage.ts';
import { foreignRun, foreignState } from './stateFiles.ts';
import { absolute, diskProblem, inspect, openTree, type Tree } from './tree.ts';

/**
 * What recovery did after an interrupted run: nothing; finished the write; undid the write; or cleared the leftovers of a
 * run that had not changed a file yet.
 */
export type Recovery = 'nothing' | 'finished' | 'undone' | 'cleared';

/**
 * Brings a tree in which a run was killed to its new or its old state, completely, and removes the leftovers of the run.
 * Every command that writes calls it first. Without an interrupted run it touches nothing.
 *
 * The state may come with a repository. It follows no link, moves no staged file that is not what the journal says, and
 * refuses a journal that Git tracks, before the first file is moved.
 *
 * Leftovers of a run that had not changed a file yet are not a problem: they stay if they cannot be removed.
 *
 * @returns what was done, or problems: another run is active, the disk fails, or the user changed a file in between,
 *   which is then not overwritten. Or the state is not that of a run on this machine.
 */
export async function recover(
  directory: string,
  disk: FileSystem = nodeFileSystem,
): Promise<Outcome<Recovery>> {
  const opened = openTree(directory, disk);
  if (!opened.ok) return opened;
  const tree = opened.value;
  try {
    const foreign = foreignState(tree);
    if (foreign !== undefined) return err(foreign);
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

/** Whether the state directory has leftovers, which a finished run never leaves. */
function hasLeftovers(tree: Tree): boolean {
  if (inspect(tree, stateDirectory).kind !== 'directory') return false;
  const names = tree.disk.readDirectory(absolute(tree, stateDirectory));
  const leftovers = ['journal.json', 'undo.json', 'staging', 'lock'];
  return names.length === 0 || names.some((name) => leftovers.includes(name));
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
  const foreign = await foreignRun(tree, journal.value, file);
  if (foreign !== undefined) return err(foreign);
  const recovery =
    file === journalFile ? await finishOrUndo(tree, journal.value) : await undoOnly(tree, journal.value);
  if (recovery.ok) bestEffort(() => clearStaging(tree));
  return recovery;
}

/** Finishes the write, or undoes it after a disk error. */
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
