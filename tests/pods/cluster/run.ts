import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The output and the exit code of a command. */
export interface Ran {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
  /** In milliseconds; afterwards the command is killed. */
  readonly timeout?: number;
}

/** What a command may take when nobody says otherwise, in milliseconds. */
export const defaultTimeout = 90_000;

/** Runs a command to its end. Never rejects for a command that fails. */
export function run(command: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { input = '', environment = {}, timeout = defaultTimeout } = options;
  const [program = '', ...parameters] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, errors }));
    // A command that reads nothing closes the pipe.
    child.stdin.on('error', () => undefined).end(input);
  });
}

/** Runs a command to its end, which must be exit code 0, and returns its output. */
export async function runOrFail(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, output, errors } = await run(command, options);
  if (code === 0) return output;
  // The words before are those that enter a namespace.
  const last = command.join(' ').slice(-160);
  throw new Error(`… ${last} ended with ${code ?? 'a signal'}: ${(errors || output).trim()}`);
}

/** What makes Node run TypeScript, for `--import`. */
export function typescript(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}
