import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/**
 * What is pure, or makes all that it touches anew: these files share their workers, which saves a process and all imports for each.
 * Whoever changes what a process has once (environment variables, `console`, the clock, `fetch`) has a process of its own.
 */
const together = [
  'src/{kernel,contexts,gitops,local}/**/*.test.ts',
  'src/adapters/azure/!(credential|pinning).test.ts',
  'src/adapters/{audit,gates,github,grants,outage,redis,telemetry}/**/*.test.ts',
  'src/{handlers,jobs}/**/*.test.ts',
  'src/cli/local/**/*.test.ts',
  'test/architecture/{boundaries,container-files,totals}.test.ts',
  'test/hostile/**/*.test.ts',
  'test/promises/{fleet-figures,promise,p15}.test.ts',
  'test/support/**/*.test.ts',
  // GitHub's description alone is 13 MB to read, and the clients of both clouds are slow to load. Not those that sign in as the machine's
  // identity, which a process has once.
  'test/contract/github-**/*.test.ts',
  'test/contract/github-*.test.ts',
  'test/contract/azure-{behaviour,errors,local-apps,traffic}*.test.ts',
  'test/contract/store.test.ts',
  'test/contract/azure-{replay,spec}/*.test.ts',
];

// What one process has compiled, the others need not: workers, and the programs that scenarios start.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A loaded machine is late, not wrong: what never comes still fails.
    expect: { poll: { timeout: 15_000, interval: 20 } },
    // Two more than the cores: scenarios and promises mostly wait for Azure's and GitHub's pace.
    maxWorkers: 4,
    pool: 'forks',
    reporters: ['default'],
    // They start in the order of their names: the long scenarios first, and what is short at the end.
    projects: [
      { extends: true, test: { name: 'apart', include: ['{src,test}/**/*.test.ts'], exclude: [...configDefaults.exclude, ...together] } },
      { extends: true, test: { name: 'together', include: together, isolate: false } },
    ],
  },
});
