import { Worker } from 'node:worker_threads';
import { type Batch, type BatchFindings, batchScanner } from './batch.ts';
import type { Locator } from './locator.ts';
import type { NamedValue } from './search.ts';

/** The start data of a worker. Private values stay inside the process. */
export interface WorkerStart {
  values: readonly NamedValue[];
  key: Uint8Array;
}

/** The result of a worker: the findings, and the buffer for the next batch. */
export interface WorkerResult {
  findings: BatchFindings;
  buffer: ArrayBuffer;
}

export interface SearchPool {
  /** The number of pending batches at which the reader should wait. */
  capacity: number;
  scan(batch: Batch): Promise<WorkerResult>;
  close(): Promise<void>;
}

/** Searches in this thread, one batch per turn of the event loop. */
export function inlinePool(locator: Locator): SearchPool {
  const scan = batchScanner(locator);
  return {
    capacity: 1,
    scan: async (batch) => ({ findings: scan(batch), buffer: batch.buffer }),
    close: async () => undefined,
  };
}

interface Waiting {
  resolve: (answer: WorkerResult) => void;
  reject: (error: Error) => void;
}

/**
 * Searches in worker threads. Each worker processes its batches in order.
 *
 * @param script - the bundled worker (`worker.ts`)
 */
export function workerPool(script: URL, count: number, start: WorkerStart): SearchPool {
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(script, { workerData: start });
    const waiting: Waiting[] = [];
    worker.on('message', (answer: WorkerResult) => waiting.shift()?.resolve(answer));
    worker.on('error', (error) => {
      for (const each of waiting.splice(0))
        each.reject(error instanceof Error ? error : new Error(String(error)));
    });
    return { worker, waiting };
  });
  return {
    capacity: count * 2,
    scan(batch) {
      const idlest = workers.reduce((best, each) =>
        each.waiting.length < best.waiting.length ? each : best,
      );
      return new Promise((resolve, reject) => {
        idlest.waiting.push({ resolve, reject });
        idlest.worker.postMessage(batch, [batch.buffer]);
      });
    },
    async close() {
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
    },
  };
}
