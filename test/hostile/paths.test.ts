import { describe, expect, test } from 'vitest';
import { manifestLanguage } from '../../src/gitops/desired/language.ts';
import { pushMessages } from '../../src/handlers/push.ts';
import { compiled, goodManifests, parsed } from '../support/manifests.ts';
import { pathCases, refCases } from './path-cases.ts';

describe('hostile paths', () => {
  test.each(pathCases)('a path that $reason is refused before it is read', ({ path, mode = '100644', code }) => {
    expect(manifestLanguage.pathProblem({ path, mode })).toMatchObject({ severity: 'error', code, location: { file: path } });
  });

  test.each(['trueup/prod.yaml', 'a-b/c_d/e.1.yml', '100644.yaml'])('%s may be read', (path) => {
    expect(manifestLanguage.pathProblem({ path, mode: '100644' })).toBeNull();
  });

  test('two paths that differ in case only', () => {
    const { problems } = compiled({ ...goodManifests(), 'trueup/Staging.yaml': '' });
    expect(problems.map(({ code, severity }) => [code, severity])).toContainEqual(['path-collision', 'error']);
  });
});

describe('hostile refs', () => {
  const from = { installation: { id: 100 }, repository: { id: 7, default_branch: 'main' } };

  test.each(refCases)('a push to $ref asks for nothing: $reason', ({ ref }) => {
    expect(pushMessages({ ...from, ref })).toEqual([]);
  });

  test.each(refCases)('a default branch that is $ref never leaves the webhook: $reason', ({ ref }) => {
    const messages = pushMessages({ ...from, repository: { id: 7, default_branch: ref }, ref: `refs/heads/${ref}` });
    expect(messages).toEqual([{ type: 'SyncRepository', tenantId: '100.7', payload: { reason: 'push' } }]);
  });
});

describe('the policy', () => {
  const manages = (paths: readonly string[], path: string): boolean => manifestLanguage.manages({ paths, environments: {} }, path);
  test.each([
    { pattern: 'trueup/**', path: 'trueup/a/b.yaml', wanted: true, reason: 'any depth' },
    { pattern: 'trueup/**', path: 'trueup/b.yml', wanted: true, reason: 'no depth, the other ending' },
    { pattern: 'trueup/**', path: 'trueup/readme.md', wanted: false, reason: 'another ending' },
    { pattern: 'trueup/**', path: 'trueup2/b.yaml', wanted: false, reason: 'another folder' },
    { pattern: 'teams/*/deploy/**', path: 'teams/a/deploy/x/y.yaml', wanted: true, reason: 'one part between' },
    { pattern: 'teams/*/deploy/**', path: 'teams/a/b/deploy/y.yaml', wanted: false, reason: 'two parts between' },
    { pattern: '**/deploy-?.yaml', path: 'a/b/deploy-1.yaml', wanted: true, reason: 'any depth in front' },
    { pattern: '**/a/**/b.yaml', path: 'x/a/y/a/z/b.yaml', wanted: true, reason: 'goes back to the last stars' },
    { pattern: '**', path: '.github/trueup.yml', wanted: false, reason: 'the policy is no manifest' },
    { pattern: `${'*a'.repeat(90)}`, path: `${'a'.repeat(4000)}.yaml`, wanted: false, reason: 'a pattern that is exponential for others' },
  ])('$pattern on $path: $reason', ({ pattern, path, wanted }) => {
    expect(manages([pattern], path)).toBe(wanted);
  });

  const read = (text: string) => {
    const [file] = parsed({ [manifestLanguage.policyPath]: text });
    return manifestLanguage.readPolicy(file ?? null);
  };
  const head = 'apiVersion: trueup.dev/v1\nkind: RepositoryPolicy\n';
  test('names the paths', () => {
    expect(read(`${head}paths: [deploy/**]\n`)).toEqual({ policy: { paths: ['deploy/**'], environments: {} }, problems: [] });
  });
  test('is not needed', () => {
    expect(manifestLanguage.readPolicy(null)).toEqual({ policy: { paths: ['trueup/**'], environments: {} }, problems: [] });
  });
  test.each([
    { text: `${head}path: [deploy/**]\n`, code: 'unknown-field', line: 3, reason: 'a typing error' },
    { text: `${head}paths: ["../**"]\n`, code: 'invalid-glob', line: 3, reason: 'a pattern that climbs' },
    { text: `${head}paths: []\n`, code: 'out-of-range', line: 3, reason: 'no path' },
    { text: 'kind: RepositoryPolicy\n', code: 'missing-field', line: 1, reason: 'no version' },
    { text: `${head}---\n${head}`, code: 'second-document', line: 4, reason: 'two policies' },
    { text: `${head}paths: [deploy/**\n`, code: 'yaml-syntax', line: 4, reason: 'not YAML' },
  ])('$reason is an error, and the default holds', ({ text, code, line }) => {
    const { policy, problems } = read(text);
    expect(policy).toEqual({ paths: ['trueup/**'], environments: {} });
    expect(problems.map((problem) => [problem.code, problem.location.line])).toContainEqual([code, line]);
  });
});
