import { defined } from '../kubernetes/defined.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Change } from './change.ts';
import { ignoreErrors, isSystemError } from './fileSystem.ts';
import { hashBytes } from './hash.ts';
import { formatJournal, type Journal, type Step } from './journal.ts';
import { foldPath, parentsOf, stagedJournal, stagingDirectory, stateDirectory } from './path.ts';
import { absolute, inspect, type PathState, type Tree } from './tree.ts';

/**
 * Prepares a write without touching the files of the tree. It stages the new files, a hard link or copy of each old one,
 * and the journal; all of them are on the disk when this returns. Throws system errors.
 *
 * @returns a problem for each file that changed since it was compared.
 */
export async function stage(tree: Tree, changes: readonly Change[]): Promise<Outcome<Journal>> {
  const { disk } = tree;
  disk.makeDirectory(absolute(tree, stagingDirectory), 0o700);
  const written: string[] = [];
  const write = (name: string, text: string, mode?: number) => {
    const path = absolute(tree, name);
    disk.writeNew(path, Buffer.from(text), mode);
    written.push(path);
  };
  // Git must ignore the leftovers of an interrupted run, even before the tree has an ignore file for them.
  write(`${stagingDirectory}/.gitignore`, '*\n');
  const problems: Problem[] = [];
  const fileSteps: Step[] = [];
  for (const [index, change] of changes.entries()) {
    const kept = keepOld(tree, change, `${index}.old`);
    if (!kept.ok) {
      problems.push(...kept.problems);
      continue;
    }
    if (kept.value.copy !== undefined) written.push(kept.value.copy);
    const { old, mode } = kept.value;
    if (change.after === undefined) {
      if (old !== undefined) fileSteps.push({ do: 'remove', path: change.path, ...old });
      continue;
    }
    const staged = `${index}.new`;
    write(`${stagingDirectory}/${staged}`, change.after, mode ?? (change.local ? 0o600 : undefined));
    const after = hashBytes(change.after);
    fileSteps.push(defined({ do: 'put' as const, path: change.path, staged, after, old }));
  }
  if (problems.length > 0) return err(...problems);
  const journal = withDirectories(tree, fileSteps);
  write(stagedJournal, formatJournal(journal));
  await disk.sync([...written, absolute(tree, stagingDirectory), absolute(tree, stateDirectory), tree.root]);
  return ok(journal);
}

/** Removes the staging directory, which holds only files, and nothing that is in its place. Throws system errors. */
export function clearStaging(tree: Tree): void {
  if (inspect(tree, stagingDirectory).kind !== 'directory') return;
  const directory = absolute(tree, stagingDirectory);
  for (const name of tree.disk.readDirectory(directory)) tree.disk.unlink(`${directory}/${name}`);
  ignoreErrors(['ENOENT'], () => tree.disk.removeDirectory(directory));
}

interface Old {
  /** The hash of the current file, and its name in the staging directory. */
  old?: { before: string; backup: string };
  mode?: number;
  /** The absolute path of a copy that must be synced. */
  copy?: string;
}

function keepOld(tree: Tree, change: Change, backup: string): Outcome<Old> {
  const state = inspect(tree, change.path);
  const expectsNothing = change.sha256Before === undefined;
  if (expectsNothing && isFree(state)) return ok({});
  // A file of the user may be reached through a link, which only the user can replace.
  if (state.kind === 'obstacle') return err(state.problem);
  if (expectsNothing || state.kind !== 'file') return err(changedMeanwhile(change.path));
  const place = absolute(tree, `${stagingDirectory}/${backup}`);
  const isLinked = keepLink(tree, absolute(tree, change.path), place);
  if (!isLinked) tree.disk.writeNew(place, state.bytes, state.mode);
  // Read the backup, not the file: the backup must be what was compared.
  const before = hashBytes(tree.disk.readFile(place));
  if (before !== change.sha256Before) return err(changedMeanwhile(change.path));
  return ok(defined({ old: { before, backup }, mode: state.mode, copy: isLinked ? undefined : place }));
}

/** A directory, or a path below a file, becomes free in the same write. */
function isFree(state: PathState): boolean {
  if (state.kind === 'obstacle') return state.problem.code !== 'path-is-link';
  return state.kind !== 'file';
}

/** Links a file to its backup. Some file systems have no hard links, and some kernels refuse them for foreign files. */
function keepLink(tree: Tree, from: string, to: string): boolean {
  try {
    tree.disk.link(from, to);
    return true;
  } catch (error) {
    const codes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'];
    if (isSystemError(error) && codes.includes(error.code)) return false;
    throw error;
  }
}

function changedMeanwhile(path: string): Problem {
  return {
    code: 'tree-changed-meanwhile',
    file: path,
    message: 'The file changed after it was compared: nothing was written',
    expected: 'a directory that nobody else changes during a run',
    remedy: 'Run the command again',
  };
}

/** Orders all steps: remove files, remove directories, create directories, put files. */
function withDirectories(tree: Tree, fileSteps: readonly Step[]): Journal {
  const removals = fileSteps.filter((step) => step.do === 'remove');
  const puts = fileSteps.filter((step) => step.do === 'put');
  const removed = new Set(removals.map(({ path }) => path));
  const needed = new Set(puts.flatMap(({ path }) => parentsOf(path)));
  const removedDirectories = emptyDirectories(
    tree,
    removed,
    puts.map(({ path }) => path),
    needed,
  );
  const removedPaths = new Set([...removed, ...removedDirectories.map(({ path }) => path)]);
  const missing = [...needed].filter(
    (path) => removedPaths.has(path) || tree.disk.status(absolute(tree, path)) === undefined,
  );
  return {
    steps: [
      ...removals,
      ...removedDirectories,
      ...missing.sort(byDepth).map((path): Step => ({ do: 'make-folder', path })),
      ...puts,
    ],
  };
}

/** Directories that are empty after the removals, deepest first. */
function emptyDirectories(
  tree: Tree,
  removed: ReadonlySet<string>,
  puts: readonly string[],
  needed: ReadonlySet<string>,
): Extract<Step, { do: 'remove-folder' }>[] {
  const kept = new Set([...needed].map(foldPath));
  const replaced = puts.flatMap((path) => directoriesWithin(tree, path));
  const candidates = new Set([...[...removed].flatMap(parentsOf), ...replaced]);
  const removedPaths = new Set(removed);
  const steps: Extract<Step, { do: 'remove-folder' }>[] = [];
  for (const path of [...candidates].sort(byDepth).reverse()) {
    const status = tree.disk.status(absolute(tree, path));
    if (status?.kind !== 'directory' || kept.has(foldPath(path))) continue;
    if (!tree.disk.readDirectory(absolute(tree, path)).every((name) => removedPaths.has(`${path}/${name}`)))
      continue;
    removedPaths.add(path);
    steps.push({ do: 'remove-folder', path, mode: status.mode });
  }
  return steps;
}

/** A directory and all directories in it; none when the path is not a directory. */
function directoriesWithin(tree: Tree, path: string): string[] {
  const absolutePath = absolute(tree, path);
  if (tree.disk.status(absolutePath)?.kind !== 'directory') return [];
  const names = tree.disk.readDirectory(absolutePath);
  return [path, ...names.flatMap((name) => directoriesWithin(tree, `${path}/${name}`))];
}

function byDepth(left: string, right: string): number {
  return left.split('/').length - right.split('/').length || (left < right ? -1 : 1);
}
