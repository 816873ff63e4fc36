import { join } from 'node:path';
import type { SourceFile } from '../config/text.ts';
import type { Problem } from '../problems/problem.ts';
import { readIfThere, whyUnread } from '../system/regularFile.ts';

/** The bytes of a file, why it cannot be read, or undefined when it does not exist. */
export type ReadResult = SourceFile | { problem: Problem } | undefined;

/** Reads one file of the configuration. Only a file that does not exist is undefined: every other error is a problem. */
export async function readSource(directory: string, file: string): Promise<ReadResult> {
  try {
    const bytes = await readIfThere(join(directory, file));
    return bytes && { file, bytes };
  } catch (error) {
    return {
      problem: {
        code: 'text-unreadable',
        file,
        message: `the file cannot be read (${whyUnread(error)})`,
        expected: 'a regular file that you may read',
        remedy: 'put a regular file there, or allow your user to read it',
      },
    };
  }
}
