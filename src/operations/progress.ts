/** The stages of a run, in order. */
export const stages = [
  'recover',
  'read',
  'compile',
  'encrypt',
  'build',
  'validate',
  'search',
  'render',
  'prove',
  'compare',
  'write',
] as const;
export type Stage = (typeof stages)[number];

/** Told of each stage as it begins and, with its milliseconds, as it ends. */
export interface Progress {
  begin(stage: Stage): void;
  end(stage: Stage, milliseconds: number): void;
}

export const noProgress: Progress = { begin: () => {}, end: () => {} };

/** Runs a stage under the eyes of a watcher. */
export async function staged<T>(stage: Stage, progress: Progress, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  progress.begin(stage);
  try {
    return await work();
  } finally {
    progress.end(stage, performance.now() - start);
  }
}
