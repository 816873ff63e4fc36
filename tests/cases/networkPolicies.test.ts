// Crosses the model, the policy systems and the flow evaluation of the prover.
import { describe, expect, it } from 'vitest';
import { answerQueries, type Query, readObjects } from '../../src/reachability/queries.ts';
import { listOf, networkPolicyCases, reason } from './networkPolicyCases.ts';

describe(`NetworkPolicy cases of cyclonus${reason}`, () => {
  const cases = networkPolicyCases();

  it.skipIf(cases.length === 0)('has 70 cases', () => {
    expect(cases).toHaveLength(70);
  });

  it.each(cases.map((each, position) => [position, each.description, each] as const))(
    '%i %s',
    (_position, _description, each) => {
      for (const step of each.steps) {
        const objects = readObjects(listOf(step), 'case');
        const byNumber = step.flows.map(
          ([from, to, proto, port]): Query => ({ from, to, protocol: proto, port }),
        );
        const byName = step.flows.map(
          ([from, to, proto, , port]): Query => ({ from, to, protocol: proto, port }),
        );
        const expected = step.flows.map(([from, to, proto, port, , ingress, egress, verdict]) => ({
          from,
          to,
          proto,
          port,
          ingress,
          egress,
          verdict,
        }));
        for (const queries of [byNumber, byName]) {
          const answers = answerQueries(objects, queries, { enforcer: 'given', lan: [], vpn: [] });
          const found = answers.map(({ ingress, egress, verdict }, i) => {
            const [from, to, proto, port] = step.flows[i] ?? [];
            return { from, to, proto, port, ingress, egress, verdict };
          });
          expect(found).toEqual(expected);
          expect(answers.every(({ because }) => because.length > 0)).toBe(true);
        }
      }
    },
  );
});
