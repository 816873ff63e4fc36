import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Change, Conflict } from './change.ts';
import { type Comparison, decode, type Present } from './comparison.ts';
import { type FileStatus, type FileSystem, isSystemError, nodeFileSystem } from './fileSystem.ts';
import { hashBytes, hashText } from './hash.ts';
import { interruptedIn } from './interrupted.ts';
import { type FileRecord, type Manifest, readManifest } from './manifest.ts';
import { otherKustomizations } from './otherKustomizations.ts';
import { compareOwned, compareUnplannedOwned } from './ownedFile.ts';
import { foldPath, localManifestFile, manifestFile } from './path.ts';
import { checkPlan, type PlannedFile } from './plan.ts';
import { compareShared, compareUnplannedShared } from './sharedFile.ts';
import { absolute, blocked, diskProblem, inspect, openTree, type PathState, type Tree } from './tree.ts';

export interface CompareOptions {
  /**
   * `committed` (the default): files that Git tracks. `local`: files that Git ignores and that may hold private
   * values. They have a record of their own, are readable by their owner only, and never appear as text in a diff.
   */
  files?: 'committed' | 'local';
  /** The plan names only some of the files of Gatehouse: all others stay. */
  partial?: boolean;
  /** The plan is complete for this directory only: files outside of it stay. */
  below?: string;
  disk?: FileSystem;
}

/** How a tree differs from a plan. */
export interface Difference {
  /** What is written or removed, without conflicts, sorted by path. */
  changes: Change[];
  /** How many planned files are as planned. */
  unchanged: number;
  /** Files of which the user keeps an own version, as they decided before. */
  kept: string[];
  /** Nothing is written until all of them are resolved. */
  conflicts: Conflict[];
  /** The new record of written files, for {@link writeChanges}. */
  record: { file: string; before: string | undefined; sha256Before: string | undefined; next: Manifest };
}

/**
 * Compares a working tree with a plan, without writing. The same plan and tree give the same difference.
 *
 * @returns the difference, or every problem of the plan and the tree. A conflict with a user's edit is not a problem
 *   yet.
 */
export async function compareWithTree(
  directory: string,
  plan: readonly PlannedFile[],
  options: CompareOptions = {},
): Promise<Outcome<Difference>> {
  const opened = openTree(directory, options.disk ?? nodeFileSystem);
  if (!opened.ok) return opened;
  const tree = opened.value;
  const mistakes = checkPlan(plan);
  try {
    const interruption = interruptedIn(tree);
    if (interruption !== undefined) return err(interruption, ...mistakes);
    const recorded = readRecord(tree, options.files === 'local' ? localManifestFile : manifestFile);
    if (!recorded.ok) return err(...recorded.problems, ...mistakes);
    return mistakes.length > 0 ? err(...mistakes) : comparePaths(tree, plan, recorded.value, options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return err(diskProblem(tree, error, 'read-failed'), ...mistakes);
  }
}

type Recorded = Difference['record'];

function readRecord(tree: Tree, file: string): Outcome<Recorded> {
  const state = inspect(tree, file);
  if (state.kind === 'obstacle') return err(state.problem);
  if (state.kind === 'directory') return err(blocked(file, 'The path is a directory, not a file'));
  if (state.kind === 'absent') {
    return ok({ file, before: undefined, sha256Before: undefined, next: new Map() });
  }
  const before = decode(state.bytes) ?? '';
  const manifest = readManifest(before, file);
  if (!manifest.ok) return manifest;
  return ok({ file, before, sha256Before: hashBytes(state.bytes), next: manifest.value });
}

function comparePaths(
  tree: Tree,
  plan: readonly PlannedFile[],
  recorded: Recorded,
  options: CompareOptions,
): Outcome<Difference> {
  const local = options.files === 'local';
  const planned = new Set(plan.map(({ path }) => path));
  const verdicts = new Map<string, Comparison>();
  const sights = new Map<string, PathState>();
  const known = new Map<string, FileStatus | undefined>();
  for (const [path, record] of recorded.next) {
    if (planned.has(path)) continue;
    const state = tryInspect(tree, path, known);
    sights.set(path, state);
    const isOthers = options.below !== undefined && !path.startsWith(`${options.below}/`);
    verdicts.set(
      path,
      options.partial || isOthers
        ? { kind: 'unchanged', record }
        : compareUnplanned(path, state, record, local),
    );
  }
  const removed = new Set([...verdicts].flatMap(([path, verdict]) => (isRemoval(verdict) ? [path] : [])));
  const spellings = new Map([...removed].map((path) => [foldPath(path), sights.get(path)]));
  for (const file of plan) {
    const state = tryInspect(tree, file.path, known);
    const present = isSameFile(state, spellings.get(foldPath(file.path)))
      ? ok(undefined)
      : presentAt(tree, file.path, state, removed);
    verdicts.set(
      file.path,
      present.ok
        ? compareFile(file, present.value, recorded.next.get(file.path), local)
        : { kind: 'problem', problems: present.problems },
    );
  }
  const secondNames = otherKustomizations(tree, plan, removed);
  return secondNames.length > 0 ? err(...secondNames) : collect(verdicts, planned, recorded);
}

/** Inspects a path. A disk error affects only this path. */
function tryInspect(tree: Tree, path: string, known: Map<string, FileStatus | undefined>): PathState {
  try {
    return inspect(tree, path, known);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return {
      kind: 'obstacle',
      at: path,
      problem: { ...diskProblem(tree, error, 'read-failed'), file: path },
    };
  }
}

function compareFile(
  file: PlannedFile,
  present: Present,
  record: FileRecord | undefined,
  local: boolean,
): Comparison {
  if (!('content' in file)) return compareShared(file, present, record, local);
  if (present === undefined || record === undefined || !isShared(record)) {
    return compareOwned(file, present, record, local);
  }
  // Gatehouse created the shared file, and nobody else has written to it.
  const isWhollyOurs = isRemoval(compareUnplannedShared(file.path, present, record, local));
  const as = isWhollyOurs ? { sha256: hashText(present.bytes) } : record;
  return compareOwned(file, present, as, local);
}

function isShared(record: FileRecord): boolean {
  return 'entries' in record || 'lines' in record;
}

function compareUnplanned(path: string, state: PathState, record: FileRecord, local: boolean): Comparison {
  if (state.kind === 'obstacle' && state.problem.code === 'read-failed') {
    return { kind: 'problem', problems: [state.problem] };
  }
  // A link or a directory has replaced our file: it belongs to the user and stays.
  const present = state.kind === 'file' ? state : undefined;
  return isShared(record)
    ? compareUnplannedShared(path, present, record, local)
    : compareUnplannedOwned(path, present, record, local);
}

function isRemoval(verdict: Comparison): boolean {
  return verdict.kind === 'change' && verdict.change.kind === 'removed';
}

/** On a case-insensitive disk, both names of a file whose case changes lead to it. */
function isSameFile(state: PathState, other: PathState | undefined): boolean {
  return (
    state.kind === 'file' &&
    other?.kind === 'file' &&
    state.inode === other.inode &&
    state.device === other.device
  );
}

/** The file at a path, or nothing. What the same write removes counts as nothing. */
function presentAt(
  tree: Tree,
  path: string,
  state: PathState,
  removed: ReadonlySet<string>,
): Outcome<Present> {
  if (state.kind === 'file') return ok(state);
  if (state.kind === 'absent') return ok(undefined);
  if (state.kind === 'obstacle') return removed.has(state.at) ? ok(undefined) : err(state.problem);
  return becomesEmpty(tree, path, removed)
    ? ok(undefined)
    : err(blocked(path, 'The path is a directory, not a file'));
}

function becomesEmpty(tree: Tree, directory: string, removed: ReadonlySet<string>): boolean {
  return tree.disk.readDirectory(absolute(tree, directory)).every((name) => {
    const path = `${directory}/${name}`;
    if (removed.has(path)) return true;
    return tree.disk.status(absolute(tree, path))?.kind === 'directory' && becomesEmpty(tree, path, removed);
  });
}

function collect(
  verdicts: ReadonlyMap<string, Comparison>,
  planned: ReadonlySet<string>,
  recorded: Recorded,
): Outcome<Difference> {
  const problems: Problem[] = [];
  const next = new Map<string, FileRecord>();
  const difference: Difference = {
    changes: [],
    unchanged: 0,
    kept: [],
    conflicts: [],
    record: { ...recorded, next },
  };
  for (const path of [...verdicts.keys()].sort()) {
    const verdict = verdicts.get(path);
    if (verdict === undefined) continue;
    if (verdict.kind === 'problem') problems.push(...verdict.problems);
    if (verdict.kind === 'conflict') difference.conflicts.push(verdict.conflict);
    if (verdict.kind === 'change') difference.changes.push(verdict.change);
    if (verdict.kind === 'kept') difference.kept.push(path);
    if (verdict.kind === 'unchanged' && planned.has(path)) difference.unchanged += 1;
    if ('record' in verdict && verdict.record !== undefined) next.set(path, verdict.record);
  }
  return problems.length > 0 ? err(...problems) : ok(difference);
}
