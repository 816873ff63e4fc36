import { join, relative, sep } from 'node:path';
import { type HookOutcome, installHooks as install } from '../../privacy/hook.ts';
import type { Environment } from '../../system/environment.ts';
import { executableOn } from '../../system/executable.ts';
import type { Git } from '../../system/git.ts';
import { configurationsOf, realPath } from './configurationDirectories.ts';

/** Installs the hooks for the configuration that the directory belongs to. They remember its directory. */
export async function installHooks(git: Git): Promise<HookOutcome[]> {
  const { directories, top } = await configurationsOf(git);
  const [only, ...others] = directories;
  const isOne = top !== undefined && only !== undefined && others.length === 0;
  const below = isOne ? relative(realPath(top), realPath(only)).split(sep).join('/') : '';
  return install(git, below);
}

/** The program that the hooks will run: the one on the PATH, or of the work tree. Undefined where there is none. */
export async function programOfHooks(git: Git, { env }: Environment): Promise<string | undefined> {
  const onPath = executableOn(env['PATH'] ?? '', 'gatehouse');
  const { top } = await configurationsOf(git);
  if (onPath !== undefined || top === undefined) return onPath;
  return executableOn(join(top, 'node_modules/.bin'), 'gatehouse');
}
