import { cruise } from 'dependency-cruiser';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const configuration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  forbidden: { name: string }[];
  options: Record<string, unknown>;
};

const scratch = mkdtempSync(join(tmpdir(), 'trueup-boundaries-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Report {
  modules: { source: string }[];
  summary: { violations: { rule: { name: string }; from: string }[] };
}

async function violationsIn(folder: string): Promise<Report> {
  const options = { ...configuration.options, baseDir: folder, ruleSet: { forbidden: configuration.forbidden }, validate: true };
  const result = await cruise(['src'], options as never);
  // With no output type the cruiser answers with its result object.
  return result.output as unknown as Report;
}

/** One file that breaks each rule, and what it imports. */
const planted: Record<string, { files: Record<string, string>; reason: string }> = {
  'no-cycle': {
    reason: 'two files import each other',
    files: { 'src/kernel/a.ts': "import './b.ts';", 'src/kernel/b.ts': "import './a.ts';" },
  },
  'no-unresolved': { reason: 'the file is not there', files: { 'src/kernel/a.ts': "import './missing.ts';" } },
  'kernel-is-alone': {
    reason: 'the kernel imports a context, for its types only',
    files: { 'src/kernel/a.ts': "import type { B } from '../contexts/deployment/b.ts'; export type A = B;", 'src/contexts/deployment/b.ts': 'export type B = 1;' },
  },
  'kernel-packages': { reason: 'the kernel uses a service package', files: { 'src/kernel/a.ts': "import { parse } from 'yaml'; parse('');" } },
  'contexts-are-strangers': {
    reason: 'deployment reads the domain of health',
    files: { 'src/contexts/deployment/a.ts': "import type { B } from '../health-scaling/b.ts'; export type A = B;", 'src/contexts/health-scaling/b.ts': 'export type B = 1;' },
  },
  'context-imports': {
    reason: 'a context reaches for an adapter',
    files: { 'src/contexts/deployment/a.ts': "import '../../adapters/redis/b.ts';", 'src/adapters/redis/b.ts': 'export const b = 1;' },
  },
  'context-packages': { reason: 'a context calls Node', files: { 'src/contexts/deployment/a.ts': "import { readFileSync } from 'node:fs'; readFileSync('/');" } },
  'domain-is-pure': {
    reason: 'a value knows its reaction',
    files: { 'src/contexts/deployment/domain/a.ts': "import '../reactions/b.ts';", 'src/contexts/deployment/reactions/b.ts': 'export const b = 1;' },
  },
  'gitops-imports': {
    reason: 'gitops reads a context',
    files: { 'src/gitops/a.ts': "import '../contexts/deployment/b.ts';", 'src/contexts/deployment/b.ts': 'export const b = 1;' },
  },
  'adapters-know-ports': {
    reason: 'an adapter uses a decision of a context',
    files: { 'src/adapters/azure/a.ts': "import '../../contexts/deployment/domain/b.ts';", 'src/contexts/deployment/domain/b.ts': 'export const b = 1;' },
  },
  'shell-parts-are-strangers': {
    reason: 'a handler writes to Redis itself',
    files: { 'src/handlers/a.ts': "import '../adapters/redis/b.ts';", 'src/adapters/redis/b.ts': 'export const b = 1;' },
  },
  'shell-parts-know-no-context': {
    reason: 'jobs know a reaction',
    files: { 'src/jobs/a.ts': "import '../contexts/deployment/context.ts';", 'src/contexts/deployment/context.ts': 'export const b = 1;' },
  },
  'bullmq-in-jobs-only': { reason: 'a handler opens a queue', files: { 'src/handlers/a.ts': "import { Queue } from 'bullmq'; void Queue;" } },
  'azure-sdk-in-adapter-only': { reason: 'the app calls the SDK', files: { 'src/app.ts': "import { SecretClient } from '@azure/keyvault-secrets'; void SecretClient;" } },
  'local-is-for-demo-and-tests': {
    reason: 'the app starts the embedded cloud',
    files: { 'src/app.ts': "import './local/azure/b.ts';", 'src/local/azure/b.ts': 'export const b = 1;' },
  },
  'app-is-the-top': {
    reason: 'a job builds an app',
    files: { 'src/jobs/a.ts': "import '../app.ts';", 'src/app.ts': 'export const b = 1;' },
  },
  'no-dev-packages': { reason: 'what ships uses the test runner', files: { 'src/app.ts': "import { expect } from 'vitest'; void expect;" } },
};

function plant(name: string, files: Record<string, string>): string {
  const folder = join(scratch, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('boundaries', () => {
  test('every rule has a planted violation', () => {
    expect(Object.keys(planted).sort()).toEqual(configuration.forbidden.map((rule) => rule.name).sort());
  });

  test.each(Object.entries(planted))('%s fires', async (rule, { files, reason }) => {
    const { summary } = await violationsIn(plant(rule, files));
    expect(summary.violations.map((violation) => violation.rule.name), reason).toContain(rule);
  });

  test('the project keeps them, and every source file was seen', async () => {
    const { modules, summary } = await violationsIn(root);
    const seen = new Set(modules.map((module) => module.source));
    const tracked = execFileSync('git', ['ls-files', 'src/*.ts'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    expect(tracked.filter((file) => !seen.has(file))).toEqual([]);
    expect(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`)).toEqual([]);
  });
});
