import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'proxy/**/*.test.ts', 'tools/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['tests/real/**', 'tests/pods/*.test.ts', 'tests/cases/**', 'node_modules/**'],
    testTimeout: 30_000,
    // The default leaves one processor free, which on two is half of them.
    maxWorkers: '100%',
  },
});
