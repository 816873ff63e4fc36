import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets Node keep what it compiles of the modules that are loaded from now on, so that the next run does not compile them
 * again. Node has that since 22.8; with Node 20 nothing happens, nor where the directory cannot be made. The variables
 * NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE of Node decide first.
 */
export function keepCompiledCode(env: Readonly<Record<string, string | undefined>>): void {
  const module: object = process.getBuiltinModule('node:module');
  if (!('enableCompileCache' in module) || typeof module.enableCompileCache !== 'function') return;
  const directory = compiledCodeDirectory(env, homedir());
  if (canMake(directory)) module.enableCompileCache(directory);
}

/** Makes the directory and the two above it, if they are not there yet. Node itself tries forever in a home such as `/proc/1`, where nothing can be made. */
function canMake(directory: string): boolean {
  try {
    if (isDirectory(directory)) return true;
    for (const each of [join(directory, '..', '..'), join(directory, '..'), directory])
      if (!isDirectory(each)) mkdirSync(each, { mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Where compiled code is kept. Node would take the directory for temporary files, where other users of the computer could
 * put code of theirs before.
 */
export function compiledCodeDirectory(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'gatehouse', 'compiled');
}
