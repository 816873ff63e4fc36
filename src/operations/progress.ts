/** The stages of a run, in order. */
export const stages = [
  'recover',
  'read',
  'compile',
  'encrypt',
  'compare',
  'build',
  'running',
  'validate',
  'search',
  'prove',
  'write',
] as const;
export type Stage = (typeof stages)[number];

/** Receives the begin of each stage, and its end with the milliseconds that it took. */
export interface Progress {
  begin(stage: Stage): void;
  end(stage: Stage, milliseconds: number): void;
}

export const noProgress: Progress = { begin: () => {}, end: () => {} };

/** Runs a stage and reports its begin and end. */
export async function runStage<T>(stage: Stage, progress: Progress, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  progress.begin(stage);
  try {
    return await work();
  } finally {
    progress.end(stage, performance.now() - start);
  }
}
