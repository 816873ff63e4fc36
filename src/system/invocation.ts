import { realpathSync } from 'node:fs';
import type { Environment } from './environment.ts';
import { executableOn } from './executable.ts';
import { shellWord } from './shellWord.ts';

/** The file that Node runs, and Node itself. */
interface Started {
  env: Environment['env'];
  script: string | undefined;
  node: string;
}

/**
 * How a user starts this program again: `gatehouse` where that is on the PATH and is this program, otherwise Node with
 * the path of the file. The name on the PATH may belong to another package.
 */
export function programInvocation({ env, script, node }: Started): string {
  if (script === undefined || isOnPath(env, 'gatehouse', script)) return 'gatehouse';
  return `${isOnPath(env, 'node', node) ? 'node' : shellWord(node)} ${shellWord(script)}`;
}

function isOnPath({ PATH = '' }: Environment['env'], name: string, file: string): boolean {
  const found = executableOn(PATH, name);
  return found !== undefined && realPathOf(found) === realPathOf(file);
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
