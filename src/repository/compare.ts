import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';
import type { Change, Conflict } from './change.ts';
import { decode, type Present, type Verdict } from './comparison.ts';
import { type FileStatus, type FileSystem, isSystemError, nodeFileSystem } from './fileSystem.ts';
import { hashBytes, hashText } from './hash.ts';
import { interruptedIn } from './interrupted.ts';
import { type FileRecord, type Manifest, readManifest } from './manifest.ts';
import { judgeDropped, judgeOwned } from './ownedFile.ts';
import { foldPath, localManifestFile, manifestFile } from './path.ts';
import { checkPlan, type PlannedFile } from './plan.ts';
import { judgeShared, judgeSharedDropped } from './sharedFile.ts';
import { absolute, blocked, diskProblem, lookAt, openTree, type Sight, type Tree } from './tree.ts';

export interface CompareOptions {
  /**
   * `committed` (the default): files that Git keeps. `local`: files that Git ignores and that may hold private
   * values; they are remembered apart, readable by their owner only, and their text is never shown in a diff.
   */
  files?: 'committed' | 'local';
  /** The plan is not the whole of what Gatehouse writes there: files that it does not name stay. */
  partial?: boolean;
  /** The plan is the whole of what stands below this folder and says nothing of other files. */
  below?: string;
  disk?: FileSystem;
}

/** How a tree differs from a plan. */
export interface Difference {
  /** What has to be written or removed, conflicts aside, in the order of the paths. */
  changes: Change[];
  /** How many planned files are as they should be. */
  unchanged: number;
  /** Files of which a person keeps a version of their own, as they said before. */
  kept: string[];
  /** As long as one is not settled, nothing at all is written. */
  conflicts: Conflict[];
  /** What will be remembered; for {@link writeChanges}. */
  record: { file: string; before: string | undefined; sha256Before: string | undefined; next: Manifest };
}

/**
 * Compares a working tree with a plan. Only reads. The same plan and the same tree give the same difference.
 *
 * @returns every problem that was found, of the plan and of the tree, or the difference. A conflict with a person's
 *   edit is no problem yet.
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
    return mistakes.length > 0 ? err(...mistakes) : compare(tree, plan, recorded.value, options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return err(diskProblem(tree, error, 'read-failed'), ...mistakes);
  }
}

type Recorded = Difference['record'];

function readRecord(tree: Tree, file: string): Outcome<Recorded> {
  const sight = lookAt(tree, file);
  if (sight.kind === 'obstacle') return err(sight.problem);
  if (sight.kind === 'folder') return err(blocked(file, 'A folder stands in place of the file'));
  if (sight.kind === 'absent') {
    return ok({ file, before: undefined, sha256Before: undefined, next: new Map() });
  }
  const before = decode(sight.bytes) ?? '';
  const manifest = readManifest(before, file);
  if (!manifest.ok) return manifest;
  return ok({ file, before, sha256Before: hashBytes(sight.bytes), next: manifest.value });
}

function compare(
  tree: Tree,
  plan: readonly PlannedFile[],
  recorded: Recorded,
  options: CompareOptions,
): Outcome<Difference> {
  const local = options.files === 'local';
  const planned = new Set(plan.map(({ path }) => path));
  const verdicts = new Map<string, Verdict>();
  const sights = new Map<string, Sight>();
  const known = new Map<string, FileStatus | undefined>();
  for (const [path, record] of recorded.next) {
    if (planned.has(path)) continue;
    const sight = attemptLook(tree, path, known);
    sights.set(path, sight);
    const isOthers = options.below !== undefined && !path.startsWith(`${options.below}/`);
    verdicts.set(
      path,
      options.partial || isOthers
        ? { kind: 'unchanged', record }
        : judgeNoLongerPlanned(path, sight, record, local),
    );
  }
  const going = new Set([...verdicts].flatMap(([path, verdict]) => (isRemoval(verdict) ? [path] : [])));
  const spellings = new Map([...going].map((path) => [foldPath(path), sights.get(path)]));
  for (const file of plan) {
    const sight = attemptLook(tree, file.path, known);
    const present = isSameFile(sight, spellings.get(foldPath(file.path)))
      ? ok(undefined)
      : presentAt(tree, file.path, sight, going);
    verdicts.set(
      file.path,
      present.ok
        ? judge(file, present.value, recorded.next.get(file.path), local)
        : { kind: 'problem', problems: present.problems },
    );
  }
  return collect(verdicts, planned, recorded);
}

/** Looks at a path; an error of the disk concerns that path only, and the others are still looked at. */
function attemptLook(tree: Tree, path: string, known: Map<string, FileStatus | undefined>): Sight {
  try {
    return lookAt(tree, path, known);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return {
      kind: 'obstacle',
      at: path,
      problem: { ...diskProblem(tree, error, 'read-failed'), file: path },
    };
  }
}

function judge(file: PlannedFile, present: Present, record: FileRecord | undefined, local: boolean): Verdict {
  if (!('content' in file)) return judgeShared(file, present, record, local);
  if (present === undefined || record === undefined || !isShared(record)) {
    return judgeOwned(file, present, record, local);
  }
  // We made the file to share it, and nobody else has written anything into it.
  const isWhollyOurs = isRemoval(judgeSharedDropped(file.path, present, record, local));
  const as = isWhollyOurs ? { sha256: hashText(present.bytes) } : record;
  return judgeOwned(file, present, as, local);
}

function isShared(record: FileRecord): boolean {
  return 'entries' in record || 'lines' in record;
}

function judgeNoLongerPlanned(path: string, sight: Sight, record: FileRecord, local: boolean): Verdict {
  if (sight.kind === 'obstacle' && sight.problem.code === 'read-failed') {
    return { kind: 'problem', problems: [sight.problem] };
  }
  // Where a link or a folder stands now, our file is gone, and the person's stays.
  const present = sight.kind === 'file' ? sight : undefined;
  return isShared(record)
    ? judgeSharedDropped(path, present, record, local)
    : judgeDropped(path, present, record, local);
}

function isRemoval(verdict: Verdict): boolean {
  return verdict.kind === 'change' && verdict.change.kind === 'removed';
}

/** On a disk that ignores case, a file that only changes the case of its name is seen under both names. */
function isSameFile(sight: Sight, other: Sight | undefined): boolean {
  return (
    sight.kind === 'file' &&
    other?.kind === 'file' &&
    sight.inode === other.inode &&
    sight.device === other.device
  );
}

/** The file at a path, or nothing: also where something stands that goes away with the same write. */
function presentAt(tree: Tree, path: string, sight: Sight, going: ReadonlySet<string>): Outcome<Present> {
  if (sight.kind === 'file') return ok(sight);
  if (sight.kind === 'absent') return ok(undefined);
  if (sight.kind === 'obstacle') return going.has(sight.at) ? ok(undefined) : err(sight.problem);
  return becomesEmpty(tree, path, going)
    ? ok(undefined)
    : err(blocked(path, 'A folder stands in place of the file'));
}

function becomesEmpty(tree: Tree, folder: string, going: ReadonlySet<string>): boolean {
  return tree.disk.readFolder(absolute(tree, folder)).every((name) => {
    const path = `${folder}/${name}`;
    if (going.has(path)) return true;
    return tree.disk.status(absolute(tree, path))?.kind === 'folder' && becomesEmpty(tree, path, going);
  });
}

function collect(
  verdicts: ReadonlyMap<string, Verdict>,
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
