import type { Problem } from '../problems/problem.ts';
import type { PlannedFile } from './plan.ts';
import { absolute, type Tree } from './tree.ts';

/** The other names that kustomize looks for in a directory (kustomize 5.8, `api/konfig/general.go`). */
const otherNames = ['kustomization.yml', 'Kustomization'];

/** A problem for each file that kustomize would find beside a planned `kustomization.yaml`. */
export function otherKustomizations(
  tree: Tree,
  plan: readonly PlannedFile[],
  removed: ReadonlySet<string>,
): Problem[] {
  return plan.flatMap(({ path }) => {
    const [, directory, name] = /^(.*?)([^/]*)$/.exec(path) ?? [];
    if (name !== 'kustomization.yaml') return [];
    return otherNames
      .map((other) => `${directory}${other}`)
      .filter((other) => !removed.has(other) && isFile(tree, other))
      .map((other) => twice(other, path, isFile(tree, path)));
  });
}

function isFile(tree: Tree, path: string): boolean {
  const kind = tree.disk.status(absolute(tree, path))?.kind;
  return kind !== undefined && kind !== 'directory';
}

function twice(other: string, path: string, isThere: boolean): Problem {
  return {
    code: 'kustomization-twice',
    file: other,
    message: isThere
      ? `The directory has ${path} too, and kustomize refuses a directory with two kustomizations`
      : `Gatehouse writes ${path} beside this file, and kustomize refuses a directory with two kustomizations`,
    expected: 'one kustomization in the directory, with the name kustomization.yaml',
    remedy: isThere
      ? `Move what you need into ${path}, and remove ${other}`
      : `Rename it: mv ${other} ${path}. Where you share the file with Gatehouse, your entries stay in it`,
  };
}
