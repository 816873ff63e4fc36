import { beforeAll, describe, inject } from 'vitest';
import { note } from '../../real/fixtures/scratch.ts';
import { skipBecause } from '../../real/fixtures/suite.ts';
import { type Cluster, clusterFrom } from './cluster.ts';
import { readFacts } from './facts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The directory of each cluster of the run, or what this machine lacks to run one. */
    pods: { readonly directories: readonly string[] } | { readonly obstacles: readonly string[] };
  }
}

/**
 * A group of tests with the cluster of this worker. Where none can run, the group is skipped and the run says at its end why; with
 * `CI=true` the group fails instead.
 */
export function podSuite(title: string, body: (cluster: Cluster) => void): void {
  const pods = inject('pods');
  const scratch = inject('realScratch');
  if ('obstacles' in pods) {
    skipBecause(scratch, title, pods.obstacles);
    return;
  }
  const directory = directoryOfWorker(pods.directories);
  const facts = readFacts(directory);
  for (const [name, version] of Object.entries(facts.versions))
    note(scratch, 'took-part', `${name} ${version}`);
  describe(title, () => {
    const cluster = clusterFrom(facts);
    beforeAll(async () => {
      if (readFacts(directory).isGivenUp === true) await cluster.replace();
    }, 300_000);
    body(cluster);
  });
}

/** Vitest counts workers that run at the same time from 1 on. */
function directoryOfWorker(directories: readonly string[]): string {
  const worker = process.env['VITEST_POOL_ID'] ?? '1';
  const directory = directories[Number(worker) - 1];
  if (directory === undefined)
    throw new Error(`worker ${worker} has no cluster: the run has ${directories.length}`);
  return directory;
}
