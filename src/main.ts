#!/usr/bin/env node
import { homedir } from 'node:os';
import { run } from '@stricli/core';
import { application } from './application.ts';
import { exit, type GatehouseContext } from './commands/context.ts';
import { version } from './version.ts';

// A reader that has seen enough ("| head") is no failure; a full disk is.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.exit(exit.surroundings);
  });
}

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`${version}\n`);
} else {
  await runProgram(args);
}

async function runProgram(inputs: readonly string[]): Promise<void> {
  const { stdout, stderr, stdin, env, platform } = process;
  const context: GatehouseContext = {
    process: { stdout, stderr },
    cwd: process.cwd(),
    input: stdin,
    surroundings: { env, home: homedir(), platform, now: () => new Date() },
  };
  await run(application, inputs, context);
  const code = context.process.exitCode ?? exit.done;
  // Stricli counts its own refusals downwards from -1 (a wrong flag, an unknown command).
  process.exitCode = code < 0 ? exit.invalid : code;
}
