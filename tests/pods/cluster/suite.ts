import { describe, inject } from 'vitest';
import { skipBecause } from '../../real/fixtures/suite.ts';
import { type Cluster, type ClusterFacts, clusterFrom } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's cluster, or what this machine lacks to run one. */
    pods: { readonly facts: ClusterFacts } | { readonly obstacles: readonly string[] };
  }
}

/**
 * A group of tests with the run's cluster. Where it cannot run, the group is skipped and the run says at its end why; with
 * `CI=true` the group fails instead.
 */
export function podSuite(title: string, body: (cluster: Cluster) => void): void {
  const pods = inject('pods');
  if ('facts' in pods) describe(title, () => body(clusterFrom(pods.facts)));
  else skipBecause(inject('realScratch'), title, pods.obstacles);
}
