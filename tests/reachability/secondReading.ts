import { expect } from 'vitest';
import type { Protocol } from '../../src/reachability/model/analysis.ts';
import { answerQueries, type Query, readObjects } from '../../src/reachability/queries.ts';
import fc from '../fastCheck.ts';
import type { NaiveCluster, NaivePod } from './naive.ts';

/** The result of a second reading for one side of a connection. */
type Reading<Cluster> = (
  cluster: Cluster,
  direction: 'ingress' | 'egress',
  from: NaivePod,
  to: NaivePod,
  protocol: string,
  port: number,
) => 'allowed' | 'blocked';

/** Compares the prover with a second reading, between all pods of 2,000 generated clusters. */
export function holdTo<Cluster extends NaiveCluster>(
  clusters: fc.Arbitrary<Cluster>,
  objectsOf: (cluster: Cluster) => unknown[],
  reading: Reading<Cluster>,
  { protocols, enforcer }: { protocols: readonly Protocol[]; enforcer: string },
): void {
  const seen = { allowed: 0, blocked: 0 };
  fc.assert(
    fc.property(clusters, (each) => {
      const flows = each.pods.flatMap((from) =>
        each.pods.flatMap((to) =>
          protocols.flatMap((protocol) => [80, 82, 84].map((port) => ({ from, to, protocol, port }))),
        ),
      );
      const queries = flows.map(
        ({ from, to, protocol, port }): Query => ({
          from: `${from.namespace}/${from.name}`,
          to: `${to.namespace}/${to.name}`,
          ...{ protocol, port },
        }),
      );
      const answers = answerQueries(readObjects(objectsOf(each), 'random'), queries, {
        ...{ enforcer, lan: [], vpn: [] },
      });
      flows.forEach(({ from, to, protocol, port }, i) => {
        const ingress = reading(each, 'ingress', from, to, protocol, port);
        const egress = reading(each, 'egress', from, to, protocol, port);
        const verdict = ingress === 'allowed' && egress === 'allowed' ? 'allowed' : 'blocked';
        seen[verdict] += 1;
        const { because, ...answer } = answers[i] ?? { because: [] };
        expect(answer).toEqual({ verdict, ingress, egress });
        expect(because.length).toBeGreaterThan(0);
      });
    }),
    { numRuns: 2000 },
  );
  // The clusters must try both sides.
  expect(seen.allowed).toBeGreaterThan(1000);
  expect(seen.blocked).toBeGreaterThan(1000);
}
