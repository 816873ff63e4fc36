import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A message shows what it found.
    chaiConfig: { truncateThreshold: 400 },
    include: ['src/**/*.test.ts', 'proxy/**/*.test.ts', 'tools/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['tests/real/**', 'tests/pods/*.test.ts', 'tests/cases/**', 'node_modules/**'],
    testTimeout: 30_000,
    // A hook that writes an example takes as long as a test that does; where it runs out, its tests count as skipped.
    hookTimeout: 30_000,
    // No module has state, so files may share those that are loaded: two thirds of the time went into loading them again.
    isolate: false,
    // The default leaves one processor free, which on two is half of them.
    maxWorkers: '100%',
  },
});
