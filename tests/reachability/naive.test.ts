// Crosses the model, the policy systems and the flow evaluation of the prover.
import { it } from 'vitest';
import { cluster } from './clusters.ts';
import { naive, naiveObjects } from './naive.ts';
import { holdTo } from './secondReading.ts';

it('the prover agrees with a literal reading of the documentation of NetworkPolicy', () => {
  holdTo(cluster, naiveObjects, naive, { protocols: ['TCP', 'UDP', 'SCTP'], enforcer: 'given' });
}, 120_000);
