import { parentPort, workerData } from 'node:worker_threads';
import { type Batch, scanBatch } from './batch.ts';
import { locator } from './locator.ts';
import type { WorkerAnswer, WorkerStart } from './pool.ts';

/** A thread of `workerPool`: takes batches of objects and answers with what it found. */
const { values, key }: WorkerStart = workerData;
const locate = locator(values, key);

parentPort?.on('message', (batch: Batch) => {
  const answer: WorkerAnswer = { findings: scanBatch(locate, batch), buffer: batch.buffer };
  parentPort?.postMessage(answer, [batch.buffer]);
});
