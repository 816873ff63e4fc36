#!/usr/bin/env node
import { homedir } from 'node:os';
import { run } from '@stricli/core';
import { application } from './application.ts';
import { exit, type GatehouseContext } from './commands/context.ts';
import { version } from './version.ts';

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`${version}\n`);
} else {
  await runProgram(args);
}

async function runProgram(inputs: readonly string[]): Promise<void> {
  const context: GatehouseContext = {
    process,
    cwd: process.cwd(),
    input: process.stdin,
    surroundings: { env: process.env, home: homedir(), platform: process.platform, now: () => new Date() },
  };
  await run(application, inputs, context);
  // Stricli counts its own refusals downwards from -1 (a wrong flag, an unknown command).
  if (typeof process.exitCode === 'number' && process.exitCode < 0) process.exitCode = exit.invalid;
}
