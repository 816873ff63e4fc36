import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clusterFile } from '../../private-values/clusterFile.ts';
import { encryptedPrivateFile, plainPrivateFile } from '../../private-values/privateValuesFile.ts';
import { type Git, gitOutput, nulSeparated } from '../../system/git.ts';

/** Where the private values of a search come from. */
export interface Configurations {
  /** The directories with a configuration: the nearest one above, or else every one below. */
  directories: readonly string[];
  /** The top of the work tree; undefined outside of Git. */
  top: string | undefined;
}

/**
 * Finds the configuration that a directory belongs to: in it, above it in the same work tree, or below it. Outside of Git
 * only the directory itself counts.
 */
export async function configurationsOf(git: Git): Promise<Configurations> {
  const shown = await gitOutput(git, ['rev-parse', '--show-toplevel']);
  const top = shown.code === 0 ? shown.stdout.toString('utf8').replace(/\r?\n$/, '') : undefined;
  if (top === undefined)
    return { directories: hasConfiguration(git.directory) ? [git.directory] : [], top: undefined };
  const above = nearest(git.directory, top);
  if (above !== undefined) return { directories: [above], top };
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await gitOutput({ ...git, directory: top }, [...list, '--', `:(glob)**/${clusterFile}`]);
  const below = nulSeparated(stdout).map((path) => join(top, dirname(path)));
  return { directories: [...new Set(below)].filter(hasConfiguration), top };
}

/** The nearest directory with a configuration, from one up to the top of the work tree. */
function nearest(directory: string, top: string): string | undefined {
  const limit = realPath(top);
  for (let at = realPath(directory); ; at = dirname(at)) {
    if (hasConfiguration(at)) return at;
    if (at === limit || at === dirname(at)) return undefined;
  }
}

/** The path without links, as Git reports it. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Other programs use the name `cluster.yaml` too. */
function hasConfiguration(directory: string): boolean {
  if ([plainPrivateFile, encryptedPrivateFile].some((file) => existsSync(join(directory, file)))) return true;
  try {
    const path = join(directory, clusterFile);
    const text = statSync(path).isFile() ? readFileSync(path, 'utf8') : '';
    return /^cluster:/m.test(text) && !/^kind:/m.test(text);
  } catch {
    return false;
  }
}
