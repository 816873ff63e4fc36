import { parentPort, workerData } from 'node:worker_threads';
import { type Batch, batchScanner } from './batch.ts';
import { locator } from './locator.ts';
import type { WorkerResult, WorkerStart } from './workerPool.ts';

/** A thread of `workerPool`: receives batches of objects and returns the findings. */
const { values, key }: WorkerStart = workerData;
const scan = batchScanner(locator(values, key));

parentPort?.on('message', (batch: Batch) => {
  const answer: WorkerResult = { findings: scan(batch), buffer: batch.buffer };
  parentPort?.postMessage(answer, [batch.buffer]);
});
