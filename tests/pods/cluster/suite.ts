import { describe, inject } from 'vitest';
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
  if ('directory' in pods) describe(title, () => body(clusterFrom(readFacts(pods.directory))));
  else skipBecause(inject('realScratch'), title, pods.obstacles);
}
