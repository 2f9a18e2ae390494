import { describe, expect, test } from 'vitest';
import { manifestLanguage } from '../../src/gitops/desired/language.ts';
import { compiled, goodManifests, parsed } from '../support/manifests.ts';

interface PathCase {
  readonly reason: string;
  readonly path: string;
  readonly mode?: string;
  readonly code: string;
}

const cases: readonly PathCase[] = [
  { reason: 'climbs out', path: '../../etc/passwd.yaml', code: 'invalid-path' },
  { reason: 'starts at the root', path: '/abs.yaml', code: 'invalid-path' },
  { reason: 'climbs in the middle', path: 'a/../../b.yaml', code: 'invalid-path' },
  { reason: 'climbs with backslashes', path: 'a\\..\\b.yaml', code: 'invalid-path' },
  { reason: 'climbs in percent', path: '%2e%2e/b.yaml', code: 'invalid-path' },
  { reason: 'is a symbolic link', path: 'trueup/link.yaml', mode: '120000', code: 'symlink' },
  { reason: 'is a submodule', path: 'trueup/module.yaml', mode: '160000', code: 'submodule' },
  { reason: 'is a folder', path: 'trueup/folder.yaml', mode: '040000', code: 'not-a-file' },
  { reason: 'has 4,096 characters', path: `trueup/${'a'.repeat(4084)}.yaml`, code: 'invalid-path' },
  { reason: 'lies in Git', path: '.git/config.yaml', code: 'invalid-path' },
  { reason: 'lies in Git, in upper case', path: 'trueup/.GIT/hooks.yml', code: 'invalid-path' },
  { reason: 'runs a program', path: 'trueup/$(id).yaml', code: 'invalid-path' },
  { reason: 'is an option', path: '--upload-pack=x.yaml', code: 'invalid-path' },
  { reason: 'has a line break', path: 'trueup/a\nb.yaml', code: 'invalid-path' },
  { reason: 'has a NUL', path: 'trueup/a\0.yaml', code: 'invalid-path' },
  { reason: 'has an empty part', path: 'trueup//a.yaml', code: 'invalid-path' },
  { reason: 'has a Cyrillic letter', path: 'trueup/рrod.yaml', code: 'invalid-path' },
];

describe('hostile paths', () => {
  test.each(cases)('a path that $reason is refused before it is read', ({ path, mode = '100644', code }) => {
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
