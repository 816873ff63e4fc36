import { statfsSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { neededBytes } from './obstacles.ts';

/** What a machine has for clusters. */
export interface Room {
  readonly processors: number;
  /** In bytes. */
  readonly memory: number;
  /** Free, in bytes. */
  readonly disk: number;
}

/** More than two would need more than the two cores that the times of the tests are made for. */
const most = 2;

/** What one cluster may take with the tests that use it, in bytes: the node has up to 2 GB. */
const memoryOfOne = 3 * 1024 ** 3;

/**
 * The number of clusters that a run may have at the same time, each with tests of its own: most of their time, tests wait for
 * probes.
 *
 * @param wanted the number that the user wants, as it is in `GATEHOUSE_PODS_CLUSTERS`
 * @throws Error when it is no number
 */
export function howManyClusters(
  { processors, memory, disk }: Room = roomHere(),
  wanted = process.env['GATEHOUSE_PODS_CLUSTERS'] ?? '',
): number {
  if (/^[1-9]$/.test(wanted)) return Number(wanted);
  if (wanted !== '')
    throw new Error(`GATEHOUSE_PODS_CLUSTERS is ${JSON.stringify(wanted)}: set it to a number from 1 to 9`);
  const fit = [processors, memory / memoryOfOne, disk / neededBytes].map(Math.floor);
  return Math.max(1, Math.min(most, ...fit));
}

function roomHere(): Room {
  const { bavail, bsize } = statfsSync(tmpdir());
  return { processors: availableParallelism(), memory: totalmem(), disk: bavail * bsize };
}
