import { defineConfig } from 'vitest/config';

/** Tests with real pods, on one cluster for the whole run: `npm run real-parts` installs what it needs. */
export default defineConfig({
  // Node 20 does not know `await using`: the syntax is translated, the symbols are Node's own.
  oxc: { target: 'node20' },
  test: {
    include: ['tests/pods/*.test.ts'],
    globalSetup: ['tests/pods/cluster/run.setup.ts'],
    // Two cores are busy with one cluster.
    fileParallelism: false,
    // Tests that say that they may run together wait for most of their time.
    maxConcurrency: 16,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
