import { defined } from '../kubernetes/defined.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Accept, Change, Conflict } from './change.ts';
import { commit, openJournal } from './commit.ts';
import type { Difference } from './compare.ts';
import { changeOf, decode } from './comparison.ts';
import { type FileSystem, isSystemError, nodeFileSystem } from './fileSystem.ts';
import { interruptedIn } from './interrupted.ts';
import { acquireLock, bestEffort } from './lock.ts';
import { type FileRecord, formatManifest } from './manifest.ts';
import { ignoreFile, localManifestFile } from './path.ts';
import { clearStaging, stage } from './stage.ts';
import { foreignState } from './stateFiles.ts';
import { editLines, readLines } from './textLines.ts';
import { diskProblem, inspect, openTree, type Tree } from './tree.ts';

export interface WriteOptions {
  /** How all conflicts are resolved. Without it, a conflict stops the write. */
  accept?: Accept;
  disk?: FileSystem;
}

/** The result of a write. */
export interface Written {
  changes: Change[];
  /** Files of which the user keeps an own version. */
  kept: string[];
}

const ignored = ['/journal.json', '/local.json', '/lock/', '/staging/', '/undo.json'];

/**
 * Applies a difference to a tree, completely or not at all. If the process is killed, {@link recover} brings the tree to
 * the old or the new state. After a disk error the tree is in the old state.
 *
 * Without changes, it touches nothing and takes no lock.
 *
 * @param difference from {@link compareWithTree} for the same directory. If a file changed since, nothing is written.
 */
export async function writeChanges(
  directory: string,
  difference: Difference,
  options: WriteOptions = {},
): Promise<Outcome<Written>> {
  const { accept } = options;
  if (accept === undefined && difference.conflicts.length > 0) {
    return err(...difference.conflicts.map(conflictProblem));
  }
  const opened = openTree(directory, options.disk ?? nodeFileSystem);
  if (!opened.ok) return opened;
  const tree = opened.value;
  const written = settle(difference, accept);
  try {
    const state = stateChanges(tree, difference, accept);
    if (!state.ok) return state;
    const changes = [...written.changes, ...state.value];
    if (changes.length === 0) return ok(written);
    const problems = await writeLocked(tree, changes);
    return problems.length === 0 ? ok(written) : err(...problems);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return err(diskProblem(tree, error, 'write-failed'));
  }
}

/** The problem that stops a write until the user chooses a version. */
function conflictProblem({ path, reason }: Conflict): Problem {
  const messages = {
    'changed-by-hand': 'The file was changed by hand after Gatehouse wrote it',
    'not-written-by-gatehouse': 'Gatehouse wants to write this file, but did not write the existing one',
    'changed-and-no-longer-planned': 'The file is no longer needed, but was changed by hand',
  } as const;
  return {
    code: 'edited-by-hand',
    file: path,
    message: messages[reason],
    expected: 'the file as Gatehouse wrote it last, or as it would write it now',
    remedy:
      "Look at --diff and move your change to cluster.yaml. Or run again with --accept mine, which keeps your file, or with --accept theirs, which replaces it with Gatehouse's version",
  };
}

function settle(difference: Difference, accept: Accept | undefined): Written {
  const { changes, kept, conflicts } = difference;
  const taken = accept === 'theirs' ? conflicts.map(({ change }) => change) : [];
  const declined = accept === 'mine' ? conflicts.map(({ path }) => path) : [];
  return {
    changes: [...changes, ...taken].sort((left, right) => (left.path < right.path ? -1 : 1)),
    kept: [...kept, ...declined].sort(),
  };
}

/** The changes of the state directory: the record, and its ignore file. */
function stateChanges(tree: Tree, difference: Difference, accept: Accept | undefined): Outcome<Change[]> {
  const { record, conflicts } = difference;
  const next = new Map<string, FileRecord>(record.next);
  for (const { path, remember } of conflicts) {
    const chosen = accept === undefined ? undefined : remember[accept];
    if (chosen !== undefined) next.set(path, chosen);
  }
  const changes: Change[] = [];
  const after = formatManifest(next);
  if (record.before?.replaceAll('\r\n', '\n') !== after) {
    changes.push(
      defined({
        kind: record.before === undefined ? ('created' as const) : ('changed' as const),
        path: record.file,
        after,
        sha256Before: record.sha256Before,
        local: record.file === localManifestFile ? true : undefined,
      }),
    );
  }
  const state = inspect(tree, ignoreFile);
  if (state.kind === 'obstacle') return err(state.problem);
  const present = state.kind === 'file' ? state : undefined;
  const text = (present === undefined ? undefined : decode(present.bytes)) ?? '';
  const lines = readLines(text);
  const missing = ignored.filter((line) => !lines.includes(line));
  if (missing.length > 0) {
    changes.push(changeOf(ignoreFile, present, editLines(text, missing, new Set()), false));
  }
  return ok(changes);
}

async function writeLocked(tree: Tree, changes: readonly Change[]): Promise<Problem[]> {
  const foreign = foreignState(tree);
  if (foreign !== undefined) return [foreign];
  const lock = await acquireLock(tree);
  if (!lock.ok) return lock.problems;
  let problems: Problem[];
  try {
    const interruption = interruptedIn(tree);
    problems = interruption === undefined ? await stageAndCommit(tree, changes) : [interruption];
  } catch (error) {
    if (!isSystemError(error)) throw error;
    problems = [diskProblem(tree, error, 'write-failed')];
  }
  bestEffort(() => lock.value.release());
  return problems;
}

async function stageAndCommit(tree: Tree, changes: readonly Change[]): Promise<Problem[]> {
  clearStaging(tree);
  let problems: Problem[];
  try {
    const journal = await stage(tree, changes);
    problems = journal.ok ? await commit(tree, journal.value) : journal.problems;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    problems = [diskProblem(tree, error, 'write-failed')];
  }
  bestEffort(() => {
    // While there is a journal, the next command needs the staging directory.
    if (openJournal(tree) === undefined) clearStaging(tree);
  });
  return problems;
}
