import { homedir } from 'node:os';
import { exit } from './commands/context.ts';
import { runProgram } from './program.ts';
import { programInvocation } from './system/invocation.ts';
import { version } from './version.ts';

// A closed pipe ("| head") is not an error; a full disk is.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.exit(exit.environment);
  });
}

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`${version}\n`);
} else {
  const { stdout, stderr, stdin, env, platform } = process;
  process.exitCode = await runProgram(args, {
    process: { stdout, stderr },
    cwd: process.cwd(),
    input: stdin,
    program: programInvocation({ env, script: process.argv[1], node: process.execPath }),
    environment: { env, home: homedir(), platform, now: () => new Date() },
  });
}
