import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A directory in which Git is asked. */
export interface Git {
  directory: string;
  /** The environment of the calls; by default that of the process. */
  env?: NodeJS.ProcessEnv;
}

export interface GitOutput {
  /** -1 when Git could not be started at all. */
  code: number;
  stdout: Buffer;
  stderr: string;
}

/**
 * Settings that a repository could use to run programs of its own are off, nothing is fetched, names stay as they
 * are, and no lock is taken.
 */
const safeSettings = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.quotePath=false',
  '-c',
  'log.showSignature=false',
];
const safeEnvironment = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

const environmentOf = ({ env = process.env }: Git): NodeJS.ProcessEnv => ({ ...env, ...safeEnvironment });

/** Starts Git with pipes on all three streams. */
export function startGit(
  git: Git,
  args: readonly string[],
): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn('git', [...safeSettings, ...args], {
    cwd: git.directory,
    env: environmentOf(git),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** A walk over a history looks up objects all over its memory; in huge pages that misses the cache less (glibc 2.35). */
const largeWalk = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

export interface GitPipeline {
  /** What the second one answers. */
  output: Readable;
  /** The exit codes of both. */
  codes: Promise<[number, number]>;
  kill(): void;
}

/**
 * Starts Git twice, the second one asked by what the first one writes. The bytes between them never pass through this
 * process: for a whole history that costs as much as half of the search.
 */
export function startPipeline(git: Git, first: readonly string[], second: readonly string[]): GitPipeline {
  const options = { cwd: git.directory, env: { ...largeWalk, ...environmentOf(git) } };
  const asks = spawn('git', [...safeSettings, ...first], { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  const answers = spawn('git', [...safeSettings, ...second], {
    ...options,
    stdio: [asks.stdout, 'pipe', 'ignore'],
  });
  // Nothing was read from it yet: reading begins with the next turn of the event loop.
  asks.stdout.destroy();
  return {
    output: answers.stdout,
    codes: Promise.all([ended(asks), ended(answers)]),
    kill() {
      asks.kill();
      answers.kill();
    },
  };
}

/** Resolves with the exit code, or -1 if the program could not be started. */
export function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', (code) => resolve(code ?? -1));
  });
}

/** Runs Git to its end and keeps what it wrote: for answers of a known, modest size. */
export async function gitOutput(git: Git, args: readonly string[], input = ''): Promise<GitOutput> {
  const child = startGit(git, args);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await ended(child);
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') };
}

/** Entries of an output that ends each with NUL. */
export function nulSeparated(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '');
}
