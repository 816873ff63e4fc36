import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { typescript } from './run.ts';
import { endRun, makeRunDirectory, type RunDirectory } from './runDirectory.ts';

/** A run that ends with this process, however that ends. */
export interface GuardedRun {
  readonly directory: RunDirectory;
  /** Ends everything that the run has started. Returns what could not be removed. */
  readonly stop: () => Promise<string[]>;
}

/** Makes the directory of this process's run, with a guardian beside it. */
export function startRun(): GuardedRun {
  const directory = makeRunDirectory();
  const guardian = startGuardian(directory);
  const stop = async () => {
    const left = await endRun(directory.path);
    guardian.stdin?.end();
    guardian.ref();
    if (guardian.exitCode === null) await once(guardian, 'exit');
    return left;
  };
  return { directory, stop };
}

/** The guardian's input ends with this process, and it ends what is left then. */
function startGuardian(directory: RunDirectory): ChildProcess {
  const guardian = join(import.meta.dirname, 'guardian.ts');
  const child = spawn(process.execPath, ['--import', typescript(), guardian, directory.path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // The pipe alone does not keep this process.
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function')
    child.stdin.unref();
  return child;
}
