import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Problem } from '../problems/problem.ts';
import { gitOutput } from '../system/git.ts';

/**
 * The root of the Git work tree in which a directory is, where that is another directory. The directory need not exist.
 * Symbolic links are followed. A directory that Git ignores there is no part of that repository.
 *
 * @returns undefined for a root of its own (also of a linked work tree and of a submodule), and where there is no
 * repository
 */
export async function outerGitRoot(directory: string): Promise<string | undefined> {
  const real = realPathOf(resolve(directory));
  const root = rootAbove(real);
  if (root === undefined || root === real) return undefined;
  const ignored = await gitOutput({ directory: root }, ['check-ignore', '-q', '--', `${real}/`]);
  return ignored.code === 0 ? undefined : root;
}

/** The way up to that root, such as `../..`. */
export async function pathToGitRoot(directory: string): Promise<string | undefined> {
  const root = await outerGitRoot(directory);
  return root === undefined ? undefined : relative(realPathOf(resolve(directory)), root);
}

/** Whether a directory is in a Git work tree. */
export function isInGit(directory: string): boolean {
  return rootAbove(realPathOf(resolve(directory))) !== undefined;
}

/**
 * Flux resolves `spec.path` of a Kustomization against the root of the fetched source (kustomize-controller,
 * `internal/controller/kustomization_controller.go`), so what is written below it would name the wrong directories.
 */
export async function notAtGitRoot(directory: string): Promise<Problem[]> {
  const root = await outerGitRoot(directory);
  if (root === undefined) return [];
  const below = relative(root, realPathOf(resolve(directory)));
  return [
    {
      code: 'not-at-git-root',
      file: directory,
      message: `this is the directory ${below} of the Git repository ${root}, and Flux counts paths from the root of a repository`,
      expected: 'the root of a Git repository, or a directory outside of any',
      remedy: `work at the root: -C ${root}. Or make this directory a repository of its own: git init ${directory}`,
    },
  ];
}

/** The real path of what is there, and the rest of the path below it. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPathOf(parent), basename(path));
  }
}

function rootAbove(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (isGitDirectory(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** A directory of Git, or the file that names one: a linked work tree and a submodule have a file. */
function isGitDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
      ? existsSync(join(path, 'HEAD'))
      : readFileSync(path, 'utf8').startsWith('gitdir:');
  } catch {
    return false;
  }
}
