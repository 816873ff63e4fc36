import { writeFile } from 'node:fs/promises';
import { err, type Outcome, ok } from '../problems/outcome.ts';

/** Writes reports to files, beside the output on the terminal. */
export async function writeReport(
  reports: readonly { file: string; text: string }[],
): Promise<Outcome<undefined>> {
  for (const { file, text } of reports) {
    try {
      await writeFile(file, text);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      return err({
        code: 'report-not-written',
        file,
        message: `the report could not be written${code}`,
        expected: 'a file in a directory that you may write to',
      });
    }
  }
  return ok(undefined);
}
