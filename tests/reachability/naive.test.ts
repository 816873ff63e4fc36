import { it } from 'vitest';
import { cluster } from './clusters.ts';
import { naive, naiveObjects } from './naive.ts';
import { holdTo } from './secondReading.ts';

it('agrees with a reading of the documentation, word by word', () => {
  holdTo(cluster, naiveObjects, naive, { protocols: ['TCP', 'UDP', 'SCTP'], enforcer: 'given' });
}, 120_000);
