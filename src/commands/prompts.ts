import type { Readable, Writable } from 'node:stream';

/** Where a prompt reads and writes. */
interface Terminal {
  input: Readable;
  output: Writable;
}

/** What every prompt of `@clack/prompts` takes. */
export interface PromptPlace extends Terminal {
  signal: AbortSignal;
}

/**
 * Asks a question of the user on standard error: standard output may be a file, and has the report.
 *
 * @param ask calls a prompt of `@clack/prompts` with the place beside its own options
 * @returns the answer, or a symbol after Ctrl-C, Escape or Ctrl-D
 */
export async function asked<Answer>(
  ask: (place: PromptPlace) => Promise<Answer | symbol>,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<Answer | symbol> {
  const cancel = new AbortController();
  let isAnswered = false;
  // At Ctrl-D, Node stops to read lines, and only the stream tells of it. An answer stops it too, and is there before.
  const stopped = (): void => {
    setImmediate(() => {
      if (!isAnswered) cancel.abort();
    });
  };
  input.on('pause', stopped);
  try {
    return await ask({ input, output, signal: cancel.signal });
  } finally {
    isAnswered = true;
    input.off('pause', stopped);
  }
}
