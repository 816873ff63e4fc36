// Crosses the prover with a model of kube-router that shares no code with it: what it is known to decide otherwise is unknown.
import { describe, expect, it } from 'vitest';
import { assumptionsOf } from '../../src/operations/assumptions.ts';
import { analyse } from '../../src/reachability/analyse.ts';
import { buildModel } from '../../src/reachability/model/model.ts';
import { answerQueries, readObjects } from '../../src/reachability/queries.ts';
import fc from '../fastCheck.ts';
import { preparedHome } from '../home.ts';
import { allDefects, documented } from '../pods/fixtures/enforcerDefects.ts';
import { predicted } from '../pods/fixtures/enforcerModel.ts';
import { variants } from '../variants.ts';
import { blocksAround, cluster as clusters, namespace, policyIn } from './clusters.ts';
import { naiveObjects } from './naive.ts';

/** Clusters as an API server admits them: an exception is inside of its block. */
const stored = clusters.chain((cluster) => {
  const policy = policyIn(namespace, blocksAround(cluster.pods.map(({ ip }) => ip)));
  return fc
    .array(policy, { minLength: 1, maxLength: 4 })
    .map((policies) => ({ ...cluster, policies: policies.map((each, at) => ({ ...each, name: `n${at}` })) }));
});

const ports = [80, 81, 82, 83, 84];
const verdicts = { open: 'allowed', refused: 'blocked', either: 'unknown' };

it('the prover says of kube-router nothing that it does otherwise', { timeout: 120_000 }, () => {
  const counts = { unknown: 0, needless: 0 };
  fc.assert(
    fc.property(stored, (cluster) => {
      const asked = cluster.pods.flatMap((from) =>
        cluster.pods
          .filter((to) => to !== from)
          .flatMap((to) =>
            (['TCP', 'UDP'] as const).flatMap((protocol) =>
              ports.map((port) => ({ from, to, protocol, port })),
            ),
          ),
      );
      const queries = asked.map(({ from, to, protocol, port }) => ({
        ...{ from: `${from.namespace}/${from.name}`, to: `${to.namespace}/${to.name}` },
        ...{ protocol, port },
      }));
      const answers = answerQueries(readObjects(naiveObjects(cluster), 'list'), queries, {
        ...{ enforcer: 'kube-router', lan: [], vpn: [] },
      });
      for (const [at, { from, to, protocol, port }] of asked.entries()) {
        const said = answers[at]?.verdict;
        const done = predicted(cluster, from, to, { protocol, port }, new Set(allDefects));
        if (said === 'unknown') {
          counts.unknown += 1;
          if (done === documented(cluster, from, to, { protocol, port })) counts.needless += 1;
        } else {
          const context = { cluster, query: queries[at], because: answers[at]?.because };
          expect({ said, context }).toEqual({ said: verdicts[done], context });
        }
      }
    }),
    { numRuns: 400 },
  );
  expect(counts.unknown).toBeGreaterThan(500);
  // A doubt where both agree: which pod has a name first, for one. It must stay rare.
  expect(counts.needless / counts.unknown).toBeLessThan(0.05);
});

describe('no policy that Gatehouse writes is touched by it', () => {
  it.each(variants)('$name', async (variant) => {
    const { repository, configuration } = await preparedHome(variant);
    const assumptions = { ...assumptionsOf(configuration), enforcer: 'kube-router' };
    const { network, policies } = buildModel(repository.objects, assumptions);
    expect(policies.length).toBeGreaterThan(5);
    expect(network.deviations).toEqual([]);
    const verdicts = (enforcer: string) =>
      analyse(repository.objects, { ...assumptions, enforcer }).proofs.map(({ claim, verdict }) => [
        ...[claim, verdict],
      ]);
    expect(verdicts('kube-router')).toEqual(verdicts('canal'));
  });
});
