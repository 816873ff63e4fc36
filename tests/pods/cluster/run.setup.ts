import { basename } from 'node:path';
import type { TestProject } from 'vitest/node';
import setUpScratch from '../../real/fixtures/run.setup.ts';
import { howManyClusters } from './howMany.ts';
import { differences, machineState, remainsOf } from './machineState.ts';
import { partsOrObstacles } from './partsOrObstacles.ts';
import { endStaleRuns } from './runDirectory.ts';
import { startClusters } from './start.ts';

/** Starts the clusters of the run before all tests, one for each worker, and ends them after them, also if they fail. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const clearScratch = await setUpScratch(project);
  const say = (news: string): void => void process.stderr.write(`${news}\n`);
  const parts = await partsOrObstacles();
  if (typeof parts !== 'function') {
    project.provide('pods', { obstacles: parts });
    return clearScratch;
  }
  for (const name of await endStaleRuns()) say(`Ended what ${name} had left`);
  const before = await machineState();
  // What few files do not use is not started.
  const files = project.vitest.state.getPaths().length;
  const clusters = await startClusters(parts, Math.max(1, Math.min(howManyClusters(), files)), say);
  const directories = clusters.map(({ facts }) => facts.directory);
  project.provide('pods', { directories });
  return async () => {
    const began = performance.now();
    const left = (await Promise.all(clusters.map(({ stop }) => stop()))).flat();
    say(
      `${clusters.length === 1 ? 'The cluster' : 'The clusters'} ended in ${((performance.now() - began) / 1000).toFixed(2)} s`,
    );
    await clearScratch();
    const runs = directories.map((directory) => basename(directory));
    const remains = [...left, ...runs.flatMap(remainsOf), ...differences(before, await machineState())];
    if (remains.length === 0) return;
    // Vitest only prints what is thrown here.
    process.exitCode = 1;
    throw new Error(`The cluster left: ${remains.join(', ')}`);
  };
}
