import { defineConfig } from 'vitest/config';

const project = (name: string, files: string) => ({
  extends: true as const,
  test: { name, include: [files], globalSetup: ['tests/real/fixtures/run.setup.ts'] },
});

/** Tests with real programs: `npm run real-parts` installs what they need. */
export default defineConfig({
  // Node 20 does not know `await using`: the syntax is translated, the symbols are Node's own.
  oxc: { target: 'node20' },
  test: {
    // A message shows what it found.
    chaiConfig: { truncateThreshold: 400 },
    // The files of the first share one control plane and mostly wait for it: CI runs both at the same time.
    projects: [project('cluster', 'tests/real/*.test.ts'), project('programs', 'tests/real/*/**/*.test.ts')],
    // Two cores are busy with one file of each.
    fileParallelism: false,
    // Tests that say that they may run together wait for most of their time.
    maxConcurrency: 16,
    // A busy machine is ten times as slow as a quiet one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
