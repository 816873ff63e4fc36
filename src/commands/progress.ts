import type { Progress, Stage } from '../operations/progress.ts';
import type { CommonFlags, GatehouseContext } from './context.ts';

const sentences: Record<Stage, string> = {
  recover: 'Checking for an interrupted run',
  read: 'Reading the configuration',
  compile: 'Compiling',
  encrypt: 'Encrypting changed files',
  build: 'Building the objects from the files',
  running: 'Comparing with what runs',
  validate: 'Validating every object',
  search: 'Searching for private values',
  prove: 'Proving who can reach what',
  compare: 'Comparing with the directory',
  write: 'Writing',
};

/** The durations of the stages of a run. */
export interface Timings {
  stages: readonly { stage: Stage; milliseconds: number }[];
  /** The peak memory of the process, in bytes (getrusage, ru_maxrss). */
  peakBytes: number;
}

/** Shows the current stage in one line on standard error if that is a terminal. `done` clears the line. */
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
