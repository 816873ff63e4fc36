import type { Progress, Stage } from '../operations/progress.ts';
import type { CommonFlags, GatehouseContext } from './context.ts';

const sentences: Record<Stage, string> = {
  recover: 'Looking for an interrupted run',
  read: 'Reading the configuration',
  compile: 'Compiling',
  encrypt: 'Encrypting what changed',
  build: 'Building the objects from the files',
  validate: 'Validating every object',
  search: 'Searching for private values',
  prove: 'Proving who can reach what',
  compare: 'Comparing with the directory',
  write: 'Writing',
};

/** How long the stages of a run took. */
export interface Timings {
  stages: readonly { stage: Stage; milliseconds: number }[];
  /** The most memory that the process held, in bytes (getrusage, ru_maxrss). */
  peakBytes: number;
}

/** One line on standard error that says what is being done, where a person is looking; it leaves nothing behind. */
export function progressOn(
  { process: { stderr } }: GatehouseContext,
  { json, quiet }: CommonFlags,
): Progress & { done(): void; timings(flags: { timings?: boolean }): Timings | undefined } {
  const shown = stderr.isTTY === true && !json && !quiet;
  const taken: { stage: Stage; milliseconds: number }[] = [];
  const line = (text: string): void => {
    if (shown) stderr.write(`\r\u001b[2K${text}`);
  };
  return {
    begin: (stage) => line(`${sentences[stage]} …`),
    end: (stage, milliseconds) => taken.push({ stage, milliseconds }),
    done: () => line(''),
    timings: (flags) =>
      flags.timings ? { stages: taken, peakBytes: process.resourceUsage().maxRSS * 1024 } : undefined,
  };
}
