import { spawn } from 'node:child_process';
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultLimits } from '../../src/local/github/limits.ts';
import { clone, githubBench, wideLimits, type GitHubBench, type Payload, type WorkingCopy } from '../support/local-github.ts';
import { heldTotals } from '../support/totals.ts';

// https://docs.github.com/rest: commits/commits#compare-two-commits, pulls/pulls#list-pull-requests-files, repos/contents, git/trees;
// https://docs.github.com/webhooks/webhook-events-and-payloads#push and its note on 25 MB.
let bench: GitHubBench;
let octokit: Octokit;
let copy: WorkingCopy;
let held = 0;
const at = { owner: 'acme', repo: 'large' };
const events = ['push', 'create', 'delete', 'pull_request'];

beforeAll(async () => {
  bench = await githubBench({ app: { events } });
  octokit = bench.person();
  copy = await clone(bench, await bench.github.createRepository('large', { 'a.yaml': 'a: 1\n' }), bench.github.token);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  heldTotals('github-limits-of-lists', { limits: held });
});

/** Commits by the hundred thousand files, which no working copy has to hold. */
function imported({ path }: WorkingCopy, commits: readonly string[]): Promise<void> {
  const child = spawn('git', ['-C', path, 'fast-import', '--quiet', '--force'], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(`blob\nmark :1\ndata 1\nx\n${commits.join('')}done\n`);
  return new Promise((resolve, reject) => child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`fast-import ended with ${code}`)))));
}

const commit = (branch: string, from: string | null, files: readonly string[], message = '') =>
  `commit refs/heads/${branch}\ncommitter Dev <dev@example.com> 1 +0000\ndata ${message.length}\n${message}\n${from === null ? '' : `from ${from}\n`}${files.map((file) => `M 100644 :1 ${file}\n`).join('')}\n`;
const names = (prefix: string, from: number, to: number): string[] => Array.from({ length: to - from }, (_, index) => `${prefix}${String(from + index).padStart(7, '0')}`);

describe('a list', () => {
  const sizes = [300, 301, 1000, 1001, 3000, 3001];
  beforeAll(async () => {
    const files = sizes.map((size, index) => commit(`files-${size}`, index === 0 ? 'refs/remotes/origin/main' : `refs/heads/files-${sizes[index - 1]}`, names('d/f', sizes[index - 1] ?? 0, size)));
    const chain = (size: number) => Array.from({ length: size }, (_, index) => commit(`commits-${size}`, index === 0 ? 'refs/remotes/origin/main' : null, []));
    await imported(copy, [...files, ...chain(250), ...chain(251)]);
    await copy.git('push', '--quiet', 'origin', ...sizes.map((size) => `files-${size}`), 'commits-250', 'commits-251');
  });
  const compared = (head: string, more: object = {}) => octokit.repos.compareCommitsWithBasehead({ ...at, basehead: `main...${head}`, ...more });
  const pullFiles = async (head: string): Promise<number> => {
    const { data } = await octokit.pulls.create({ ...at, head, base: 'main', title: head });
    const page = async (number: number): Promise<number> => (await octokit.pulls.listFiles({ ...at, pull_number: data.number, per_page: 100, page: number })).data.length;
    return 29 * 100 + (await page(30)) + (await page(31));
  };
  const folder = async (ref: string): Promise<number> => {
    const { data } = await octokit.repos.getContent({ ...at, path: 'd', ref });
    return Array.isArray(data) ? data.length : -1;
  };

  test.each<{ limit: string; within: () => Promise<unknown>; beyond: () => Promise<unknown>; most: number }>([
    { limit: 'commits of an unpaged comparison', within: async () => (await compared('commits-250')).data.commits.length, beyond: async () => (await compared('commits-251')).data.commits.length, most: 250 },
    { limit: 'files of a comparison', within: async () => (await compared('files-300')).data.files?.length, beyond: async () => (await compared('files-301')).data.files?.length, most: 300 },
    { limit: 'files of a folder', within: () => folder('files-1000'), beyond: () => folder('files-1001'), most: 1000 },
    { limit: 'files of a pull request', within: () => pullFiles('files-3000'), beyond: () => pullFiles('files-3001'), most: 3000 },
  ])('has so many $limit: $most', async ({ within, beyond, most }) => {
    expect([await within(), await beyond()]).toEqual([most, most]);
    held += 1;
  });

  test('of a comparison counts all its commits, and has files on the first page only', async () => {
    expect((await compared('commits-251')).data.total_commits).toBe(251);
    const [first, second] = [await compared('files-301', { per_page: 1, page: 1 }), await compared('files-301', { per_page: 1, page: 2 })];
    expect([first.data.files?.length, second.data.files?.length]).toEqual([300, 0]);
    held += 1;
  });

  test('of a pull request\'s files has 30 a page', async () => {
    const { data } = await octokit.pulls.create({ ...at, head: 'files-301', base: 'main', title: '301' });
    expect((await octokit.pulls.listFiles({ ...at, pull_number: data.number })).data).toHaveLength(30);
    held += 1;
  });
});

describe('a recursive tree', () => {
  /** In a hundred folders, because Git imports one large folder slowly. */
  const inFolders = (files: readonly string[]): string[] => files.map((file, index) => `${String(index % 100).padStart(4, '0')}/${file}`);
  // A name of 250 characters takes 28 more bytes, and each folder 32: 26,391 are the last within 7 MiB.
  const long = inFolders(names('n'.repeat(243), 0, 26_391));
  beforeAll(async () => {
    await imported(copy, [
      commit('wide', null, inFolders(names('f', 0, 99_900))),
      commit('wider', 'refs/heads/wide', ['z']),
      commit('heavy', null, long),
      commit('heavier', 'refs/heads/heavy', ['z'.repeat(250)]),
    ]);
    await copy.git('push', '--quiet', 'origin', 'wide', 'wider', 'heavy', 'heavier');
  });

  test.each([
    { reason: '100,000 entries are whole', branch: 'wide', entries: 100_000, truncated: false },
    { reason: 'one more is cut off', branch: 'wider', entries: 100_000, truncated: true },
    { reason: '7 MB are whole', branch: 'heavy', entries: 26_491, truncated: false },
    { reason: 'what goes over them is cut off', branch: 'heavier', entries: 26_491, truncated: true },
  ])('$reason', async ({ branch, entries, truncated }) => {
    const { data } = await octokit.git.getTree({ ...at, tree_sha: branch, recursive: '1' });
    expect([data.tree.length, data.truncated]).toEqual([entries, truncated]);
    held += 1;
  });
});

describe('a push', () => {
  async function eventsOf(push: () => Promise<unknown>, { events: heard, settled }: GitHubBench = bench): Promise<Payload[]> {
    await settled();
    heard.length = 0;
    await push();
    await settled();
    return heard.map(({ name, payload }) => ({ event: name, ...payload }));
  }
  const pushed = async (...refs: readonly string[]): Promise<Payload[]> => (await eventsOf(() => copy.git('push', '--quiet', 'origin', ...refs))).filter(({ event }) => event === 'push');

  test('tells of 2,048 commits, and of a longer one the same number', async () => {
    const chain = (from: string, size: number) => Array.from({ length: size }, (_, index) => commit('long', index === 0 ? from : null, [], 'long'));
    for (const [size, from] of [[2048, 'refs/remotes/origin/main'], [2049, 'refs/heads/long^0']] as const) {
      await imported(copy, chain(from, size));
      const [event] = await pushed('long');
      expect(event.commits).toHaveLength(2048);
      expect(event.head_commit.id).toBe(await copy.git('rev-parse', 'long'));
      expect(event.commits.at(-1).id).toBe(event.after);
    }
    held += 1;
  });

  test.each([
    { reason: '3,000 files of a commit are told', files: 3000 },
    { reason: 'the 3,001st is not', files: 3001 },
  ])('$reason', async ({ files }) => {
    await imported(copy, [commit(`told-${files}`, 'refs/remotes/origin/main', names('t/f', 0, files))]);
    const [event] = await pushed(`told-${files}`);
    expect(event.commits[0].added).toHaveLength(3000);
    expect(event.head_commit.added).toHaveLength(3000);
    held += 1;
  });

  test.each([
    { reason: 'three tags at once are told', tags: ['a1', 'a2', 'a3'], told: 3 },
    { reason: 'of four nothing is', tags: ['b1', 'b2', 'b3', 'b4'], told: 0 },
  ])('$reason', async ({ tags, told }) => {
    for (const tag of tags) await copy.git('tag', tag, 'origin/main');
    const heard = await eventsOf(() => copy.git('push', '--quiet', 'origin', ...tags));
    expect(heard.map(({ event }) => event).toSorted()).toEqual([...Array.from({ length: told }, () => 'create'), ...Array.from({ length: told }, () => 'push')]);
    held += 1;
  });

  test('of 5,000 branches at once is told, here of three; of more nothing', async () => {
    await using small = await githubBench({ app: { events }, limits: { ...wideLimits, pushedBranches: 3 } });
    const other = await clone(small, await small.github.createRepository('branches', { 'a.yaml': '' }), small.github.token);
    const push = async (many: number, prefix: string): Promise<number> => (await eventsOf(() => other.git('push', '--quiet', 'origin', ...names(prefix, 0, many).map((name) => `HEAD:refs/heads/${name}`)), small)).length;
    expect([await push(3, 'a'), await push(4, 'b')]).toEqual([6, 0]);
    expect(defaultLimits.pushedBranches).toBe(5000);
    held += 1;
  });

  test('whose payload has more than 25 MB, here 200 kB, is not delivered and is in no list', async () => {
    expect(defaultLimits.payloadBytes).toBe(25 * 1024 * 1024);
    await using small = await githubBench({ app: { events: ['push'] }, limits: { ...wideLimits, payloadBytes: 200_000 } });
    const other = await clone(small, await small.github.createRepository('payloads', { 'a.yaml': '' }), small.github.token);
    // The message comes twice: in the list of commits and as the head's.
    for (const [branch, length] of [['smaller', 90_000], ['larger', 100_000]] as const) {
      await imported(other, [commit(branch, 'refs/remotes/origin/main', [], 'm'.repeat(length))]);
      await eventsOf(() => other.git('push', '--quiet', 'origin', branch), small);
      const listed = small.github.deliveries.list().filter(({ event: name, request }) => name === 'push' && request.body.includes(`refs/heads/${branch}`));
      expect([small.events.length, listed.length], branch).toEqual(branch === 'smaller' ? [1, 1] : [0, 0]);
    }
    held += 1;
  });
});
