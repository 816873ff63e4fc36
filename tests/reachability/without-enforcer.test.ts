// Crosses the compiler, its rendering to files, the manifest loader and the prover.
import { expect, it } from 'vitest';
import { preparedHome } from '../home.ts';

it('proves and refutes nothing about the network without a policy enforcer', async () => {
  const { analysis } = await preparedHome({
    cluster(value) {
      value.cluster.network.policyEnforcer = 'none';
    },
  });
  const verdicts = new Map(analysis.proofs.map(({ claim, verdict }) => [claim, verdict]));
  expect([...verdicts].filter(([, verdict]) => verdict === 'refuted')).toEqual([]);
  const network = analysis.proofs.filter(
    ({ invariant }) => invariant.endsWith('-clients') || invariant === 'default-deny',
  );
  expect(network.length).toBeGreaterThan(5);
  expect(network.filter(({ verdict }) => verdict !== 'unknown').map(({ claim }) => claim)).toEqual([]);
});
