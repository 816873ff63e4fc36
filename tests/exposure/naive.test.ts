import { expect, it } from 'vitest';
import { answerQueries, type Query, readObjects } from '../../src/exposure/queries.ts';
import fc from '../fastCheck.ts';
import { cluster } from './clusters.ts';
import { naive, naiveObjects } from './naive.ts';

it('agrees with a reading of the documentation, word by word', () => {
  const seen = { allowed: 0, blocked: 0 };
  fc.assert(
    fc.property(cluster, (each) => {
      const flows = each.pods.flatMap((from) =>
        each.pods.flatMap((to) =>
          (['TCP', 'UDP', 'SCTP'] as const).flatMap((proto) =>
            [80, 82, 84].map((port) => ({ from, to, proto, port })),
          ),
        ),
      );
      const queries = flows.map(
        ({ from, to, proto, port }): Query => ({
          from: `${from.namespace}/${from.name}`,
          to: `${to.namespace}/${to.name}`,
          protocol: proto,
          port,
        }),
      );
      const answers = answerQueries(readObjects(naiveObjects(each), 'random'), queries, {
        enforcer: 'given',
        lan: [],
        vpn: [],
      });
      flows.forEach(({ from, to, proto, port }, i) => {
        const into = naive(each, 'ingress', from, to, proto, port);
        const out = naive(each, 'egress', from, to, proto, port);
        const verdict = into === 'allowed' && out === 'allowed' ? 'allowed' : 'blocked';
        seen[verdict] += 1;
        const { because: _because, ...answer } = answers[i] ?? { because: [] };
        expect(answer).toEqual({ verdict, ingress: into, egress: out });
      });
    }),
    { numRuns: 2000 },
  );
  // The clusters must try both sides.
  expect(seen.allowed).toBeGreaterThan(1000);
  expect(seen.blocked).toBeGreaterThan(1000);
}, 120_000);
