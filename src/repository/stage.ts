import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Change } from './change.ts';
import { forgive, isSystemError } from './fileSystem.ts';
import { hashBytes } from './hash.ts';
import { formatJournal, type Journal, type Step } from './journal.ts';
import { foldPath, parentsOf, stagedJournal, stagingFolder, stateFolder } from './path.ts';
import { absolute, lookAt, type Sight, type Tree } from './tree.ts';

/**
 * Prepares a write without touching a file of the tree: the new files, a second name for each old one, and the
 * journal, all of them on the disk when this returns. Throws system errors.
 *
 * @returns a problem for each file that is not as it was when it was compared.
 */
export async function stage(tree: Tree, changes: readonly Change[]): Promise<Outcome<Journal>> {
  const { disk } = tree;
  disk.makeFolder(absolute(tree, stagingFolder), 0o700);
  const written: string[] = [];
  const write = (name: string, text: string, mode?: number) => {
    const path = absolute(tree, name);
    disk.writeNew(path, Buffer.from(text), mode);
    written.push(path);
  };
  // Git must not take in what an interrupted run leaves here, also before the tree has an ignore file for it.
  write(`${stagingFolder}/.gitignore`, '*\n');
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
    write(`${stagingFolder}/${staged}`, change.after, mode ?? (change.local ? 0o600 : undefined));
    const after = hashBytes(change.after);
    fileSteps.push({ do: 'put', path: change.path, staged, after, ...(old === undefined ? {} : { old }) });
  }
  if (problems.length > 0) return err(...problems);
  const journal = withFolders(tree, fileSteps);
  write(stagedJournal, formatJournal(journal));
  await disk.sync([...written, absolute(tree, stagingFolder), absolute(tree, stateFolder), tree.root]);
  return ok(journal);
}

/** Removes the staging folder. It holds files only. Throws system errors. */
export function clearStaging(tree: Tree): void {
  const folder = absolute(tree, stagingFolder);
  const status = tree.disk.status(folder);
  if (status === undefined) return;
  if (status.kind !== 'folder') {
    tree.disk.unlink(folder);
    return;
  }
  for (const name of tree.disk.readFolder(folder)) tree.disk.unlink(`${folder}/${name}`);
  forgive(['ENOENT'], () => tree.disk.removeFolder(folder));
}

interface Old {
  /** What stands there now, and the name under which the staging folder keeps it. */
  old?: { before: string; backup: string };
  mode?: number;
  /** Absolute path of a copy, which has to reach the disk. */
  copy?: string;
}

function keepOld(tree: Tree, change: Change, backup: string): Outcome<Old> {
  const sight = lookAt(tree, change.path);
  const expectsNothing = change.sha256Before === undefined;
  if (expectsNothing && isFree(sight)) return ok({});
  if (expectsNothing || sight.kind !== 'file') return err(changedMeanwhile(change.path));
  const place = absolute(tree, `${stagingFolder}/${backup}`);
  const isLinked = keepLink(tree, absolute(tree, change.path), place);
  if (!isLinked) tree.disk.writeNew(place, sight.bytes, sight.mode);
  // Read again by the second name: what was kept is what has to be as it was compared.
  const before = hashBytes(tree.disk.readFile(place));
  if (before !== change.sha256Before) return err(changedMeanwhile(change.path));
  return ok({ old: { before, backup }, mode: sight.mode, ...(isLinked ? {} : { copy: place }) });
}

/** What is a folder, or lies behind a file, becomes free in the course of the same write. */
function isFree(sight: Sight): boolean {
  if (sight.kind === 'obstacle') return sight.problem.code !== 'path-is-link';
  return sight.kind !== 'file';
}

/** Some file systems have no hard links, and some kernels refuse them for the files of others. */
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
    message: 'The file changed after it was compared, so that nothing was written',
    expected: 'a folder that nobody else changes during a run',
    remedy: 'Run the command again',
  };
}

/** Adds the folders that go and come: first files go, then folders, then folders come, then files. */
function withFolders(tree: Tree, fileSteps: readonly Step[]): Journal {
  const removals = fileSteps.filter((step) => step.do === 'remove');
  const puts = fileSteps.filter((step) => step.do === 'put');
  const going = new Set(removals.map(({ path }) => path));
  const needed = new Set(puts.flatMap(({ path }) => parentsOf(path)));
  const goingFolders = emptyFolders(
    tree,
    going,
    puts.map(({ path }) => path),
    needed,
  );
  const gone = new Set([...going, ...goingFolders.map(({ path }) => path)]);
  const missing = [...needed].filter(
    (path) => gone.has(path) || tree.disk.status(absolute(tree, path)) === undefined,
  );
  return {
    steps: [
      ...removals,
      ...goingFolders,
      ...missing.sort(byDepth).map((path): Step => ({ do: 'make-folder', path })),
      ...puts,
    ],
  };
}

/** Folders in which nothing is left after the removals, deepest first. */
function emptyFolders(
  tree: Tree,
  going: ReadonlySet<string>,
  puts: readonly string[],
  needed: ReadonlySet<string>,
): Extract<Step, { do: 'remove-folder' }>[] {
  const kept = new Set([...needed].map(foldPath));
  const replaced = puts.flatMap((path) => foldersWithin(tree, path));
  const candidates = new Set([...[...going].flatMap(parentsOf), ...replaced]);
  const gone = new Set(going);
  const steps: Extract<Step, { do: 'remove-folder' }>[] = [];
  for (const path of [...candidates].sort(byDepth).reverse()) {
    const status = tree.disk.status(absolute(tree, path));
    if (status?.kind !== 'folder' || kept.has(foldPath(path))) continue;
    if (!tree.disk.readFolder(absolute(tree, path)).every((name) => gone.has(`${path}/${name}`))) continue;
    gone.add(path);
    steps.push({ do: 'remove-folder', path, mode: status.mode });
  }
  return steps;
}

/** A folder and those within it, or nothing where no folder stands. */
function foldersWithin(tree: Tree, path: string): string[] {
  const absolutePath = absolute(tree, path);
  if (tree.disk.status(absolutePath)?.kind !== 'folder') return [];
  const names = tree.disk.readFolder(absolutePath);
  return [path, ...names.flatMap((name) => foldersWithin(tree, `${path}/${name}`))];
}

function byDepth(left: string, right: string): number {
  return left.split('/').length - right.split('/').length || (left < right ? -1 : 1);
}
