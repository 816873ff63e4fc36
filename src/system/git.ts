import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The directory in which Git runs. */
export interface Git {
  directory: string;
  /** The environment of the calls; that of the process by default. */
  env?: NodeJS.ProcessEnv;
}

export interface GitOutput {
  /** -1 when Git could not be started at all. */
  code: number;
  stdout: Buffer;
  stderr: string;
}

/**
 * Turns off the settings by which a repository could run its own programs. Git fetches nothing, does not quote names
 * and takes no lock.
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

/** Variables with a path, which Git sets for its hooks. */
const pathVariables = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
];

/**
 * The environment for calls of Git from any directory. Git gives its hooks relative paths and a repository without its
 * work tree; both mean the directory in which the hook starts.
 */
export function gitEnvironment(env: NodeJS.ProcessEnv, cwd: string): NodeJS.ProcessEnv {
  const paths = pathVariables.flatMap((name) => {
    const path = env[name];
    return path === undefined || path === '' ? [] : [[name, resolve(cwd, path)] as const];
  });
  const workTree = env['GIT_DIR'] && !env['GIT_WORK_TREE'] ? { GIT_WORK_TREE: cwd } : {};
  return { ...env, ...Object.fromEntries(paths), ...workTree };
}

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

/** A walk over a history reads objects all over its memory; huge pages cause fewer cache misses (glibc 2.35). */
const largeWalk = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

export interface GitPipeline {
  /** What the second process writes. */
  output: Readable;
  /** The exit codes of both. */
  codes: Promise<[number, number]>;
  kill(): void;
}

/**
 * Starts two Git processes and connects the output of the first to the input of the second. The bytes between them do
 * not pass through this process: for a whole history that costs as much as half of the search.
 */
export function startPipeline(git: Git, first: readonly string[], second: readonly string[]): GitPipeline {
  const options = { cwd: git.directory, env: { ...largeWalk, ...environmentOf(git) } };
  const source = spawn('git', [...safeSettings, ...first], {
    ...options,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const sink = spawn('git', [...safeSettings, ...second], {
    ...options,
    stdio: [source.stdout, 'pipe', 'ignore'],
  });
  // Nothing has been read from it yet: reading begins with the next turn of the event loop.
  source.stdout.destroy();
  return {
    output: sink.stdout,
    codes: Promise.all([ended(source), ended(sink)]),
    kill() {
      source.kill();
      sink.kill();
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

/** Runs Git to its end and keeps its output. Use it for outputs of a known, modest size. */
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

/** The entries of an output in which NUL ends each entry. */
export function nulSeparated(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((entry) => entry !== '');
}
