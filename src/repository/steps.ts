import type { Problem } from '../problems/problem.ts';
import { ignoreErrors } from './fileSystem.ts';
import { hashBytes } from './hash.ts';
import type { Journal, Step } from './journal.ts';
import { malformedJournal } from './journalProblem.ts';
import { journalFile, parentsOf, stagingDirectory, undoFile } from './path.ts';
import { moveStaged } from './stateFiles.ts';
import { absolute, blocked, inspect, type PathState, type Tree } from './tree.ts';

/**
 * Brings the tree to the new state from any state between the old and the new one. Throws system errors.
 *
 * @returns a problem when a file is neither in its old nor in its new state: the user changed it since. That file is not
 *   overwritten; the steps before it are done.
 */
export async function rollForward(tree: Tree, journal: Journal): Promise<Problem | undefined> {
  for (const step of journal.steps) {
    const problem = forward(tree, step);
    if (problem !== undefined) return problem;
  }
  await syncTouched(tree, journal);
  return undefined;
}

/** Brings the tree back to the old state, as {@link rollForward} brings it to the new one. */
export async function rollBack(tree: Tree, journal: Journal): Promise<Problem | undefined> {
  for (const step of journal.steps.toReversed()) {
    const problem = back(tree, step);
    if (problem !== undefined) return problem;
  }
  await syncTouched(tree, journal);
  return undefined;
}

function forward(tree: Tree, step: Step): Problem | undefined {
  const state = inspect(tree, step.path);
  if (leadsThroughLink(state)) return state.problem;
  const place = absolute(tree, step.path);
  switch (step.do) {
    case 'remove':
      // Anything but a file is there only after a later step of the same write.
      if (state.kind !== 'file') return undefined;
      if (hashBytes(state.bytes) !== step.before) return changedSince(step.path, journalFile);
      tree.disk.unlink(place);
      return undefined;
    case 'remove-folder':
      if (state.kind === 'directory') removeIfEmpty(tree, place);
      return undefined;
    case 'make-folder':
      if (state.kind === 'directory') return undefined;
      if (state.kind === 'absent') tree.disk.makeDirectory(place);
      else return blocked(step.path, 'The path exists and is not a directory');
      return undefined;
    case 'put':
      return putForward(tree, step, state);
  }
}

function putForward(tree: Tree, step: Extract<Step, { do: 'put' }>, state: PathState): Problem | undefined {
  if (state.kind === 'obstacle') return state.problem;
  if (state.kind === 'directory') return blocked(step.path, 'The path is a directory, not a file');
  const current = state.kind === 'file' ? hashBytes(state.bytes) : undefined;
  if (!isStaged(tree, step.staged)) {
    return current === step.after ? undefined : changedSince(step.path, journalFile);
  }
  if (current !== undefined && current !== step.after && current !== step.old?.before) {
    return changedSince(step.path, journalFile);
  }
  return moveStaged(tree, { name: step.staged, hash: step.after, to: step.path, journal: journalFile });
}

function back(tree: Tree, step: Step): Problem | undefined {
  const state = inspect(tree, step.path);
  if (leadsThroughLink(state)) return state.problem;
  const place = absolute(tree, step.path);
  switch (step.do) {
    case 'put':
      return putBack(tree, step, state);
    case 'make-folder':
      if (state.kind === 'directory') removeIfEmpty(tree, place);
      return undefined;
    case 'remove-folder':
      if (state.kind === 'absent') tree.disk.makeDirectory(place, step.mode);
      return undefined;
    case 'remove':
      if (state.kind !== 'absent') return undefined;
      if (!isStaged(tree, step.backup)) return changedSince(step.path, undoFile);
      return moveStaged(tree, { name: step.backup, hash: step.before, to: step.path, journal: undoFile });
  }
}

function putBack(tree: Tree, step: Extract<Step, { do: 'put' }>, state: PathState): Problem | undefined {
  // The new file is still staged: the step has not begun.
  if (isStaged(tree, step.staged)) return undefined;
  const place = absolute(tree, step.path);
  const current = state.kind === 'file' ? hashBytes(state.bytes) : undefined;
  if (step.old === undefined) {
    if (current === undefined) return undefined;
    if (current !== step.after) return changedSince(step.path, undoFile);
    tree.disk.unlink(place);
    return undefined;
  }
  if (current === step.old.before) return undefined;
  if ((current !== undefined && current !== step.after) || !isStaged(tree, step.old.backup)) {
    return changedSince(step.path, undoFile);
  }
  const { backup, before } = step.old;
  return moveStaged(tree, { name: backup, hash: before, to: step.path, journal: undoFile });
}

function isStaged(tree: Tree, name: string): boolean {
  return inspect(tree, `${stagingDirectory}/${name}`).kind !== 'absent';
}

/** A write that swaps a file and a directory leaves a file in place of a directory, but never a link. */
function leadsThroughLink(state: PathState): state is Extract<PathState, { kind: 'obstacle' }> {
  return state.kind === 'obstacle' && state.problem.code === 'path-is-link';
}

/** A directory that is not empty any more stays. */
function removeIfEmpty(tree: Tree, directory: string): void {
  ignoreErrors(['ENOTEMPTY', 'EEXIST'], () => tree.disk.removeDirectory(directory));
}

async function syncTouched(tree: Tree, journal: Journal): Promise<void> {
  const parents = new Set(journal.steps.map(({ path }) => parentsOf(path).at(-1)));
  const directories = [...parents].map((path) => (path === undefined ? tree.root : absolute(tree, path)));
  await tree.disk.sync(directories.filter((directory) => tree.disk.status(directory)?.kind === 'directory'));
}

function changedSince(path: string, journal: string): Problem {
  const message = 'The file is neither as it was before the interrupted run nor as that run wrote it';
  return malformedJournal(path, message, journal);
}
