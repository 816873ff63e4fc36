import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { GatehouseContext } from '../src/commands/context.ts';
import { runProgram } from '../src/program.ts';
import type { Environment } from '../src/system/environment.ts';

/** The output and exit code of a run. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command in this process, with streams and an environment of its own. `input` is standard input. */
export async function gatehouse(
  {
    path,
    environment,
    input,
    program,
  }: { path: string; environment: Environment; input?: string; program?: string },
  ...args: string[]
): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const context: GatehouseContext = {
    process: {
      stdout: {
        write: (text) => {
          said.stdout += text;
        },
      },
      stderr: {
        write: (text) => {
          said.stderr += text;
        },
      },
    },
    cwd: path,
    environment,
    ...(program === undefined ? {} : { program }),
    ...(input === undefined ? {} : { input: Readable.from([Buffer.from(input)]) }),
  };
  const code = await runProgram(args, context);
  return { code, ...said };
}

/** Bundles the program inside of the package, so that it finds the schemas. Returns the path of the file. */
export async function bundledProgram(): Promise<string> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const outfile = `${root}node_modules/.cache/gatehouse-tests/main-${process.pid}.mjs`;
  await build({
    entryPoints: [`${root}src/main.ts`],
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

interface ChildOptions {
  cwd: string;
  environment: Environment;
  /** The user to run as, where this process may choose. */
  uid?: number;
  started?: (child: ChildProcess) => void;
}

/** Runs the program as a separate process. `code` is null if the process was killed. */
export function child(
  program: string,
  args: readonly string[],
  { cwd, environment, uid, started }: ChildOptions,
): Promise<Omit<Ran, 'code'> & { code: number | null }> {
  return new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [program, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: environment.home, ...environment.env },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    const said = { stdout: '', stderr: '' };
    process_.stdout.on('data', (data) => {
      said.stdout += data;
    });
    process_.stderr.on('data', (data) => {
      said.stderr += data;
    });
    process_.on('error', reject);
    process_.on('close', (code) => resolve({ code, ...said }));
    started?.(process_);
  });
}
