import type { Problem } from '../problems/problem.ts';

/** The size limit of a configuration file, far above any real one. */
const limit = 1_000_000;

/** A file as it was read: its name as the user knows it, and its bytes. */
export interface SourceFile {
  file: string;
  bytes: Uint8Array;
}

/** Decodes a configuration file: UTF-8, with or without a byte order mark, with either line ending. */
export function decodeText({ file, bytes }: SourceFile): { text: string } | { problem: Problem } {
  if (bytes.byteLength > limit) {
    return {
      problem: {
        code: 'text-too-large',
        file,
        message: `the file has ${bytes.byteLength} bytes`,
        expected: `at most ${limit} bytes`,
        remedy: 'check that this is the right file',
      },
    };
  }
  const refused = (message: string, remedy: string): { problem: Problem } => ({
    problem: { code: 'text-not-utf8', file, message, expected: 'UTF-8 text', remedy },
  });
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return refused('the file is UTF-16 text', 'save it as UTF-8');
  }
  if (bytes.includes(0)) return refused('the file is binary', 'check that this is the right file');
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refused('the file contains bytes that are not UTF-8', 'save it as UTF-8');
  }
}
