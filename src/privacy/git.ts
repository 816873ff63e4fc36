import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A folder in which Git is asked. */
export interface Git {
  folder: string;
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
    cwd: git.folder,
    env: environmentOf(git),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
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
