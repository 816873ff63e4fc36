import { basename } from 'node:path';
import type { TestProject } from 'vitest/node';
import setUpScratch from '../../real/fixtures/run.setup.ts';
import { differences, machineState, remainsOf } from './machineState.ts';
import { machineFacts, obstaclesOf } from './obstacles.ts';
import { clusterParts } from './parts.ts';
import { endStaleRuns } from './runDirectory.ts';
import { startCluster } from './start.ts';

/** Starts the one cluster of the run before all tests, and ends it after them, also if they fail. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const clearScratch = await setUpScratch(project);
  const say = (news: string): void => void process.stderr.write(`${news}\n`);
  const obstacles = obstaclesOf(machineFacts());
  const parts = obstacles.length > 0 ? obstacles : clusterParts();
  if (typeof parts !== 'function') {
    project.provide('pods', { obstacles: parts });
    return clearScratch;
  }
  for (const name of await endStaleRuns()) say(`Ended what ${name} had left`);
  const before = await machineState();
  const cluster = await startCluster(parts, say);
  project.provide('pods', { directory: cluster.facts.directory });
  return async () => {
    const began = performance.now();
    const left = await cluster.stop();
    say(`The cluster ended in ${((performance.now() - began) / 1000).toFixed(2)} s`);
    await clearScratch();
    const run = basename(cluster.facts.directory);
    const remains = [...left, ...remainsOf(run), ...differences(before, await machineState())];
    if (remains.length === 0) return;
    // Vitest only prints what is thrown here.
    process.exitCode = 1;
    throw new Error(`The cluster left: ${remains.join(', ')}`);
  };
}
