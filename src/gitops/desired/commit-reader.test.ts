import { describe, expect, test, vi } from 'vitest';
import { failOnce } from '../../../test/support/delivery.ts';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { gitopsWorld, ownerTenant, repositoryTenant } from '../../../test/support/gitops-world.ts';
import { memoryGitHub } from '../../../test/support/memory-github.ts';
import { manifest, memoryParsed, tinyCommits, unreadable } from '../../../test/support/tiny-language.ts';
import { Rejected, Unavailable } from '../../kernel/errors.ts';
import { fileProblem } from '../domain/file-problem.ts';
import { commitReader } from './commit-reader.ts';
import { desiredStateReader } from './desired-state-reader.ts';

const staging = (tag: string) => manifest({ environment: desiredEnvironment({ services: [desiredService({ image: `contoso.azurecr.io/checkout:${tag}` })] }) });
const wrongStaging = manifest({ wrong: { kind: 'RuntimeEnvironment', name: 'staging' } });

describe('reading commits', () => {
  test('fetches a blob once, whatever the number of commits that hold it', async () => {
    const github = memoryGitHub();
    const commits = tinyCommits(github.repository);
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`trueup/${index}.yaml`, manifest({ into: String(index) })]));
    await commits.at(repositoryTenant, github.commit('main', files));
    expect(github.fetched).toHaveLength(40);
    await commits.at(repositoryTenant, github.commit('main', { ...files, 'trueup/1.yaml': staging('2') }));
    expect(github.fetched).toHaveLength(41);
  });

  test('parallel readers of one commit share the work', async () => {
    const github = memoryGitHub();
    const commits = tinyCommits(github.repository);
    const head = github.commit('main', { 'trueup/a.yaml': staging('1') });
    await Promise.all(Array.from({ length: 20 }, () => commits.at(repositoryTenant, head)));
    expect(github.fetched).toHaveLength(1);
  });

  test.each([
    { code: 'parse-timeout', times: 2, reason: 'the machine was busy' },
    { code: 'parse-crashed', times: 2, reason: 'memory was short' },
    { code: 'yaml-syntax', times: 1, reason: 'the file is what it is' },
  ])('a file with the problem $code is read $times times for two readers: $reason', async ({ code, times }) => {
    for (const path of ['trueup/a.yaml', '.github/trueup.yml']) {
      const github = memoryGitHub();
      const parser = { parse: vi.fn(async (file: string) => ({ path: file, documents: [], problems: [fileProblem({ file, code, message: 'It cannot be read' })] })) };
      const commits = commitReader({ repository: github.repository, parser, parsed: memoryParsed() });
      const head = github.commit('main', { [path]: 'a: b' });
      const read = async () => (await commits.at(repositoryTenant, head)).problems.map((problem) => problem.code);
      expect([await read(), await read()]).toEqual([[code], [code]]);
      expect([parser.parse.mock.calls.length, github.fetched.length], path).toEqual([times, times]);
    }
  });

  test.each([
    { value: { spec: { values: { DATABASE_PASSWORD: 'q7Rb2Zk9Xw4Lm1Vt8Yc3Nd6' } } }, kept: 0, reason: 'its key says that it is one' },
    { value: { ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9: 'a' }, kept: 0, reason: 'it is one by its look, and a key' },
    { value: { spec: { values: { LEVEL: 'info' } } }, kept: 1, reason: 'there is none' },
  ])('a file with a secret is not kept: $reason', async ({ value, kept }) => {
    const github = memoryGitHub();
    const place = { line: 1, column: 1, endLine: 1 };
    const parser = { parse: vi.fn(async (file: string) => ({ path: file, documents: [{ value, location: { file, ...place }, places: {} }], problems: [] })) };
    const parsed = memoryParsed();
    const save = vi.spyOn(parsed, 'save');
    await commitReader({ repository: github.repository, parser, parsed }).at(repositoryTenant, github.commit('main', { 'trueup/a.yaml': 'a: b' }));
    expect(parser.parse).toHaveBeenCalledOnce();
    expect(save.mock.calls.flatMap(([, entries]) => [...entries])).toHaveLength(kept);
  });

  test('what failed is not remembered', async () => {
    const github = memoryGitHub();
    const commits = tinyCommits(failOnce(1, 'before').wrap(github.repository));
    const head = github.commit('main', { 'trueup/a.yaml': staging('1') });
    await expect(commits.at(repositoryTenant, head)).rejects.toBeInstanceOf(Unavailable);
    expect((await commits.at(repositoryTenant, head)).environments.size).toBe(1);
  });

  test.each([
    { mode: '120000', reason: 'a symlink' },
    { mode: '160000', reason: 'a submodule' },
  ])('$reason is a problem of its file and never fetched', async ({ mode }) => {
    const github = memoryGitHub();
    const head = github.commit('main', { 'trueup/a.yaml': staging('1'), 'trueup/link.yaml': '/etc/passwd' });
    github.setMode(head, 'trueup/link.yaml', mode);
    const state = await tinyCommits(github.repository).at(repositoryTenant, head);
    expect(state.problems.map(({ code, location }) => [code, location.file])).toEqual([['not-a-file', 'trueup/link.yaml']]);
    expect(state.environments.size).toBe(1);
    expect(github.fetched).toHaveLength(1);
  });

  test('a file that is too large is a problem and never fetched', async () => {
    const github = memoryGitHub();
    const head = github.commit('main', { 'trueup/big.yaml': 'x'.repeat((1 << 20) + 1) });
    const state = await tinyCommits(github.repository).at(repositoryTenant, head);
    expect(state.problems.map(({ code }) => code)).toEqual(['file-too-large']);
    expect(github.fetched).toEqual([]);
  });
});

describe('desired state', () => {
  async function world(...heads: readonly Record<string, string>[]) {
    const { github, settle, store } = gitopsWorld();
    const reader = desiredStateReader(tinyCommits(github.repository), store);
    const commits: string[] = [];
    for (const files of heads) {
      commits.push(github.commit('main', files));
      await settle('SyncRepository', { reason: 'push' });
    }
    return { reader, commits };
  }

  test('is null before the first sync', async () => {
    const { reader } = await world();
    expect(await reader.current(ownerTenant, 'staging')).toBeNull();
  });

  test('is what the synced head declares, and says when it declares nothing', async () => {
    const { reader, commits } = await world({ 'trueup/a.yaml': staging('1') }, { 'trueup/a.yaml': staging('2') });
    expect(await reader.current(ownerTenant, 'staging')).toMatchObject({ commit: commits[1], environment: { services: [{ image: 'contoso.azurecr.io/checkout:2' }] } });
    expect(await reader.current(ownerTenant, 'prod')).toMatchObject({ commit: commits[1], environment: null });
  });

  test.each([
    { text: unreadable, reason: 'its file cannot be read' },
    { text: wrongStaging, reason: 'its document is wrong' },
  ])('stays at the last good commit: $reason', async ({ text }) => {
    const { reader, commits } = await world({ 'trueup/a.yaml': staging('1') }, { 'trueup/a.yaml': text });
    expect(await reader.current(ownerTenant, 'staging')).toMatchObject({ commit: commits[0], environment: { name: 'staging' } });
    await expect(reader.at(ownerTenant, 'staging', commits[1] ?? ''), 'wrong is not absent').rejects.toBeInstanceOf(Rejected);
  });

  test('of a commit that does not declare it is null, of one that cannot be read a throw', async () => {
    const { reader, commits } = await world({ 'trueup/a.yaml': staging('1') });
    expect(await reader.at(ownerTenant, 'prod', commits[0] ?? '')).toBeNull();
    await expect(reader.at(ownerTenant, 'staging', 'f'.repeat(40))).rejects.toThrow();
  });
});
