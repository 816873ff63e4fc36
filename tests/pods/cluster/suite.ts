import { describe, inject } from 'vitest';
import { note } from '../../real/fixtures/scratch.ts';
import { skipBecause } from '../../real/fixtures/suite.ts';
import { type Cluster, clusterFrom } from './cluster.ts';
import { readFacts } from './facts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's cluster, or what this machine lacks to run one. */
    pods: { readonly directory: string } | { readonly obstacles: readonly string[] };
  }
}

/**
 * A group of tests with the run's cluster. Where it cannot run, the group is skipped and the run says at its end why; with
 * `CI=true` the group fails instead.
 */
export function podSuite(title: string, body: (cluster: Cluster) => void): void {
  const pods = inject('pods');
  const scratch = inject('realScratch');
  if ('obstacles' in pods) {
    skipBecause(scratch, title, pods.obstacles);
    return;
  }
  const facts = readFacts(pods.directory);
  for (const [name, version] of Object.entries(facts.versions))
    note(scratch, 'took-part', `${name} ${version}`);
  describe(title, () => body(clusterFrom(facts)));
}
