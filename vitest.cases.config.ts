import { defineConfig } from 'vitest/config';

/** Tests of what is beside the project and no part of it: acceptance cases and pinned definitions. */
export default defineConfig({
  test: {
    // A message shows what it found.
    chaiConfig: { truncateThreshold: 400 },
    include: ['tests/cases/**/*.test.ts'],
    globalSetup: ['tests/cases/beside.setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: '100%',
  },
});
