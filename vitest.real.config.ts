import { defineConfig } from 'vitest/config';

/** Tests with real programs: `npm run real-parts` installs what they need. */
export default defineConfig({
  // Node 20 does not know `await using`: the syntax is translated, the symbols are Node's own.
  oxc: { target: 'node20' },
  test: {
    include: ['tests/real/**/*.test.ts'],
    globalSetup: ['tests/real/fixtures/run.setup.ts'],
    // One control plane serves the whole run, and two cores are busy with one file.
    fileParallelism: false,
    // Tests that say that they may run together wait for most of their time.
    maxConcurrency: 16,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
