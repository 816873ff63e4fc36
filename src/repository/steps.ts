import type { Problem } from '../problems/problem.ts';
import { forgive } from './fileSystem.ts';
import { hashBytes } from './hash.ts';
import { type Journal, journalDamaged, type Step } from './journal.ts';
import { journalFile, parentsOf, stagingFolder, undoFile } from './path.ts';
import { absolute, blocked, lookAt, type Sight, type Tree } from './tree.ts';

/**
 * Takes the tree to the new state, from wherever between the old and the new one it stands. Throws system errors.
 *
 * @returns a problem when a file is neither as it was nor as it is to be: a person changed it since. Nothing of
 *   theirs is overwritten; the steps before it are done.
 */
export async function rollForward(tree: Tree, journal: Journal): Promise<Problem | undefined> {
  for (const step of journal.steps) {
    const problem = forward(tree, step);
    if (problem !== undefined) return problem;
  }
  await syncTouched(tree, journal);
  return undefined;
}

/** Takes the tree back to the old state, as {@link rollForward} takes it to the new one. */
export async function rollBack(tree: Tree, journal: Journal): Promise<Problem | undefined> {
  for (const step of journal.steps.toReversed()) {
    const problem = back(tree, step);
    if (problem !== undefined) return problem;
  }
  await syncTouched(tree, journal);
  return undefined;
}

function forward(tree: Tree, step: Step): Problem | undefined {
  const sight = lookAt(tree, step.path);
  if (leadsThroughLink(sight)) return sight.problem;
  const place = absolute(tree, step.path);
  switch (step.do) {
    case 'remove':
      // Another kind of thing stands there only after a later step of the same write has been done.
      if (sight.kind !== 'file') return undefined;
      if (hashBytes(sight.bytes) !== step.before) return changedSince(step.path, journalFile);
      tree.disk.unlink(place);
      return undefined;
    case 'remove-folder':
      if (sight.kind === 'folder') removeIfEmpty(tree, place);
      return undefined;
    case 'make-folder':
      if (sight.kind === 'folder') return undefined;
      if (sight.kind === 'absent') tree.disk.makeFolder(place);
      else return blocked(step.path, 'Something stands in place of the folder');
      return undefined;
    case 'put':
      return putForward(tree, step, sight);
  }
}

function putForward(tree: Tree, step: Extract<Step, { do: 'put' }>, sight: Sight): Problem | undefined {
  if (sight.kind === 'obstacle') return sight.problem;
  if (sight.kind === 'folder') return blocked(step.path, 'A folder stands in place of the file');
  const standing = sight.kind === 'file' ? hashBytes(sight.bytes) : undefined;
  if (!isStaged(tree, step.staged)) {
    return standing === step.after ? undefined : changedSince(step.path, journalFile);
  }
  if (standing !== undefined && standing !== step.after && standing !== step.old?.before) {
    return changedSince(step.path, journalFile);
  }
  tree.disk.rename(absolute(tree, `${stagingFolder}/${step.staged}`), absolute(tree, step.path));
  return undefined;
}

function back(tree: Tree, step: Step): Problem | undefined {
  const sight = lookAt(tree, step.path);
  if (leadsThroughLink(sight)) return sight.problem;
  const place = absolute(tree, step.path);
  switch (step.do) {
    case 'put':
      return putBack(tree, step, sight);
    case 'make-folder':
      if (sight.kind === 'folder') removeIfEmpty(tree, place);
      return undefined;
    case 'remove-folder':
      if (sight.kind === 'absent') tree.disk.makeFolder(place, step.mode);
      return undefined;
    case 'remove':
      if (sight.kind !== 'absent') return undefined;
      if (!isStaged(tree, step.backup)) return changedSince(step.path, undoFile);
      tree.disk.rename(absolute(tree, `${stagingFolder}/${step.backup}`), place);
      return undefined;
  }
}

function putBack(tree: Tree, step: Extract<Step, { do: 'put' }>, sight: Sight): Problem | undefined {
  // The new file still waits: the step was not begun.
  if (isStaged(tree, step.staged)) return undefined;
  const place = absolute(tree, step.path);
  const standing = sight.kind === 'file' ? hashBytes(sight.bytes) : undefined;
  if (step.old === undefined) {
    if (standing === undefined) return undefined;
    if (standing !== step.after) return changedSince(step.path, undoFile);
    tree.disk.unlink(place);
    return undefined;
  }
  if (standing === step.old.before) return undefined;
  if ((standing !== undefined && standing !== step.after) || !isStaged(tree, step.old.backup)) {
    return changedSince(step.path, undoFile);
  }
  tree.disk.rename(absolute(tree, `${stagingFolder}/${step.old.backup}`), place);
  return undefined;
}

function isStaged(tree: Tree, name: string): boolean {
  return tree.disk.status(absolute(tree, `${stagingFolder}/${name}`))?.kind === 'file';
}

/** A file in place of a folder comes from a write that swaps the two; a link never does. */
function leadsThroughLink(sight: Sight): sight is Extract<Sight, { kind: 'obstacle' }> {
  return sight.kind === 'obstacle' && sight.problem.code === 'path-is-link';
}

/** A folder into which something came in the meantime stays. */
function removeIfEmpty(tree: Tree, folder: string): void {
  forgive(['ENOTEMPTY', 'EEXIST'], () => tree.disk.removeFolder(folder));
}

async function syncTouched(tree: Tree, journal: Journal): Promise<void> {
  const parents = new Set(journal.steps.map(({ path }) => parentsOf(path).at(-1)));
  const folders = [...parents].map((path) => (path === undefined ? tree.root : absolute(tree, path)));
  await tree.disk.sync(folders.filter((folder) => tree.disk.status(folder)?.kind === 'folder'));
}

function changedSince(path: string, journal: string): Problem {
  const message = 'The file is neither as it was before the interrupted run nor as that run wrote it';
  return journalDamaged(path, message, journal);
}
