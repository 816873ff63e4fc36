import { defineConfig } from 'vitest/config';
import { howManyClusters } from './tests/pods/cluster/howMany.ts';
import { LongestFirst } from './tests/pods/cluster/longestFirst.ts';

/** Tests with real pods: `npm run real-parts` installs what they need. */
export default defineConfig({
  // Node 20 does not know `await using`: the syntax is translated, the symbols are Node's own.
  oxc: { target: 'node20' },
  test: {
    // A message shows what it found.
    chaiConfig: { truncateThreshold: 400 },
    include: ['tests/pods/*.test.ts'],
    globalSetup: ['tests/pods/cluster/run.setup.ts'],
    // Each worker has a cluster of its own, on which one file runs at a time.
    maxWorkers: howManyClusters(),
    sequence: { sequencer: LongestFirst },
    // Tests that say that they may run together wait for most of their time.
    maxConcurrency: 16,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
