import { spawn } from 'node:child_process';
import type { Part } from '../fixtures/suite.ts';

/** The result of a call of the real sops. */
export interface Answer {
  code: number | null;
  output: string;
  errors: string;
}

/** Runs the real sops in a directory. Private keys go through the environment, plain text through pipes. */
export function runSops(
  sops: Part,
  directory: string,
  parameters: readonly string[],
  { keys, input = '', env = {} }: { keys: string; input?: string; env?: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(sops.path, parameters, {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, SOPS_AGE_KEY: keys, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const answer = { output: '', errors: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      answer.output += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      answer.errors += part;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...answer }));
    child.stdin.on('error', () => {
      // sops may end before it has read everything; its exit code tells.
    });
    child.stdin.end(input);
  });
}

/** Decrypts through a pipe, as `sops decrypt` of a file with that name would. */
export function decryptWithSops(
  sops: Part,
  directory: string,
  file: string,
  input: string,
  keys: string,
): Promise<Answer> {
  return runSops(sops, directory, ['decrypt', '--filename-override', file], { keys, input });
}
