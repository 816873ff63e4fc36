import type { Problem } from '../problems/problem.ts';
import { foldPath, isReserved, parentsOf, pathError } from './path.ts';

/** A file that Gatehouse owns as a whole. */
export interface OwnedFile {
  path: string;
  /** Written in UTF-8, byte for byte. */
  content: string;
  /**
   * The file belongs to the user once it is written: it is written only if it does not exist, not recorded, and
   * never removed. For `cluster.yaml`, which `init` writes once.
   */
  handOver?: boolean;
  /** Another file in its place belongs to the user: it stays as it is, and is no conflict. For `Taskfile.yaml`. */
  yields?: boolean;
}

/** The `resources:` of a `kustomization.yaml` that the user edits too. */
export interface SharedKustomization {
  path: string;
  /** Our entries. Those of the user stay, with their order, comments and line endings. */
  entries: readonly string[];
}

/** A text such as `.gitignore`, of which some lines belong to Gatehouse. */
export interface SharedLines {
  path: string;
  /** Our lines, without line endings. Those of the user stay. */
  lines: readonly string[];
}

/** One file of the planned repository; `path` is relative to the tree, with `/` between its parts. */
export type PlannedFile = OwnedFile | SharedKustomization | SharedLines;

/**
 * The errors of a plan that do not depend on the tree: paths that leave the tree, and paths that are one file on a
 * case-insensitive disk.
 */
export function checkPlan(plan: readonly PlannedFile[]): Problem[] {
  const problems: Problem[] = [];
  const mapping = new Map<string, { path: string; isFile: boolean }>();
  for (const { path } of plan) {
    const fault =
      pathError(path) ?? (isReserved(path) ? 'is reserved for the state of Gatehouse' : undefined);
    if (fault !== undefined) {
      problems.push(pathNotAllowed(path, fault));
      continue;
    }
    const clash = [...parentsOf(path), path]
      .map((place) => takePlace(mapping, place, place === path))
      .find((other) => other !== undefined);
    if (clash !== undefined) problems.push(pathsClash(path, clash));
  }
  return problems;
}

/** Registers a directory or file of the plan, and returns the path that already has its place. */
function takePlace(
  mapping: Map<string, { path: string; isFile: boolean }>,
  path: string,
  isFile: boolean,
): string | undefined {
  const folded = foldPath(path);
  const other = mapping.get(folded);
  if (other === undefined) {
    mapping.set(folded, { path, isFile });
    return undefined;
  }
  return other.path === path && !other.isFile && !isFile ? undefined : other.path;
}

function pathNotAllowed(path: string, fault: string): Problem {
  return {
    code: 'path-not-allowed',
    file: path,
    message: `The path ${JSON.stringify(path)} ${fault}`,
    expected: 'a path within the directory, such as apps/media/immich/service.yaml',
    remedy: 'Change the name in cluster.yaml from which this path is made',
  };
}

function pathsClash(path: string, other: string): Problem {
  return {
    code: 'paths-clash',
    file: path,
    message:
      path === other
        ? 'The path is planned twice'
        : `The path is the same file as ${JSON.stringify(other)} on a case-insensitive disk`,
    expected: 'paths that differ in more than case, and no file in place of a directory',
    remedy: 'Change one of the two names in cluster.yaml',
  };
}
