import type { Problem } from '../problems/problem.ts';
import { foldPath, isReserved, parentsOf, pathError } from './path.ts';

/** A file that is Gatehouse's from the first byte to the last. */
export interface OwnedFile {
  path: string;
  /** Written in UTF-8, byte for byte. */
  content: string;
  /**
   * The file is made for a person and is theirs from then on: it is written if it is not there, and neither
   * remembered nor ever removed. For `cluster.yaml`, which `init` writes once.
   */
  handOver?: boolean;
}

/** The `resources:` of a `kustomization.yaml` that a person uses as well. */
export interface SharedKustomization {
  path: string;
  /** Ours. Those of a person stay, with their order, comments and line endings. */
  entries: readonly string[];
}

/** A text such as `.gitignore`, of which some lines are ours. */
export interface SharedLines {
  path: string;
  /** Ours, without line endings. Those of a person stay. */
  lines: readonly string[];
}

/** One file of the finished repository; `path` is relative to the tree, with `/` between its parts. */
export type PlannedFile = OwnedFile | SharedKustomization | SharedLines;

/**
 * The mistakes of a plan that no tree could make good: paths that leave the tree, and paths that are one file on
 * a disk which ignores case.
 */
export function checkPlan(plan: readonly PlannedFile[]): Problem[] {
  const problems: Problem[] = [];
  const mapping = new Map<string, { path: string; isFile: boolean }>();
  for (const { path } of plan) {
    const fault = pathError(path) ?? (isReserved(path) ? 'is kept for the state of Gatehouse' : undefined);
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

/** Notes a directory or file of the plan, and returns what already stands in its place. */
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
        : `The path is the same place as ${JSON.stringify(other)} on a disk that ignores case`,
    expected: 'paths that differ by more than upper and lower case, and no file where a directory is',
    remedy: 'Change one of the two names in cluster.yaml',
  };
}
