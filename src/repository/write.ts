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
import { editLines, readLines } from './textLines.ts';
import { diskProblem, inspect, openTree, type Tree } from './tree.ts';

export interface WriteOptions {
  /** How every conflict of the difference is settled. Without it, a conflict stops the write. */
  accept?: Accept;
  disk?: FileSystem;
}

/** What a write did. */
export interface Written {
  changes: Change[];
  /** Files of which a person keeps their own version. */
  kept: string[];
}

const ignored = ['/journal.json', '/local.json', '/lock/', '/staging/', '/undo.json'];

/**
 * Brings a tree to the state of a difference, wholly or not at all. A process that is killed meanwhile leaves a
 * tree that {@link recover} brings to the old or the new state; an error of the disk leaves the old one.
 *
 * Nothing is touched, and no lock taken, when nothing is to be done.
 *
 * @param difference from {@link compareWithTree}, of the same directory. If a file changed since, nothing is written.
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

/** What stops a write as long as a person has not said which version they want. */
function conflictProblem({ path, reason }: Conflict): Problem {
  const messages = {
    'changed-by-hand': 'The file was changed by hand since Gatehouse wrote it',
    'not-written-by-gatehouse': 'A file that Gatehouse did not write stands where it wants to write one',
    'changed-and-no-longer-planned': 'The file is no longer needed, but was changed by hand',
  } as const;
  return {
    code: 'edited-by-hand',
    file: path,
    message: messages[reason],
    expected: 'the file as Gatehouse wrote it last, or as it would write it now',
    remedy:
      "Look at --diff and carry your change over to cluster.yaml. Or run again with --accept mine, which keeps the file as you left it, or with --accept theirs, which replaces it by Gatehouse's version",
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

/** Changes of the state directory: what is remembered, and what of it Git leaves out. */
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
    // While a journal stands there, the next command needs the staging directory.
    if (openJournal(tree) === undefined) clearStaging(tree);
  });
  return problems;
}
