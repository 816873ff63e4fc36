import { lstat, writeFile } from 'node:fs/promises';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Problem } from '../problems/problem.ts';

/**
 * Writes reports to files, beside the output on the terminal. No report is written through a symbolic link: a repository
 * may hold one of that name, which leads to any file of the user. Those of the system, such as `/dev/stdout`, are followed.
 */
export async function writeReport(
  reports: readonly { file: string; text: string }[],
): Promise<Outcome<undefined>> {
  for (const { file, text } of reports) {
    try {
      if (await isForeignLink(file)) return err(notWritten(file, 'it is a symbolic link'));
      await writeFile(file, text);
    } catch (error) {
      return err(
        notWritten(file, error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'),
      );
    }
  }
  return ok(undefined);
}

async function isForeignLink(file: string): Promise<boolean> {
  if (/^\/(?:dev|proc)\//.test(file)) return false;
  const status = await lstat(file).catch(() => undefined);
  return status?.isSymbolicLink() === true;
}

function notWritten(file: string, reason: string): Problem {
  return {
    code: 'report-not-written',
    file,
    message: `the report could not be written (${reason})`,
    expected: 'a file in a directory that you may write to',
    remedy: 'choose another file, or remove what is there',
  };
}
