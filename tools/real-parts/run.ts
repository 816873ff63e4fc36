import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a recipe needs to run programs: a signal to stop, and a receiver of progress. */
export interface Run {
  readonly signal: AbortSignal;
  /** A short line on what is happening now. */
  readonly progress: (news: string) => void;
}

interface RunOptions extends Run {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each line of the standard error stream. */
  readonly onLine?: (line: string) => void;
}

/** A program that failed. The message ends with the last lines of its output. */
export class ProgramFailure extends Error {
  override readonly name = 'ProgramFailure';
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed on both streams, standard output first
 * @throws {@link ProgramFailure} when it cannot be started or ends with another exit code than 0
 */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  options: RunOptions,
): Promise<string> {
  const child = spawn(program, parameters, {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
    // Go ends its compilers on an interrupt, not on a termination.
    killSignal: 'SIGINT',
  });
  const lines: string[] = [];
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    options.onLine?.(line);
  });
  const ended = await new Promise<number | string>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ENOENT' ? 'it is not installed' : error.message);
    });
    child.on('close', (code, signal) => resolve(code ?? `ended by ${signal ?? 'nobody'}`));
  });
  if (ended === 0) return `${output}${lines.join('\n')}`;
  const said = [...output.split('\n'), ...lines].filter((line) => line.trim() !== '');
  const how = typeof ended === 'number' ? `exit code ${ended}` : ended;
  throw new ProgramFailure([`${program} ${parameters[0] ?? ''}: ${how}`, ...said.slice(-12)].join('\n  '));
}
