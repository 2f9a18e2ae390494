import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A loaded machine is late, not wrong: what never comes still fails.
    expect: { poll: { timeout: 15_000, interval: 20 } },
    // One more than the cores: scenarios mostly wait for Azure's and GitHub's pace.
    maxWorkers: 3,
    pool: 'forks',
    reporters: ['default'],
  },
});
