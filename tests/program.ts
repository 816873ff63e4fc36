import { Readable } from 'node:stream';
import { run } from '@stricli/core';
import { application } from '../src/application.ts';
import type { GatehouseContext } from '../src/commands/context.ts';
import type { Surroundings } from '../src/workspace/surroundings.ts';

/** What a command wrote, and what it ended with. */
export interface Ended {
  stdout: string;
  stderr: string;
  code: number;
}

/** Runs a command line in this process, as `main.ts` does. `input` is what a pipe would bring. */
export async function gatehouse(
  place: { path: string; surroundings: Surroundings },
  args: readonly string[],
  input?: string,
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write(text: string): void {
      written[name] += text;
    },
  });
  const context: GatehouseContext = {
    process: { stdout: stream('stdout'), stderr: stream('stderr') },
    cwd: place.path,
    surroundings: place.surroundings,
    ...(input === undefined ? {} : { input: Readable.from([Buffer.from(input)]) }),
  };
  await run(application, args, context);
  const code = context.process.exitCode ?? 0;
  return { ...written, code: code < 0 ? 2 : code };
}
