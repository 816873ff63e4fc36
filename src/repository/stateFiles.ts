import type { Problem } from '../problems/problem.ts';
import { trackedByGit } from './git.ts';
import { hashBytes } from './hash.ts';
import type { Journal } from './journal.ts';
import { malformedJournal } from './journalProblem.ts';
import { journalFile, lockDirectory, stagingDirectory, stateDirectory, undoFile } from './path.ts';
import { absolute, blocked, inspect, type PathState, type Tree } from './tree.ts';

const stateDirectories = [stateDirectory, stagingDirectory, lockDirectory];
const journals = [journalFile, undoFile];

/**
 * Why the state of a run is not one that Gatehouse made: a link, a pipe or a device is in its place. The state may come
 * with a repository, since Git stores links. Throws system errors.
 */
export function foreignState(tree: Tree): Problem | undefined {
  for (const path of stateDirectories) {
    const problem = unlessKind(path, inspect(tree, path), 'directory');
    if (problem !== undefined) return problem;
  }
  return foreignJournal(tree);
}

/** As {@link foreignState}, for what a command that only reads depends on. */
export function foreignJournal(tree: Tree): Problem | undefined {
  // What is behind a link in place of the directory is not the state of this tree.
  if (inspect(tree, stateDirectory).kind !== 'directory') return undefined;
  for (const path of journals) {
    const problem = unlessKind(path, inspect(tree, path), 'file');
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function unlessKind(path: string, state: PathState, kind: 'file' | 'directory'): Problem | undefined {
  if (state.kind === 'absent' || state.kind === kind) return undefined;
  if (state.kind === 'obstacle') return state.problem;
  return blocked(path, `The path is a ${state.kind}, not a ${kind}`);
}

/**
 * Why nothing of an interrupted run may be finished or undone: Git tracks the journal or a staged file, so that they came
 * with the repository, or a staged file is not what the journal says. Checks all of them before the first one is moved.
 * Throws system errors.
 *
 * @param file the name of the journal, which tells the direction.
 */
export async function foreignRun(tree: Tree, journal: Journal, file: string): Promise<Problem | undefined> {
  for (const path of [file, stagingDirectory]) {
    const tracking = await trackedByGit(tree.root, path);
    if (tracking === 'tracked') return cameWithRepository(path);
    if (tracking === 'unknown') return unknownOrigin(file);
  }
  for (const step of journal.steps) {
    const staged = stagedBy(step, file);
    if (staged === undefined) continue;
    const problem = unlessStaged(tree, staged.name, staged.hash, file);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The staged file that a step would move in the direction of the journal. */
function stagedBy(step: Journal['steps'][number], file: string): { name: string; hash: string } | undefined {
  if (step.do === 'put' && file === journalFile) return { name: step.staged, hash: step.after };
  if (file === journalFile) return undefined;
  if (step.do === 'remove') return { name: step.backup, hash: step.before };
  return step.do === 'put' && step.old !== undefined
    ? { name: step.old.backup, hash: step.old.before }
    : undefined;
}

/** Why a staged file must not be moved; nothing when it is not there, since its step may be done. */
export function unlessStaged(tree: Tree, name: string, hash: string, journal: string): Problem | undefined {
  const path = `${stagingDirectory}/${name}`;
  const state = inspect(tree, path);
  if (state.kind !== 'file') return unlessKind(path, state, 'file');
  if (hashBytes(state.bytes) === hash) return undefined;
  return malformedJournal(
    path,
    'The staged file is not what the journal of the interrupted run says',
    journal,
  );
}

/** Moves a staged file into the tree, if it is what the journal says. */
export function moveStaged(
  tree: Tree,
  { name, hash, to, journal }: { name: string; hash: string; to: string; journal: string },
): Problem | undefined {
  const problem = unlessStaged(tree, name, hash, journal);
  if (problem === undefined)
    tree.disk.rename(absolute(tree, `${stagingDirectory}/${name}`), absolute(tree, to));
  return problem;
}

function cameWithRepository(file: string): Problem {
  return {
    code: 'journal-damaged',
    file,
    message:
      'Git tracks this part of an interrupted run: it came with the repository, and nothing of it was done',
    expected: 'the state of a run on this machine, which Git ignores',
    remedy: `Look at what it would change, and remove it: git rm -r --cached --ignore-unmatch ${journalFile} ${undoFile} ${stagingDirectory}, then delete these paths`,
  };
}

function unknownOrigin(file: string): Problem {
  return {
    code: 'journal-damaged',
    file,
    message:
      'Git does not say whether the interrupted run came with the repository, and nothing of it was done',
    expected: 'a repository in which git status works',
    remedy: 'Run git status, do what it says, and run the command again',
  };
}
