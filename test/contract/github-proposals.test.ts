import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pullRequestMessages } from '../../src/handlers/pull-request.ts';
import { NotAllowed, Rejected, Unavailable } from '../../src/kernel/errors.ts';
import type { Proposal, Proposals, ProposedFile } from '../../src/gitops/ports.ts';
import { adaptersBench, manifest, signal, type AdaptersBench } from '../support/adapters-bench.ts';

let world: AdaptersBench;
let at: { readonly owner: string; readonly repo: string };
beforeAll(async () => {
  world = await adaptersBench();
  at = { owner: world.repository.owner, repo: world.repository.name };
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.bench.github.faults.clear());

const changed: ProposedFile = { path: 'deploy/checkout.yaml', mode: '100644', content: { text: 'kind: Other\n' } };
let branches = 0;
const freshBranch = (): string => `trueup/revert-${(branches += 1)}`;

function proposalOf(branch: string, commit: string, over: Partial<Proposal> = {}): Proposal {
  return { branch, baseRef: 'main', commit, ours: [commit], number: null, title: 'Revert', body: 'Why', bodyWhenLeft: 'Left', ...over };
}

const commit = (files: readonly ProposedFile[] = [changed]): Promise<string> => world.github.proposals.commit(world.tenant, { base: world.head, message: 'Revert', files }, signal);
const propose = (proposal: Proposal) => world.github.proposals.propose(world.tenant, proposal, signal);
const textAt = async (sha: string, path: string): Promise<string | null> => {
  const entry = (await world.github.repository.tree(world.tenant, sha)).find((one) => one.path === path);
  return entry === undefined ? null : Buffer.from(await world.github.repository.blob(world.tenant, entry.sha, 10_000)).toString();
};

/** A commit of a person on the branch. */
async function pushTo(branch: string): Promise<string> {
  const { data } = await world.bench.person().rest.repos.createOrUpdateFileContents({ ...at, branch, path: `${branch}.txt`, message: 'Mine', content: 'eA==' });
  return data.commit.sha ?? '';
}

describe('a commit', () => {
  test('holds what is changed, takes a blob that is there, deletes, and leaves the rest', async () => {
    const tree = await world.github.repository.tree(world.tenant, world.head);
    const readme = tree.find(({ path }) => path === 'README.md')?.sha ?? '';
    const sha = await commit([changed, { path: 'copy.md', mode: '100644', content: { blob: readme } }, { path: 'README.md', mode: '100644', content: null }]);
    expect([await textAt(sha, changed.path), await textAt(sha, 'copy.md'), await textAt(sha, 'README.md')]).toEqual(['kind: Other\n', '# Platform\n', null]);
    expect(await world.github.repository.firstParent(world.tenant, sha)).toBe(world.head);
    expect(await textAt(world.head, changed.path)).toBe(manifest);
  });

  test('of texts with a byte order mark, carriage returns and more than ASCII is theirs to the byte', async () => {
    const text = '\ufeffa: "ü"\r\n';
    expect(await textAt(await commit([{ ...changed, content: { text } }]), changed.path)).toBe(text);
  });

  test.each([
    { reason: 'what is to go is not there', files: [{ path: 'nowhere.yaml', mode: '100644', content: null }] },
    { reason: 'a symbolic link', files: [{ ...changed, mode: '120000' }] },
  ])('is refused: $reason', async ({ files }) => {
    await expect(commit(files)).rejects.toThrow(Rejected);
  });

  test('needs the right to write contents', async () => {
    await using poor = await adaptersBench({ app: { permissions: { metadata: 'read', contents: 'read', pull_requests: 'write' } } });
    await expect(poor.github.proposals.commit(poor.tenant, { base: poor.head, message: 'm', files: [changed] }, signal)).rejects.toThrow(NotAllowed);
  });
});

describe('a pull request', () => {
  test('is opened once, edited in place, and closed', async () => {
    const branch = freshBranch();
    const first = await commit();
    const opened = await propose(proposalOf(branch, first));
    expect(opened).toMatchObject({ state: 'open', headSha: first, isOurs: true, url: expect.stringContaining('/pull/') });
    world.bench.github.journal.clear();
    expect(await propose(proposalOf(branch, first))).toEqual(opened);
    expect(world.writes()).toEqual([]);
    const second = await commit([{ ...changed, content: { text: 'kind: Third\n' } }]);
    const moved = await propose(proposalOf(branch, second, { ours: [first, second], number: opened?.number ?? null, title: 'Again', body: 'Because' }));
    expect(moved).toEqual({ ...opened, headSha: second });
    const { data } = await world.bench.person().rest.pulls.get({ ...at, pull_number: opened?.number ?? 0 });
    expect([data.title, data.body, data.user?.login, data.commits]).toEqual(['Again', 'Because', 'trueup[bot]', 1]);
    const closed = await world.github.proposals.close(world.tenant, opened?.number ?? 0, [first, second], signal);
    expect(closed).toMatchObject({ state: 'closed', isOurs: true });
    expect(await world.github.proposals.close(world.tenant, opened?.number ?? 0, [second], signal)).toEqual(closed);
  });

  test('that a person closed is answered, and opened anew only by who does not name it', async () => {
    const branch = freshBranch();
    const sha = await commit();
    const first = await propose(proposalOf(branch, sha));
    await world.bench.person().rest.pulls.update({ ...at, pull_number: first?.number ?? 0, state: 'closed' });
    expect(await propose(proposalOf(branch, sha, { number: first?.number ?? null }))).toMatchObject({ number: first?.number, state: 'closed' });
    expect((await propose(proposalOf(branch, sha)))?.number).toBeGreaterThan(first?.number ?? Infinity);
  });

  test('is planned like anybody else\'s', async () => {
    world.bench.events.length = 0;
    const opened = await propose(proposalOf(freshBranch(), await commit()));
    await world.bench.settled();
    const event = world.bench.events.find(({ name, payload }) => name === 'pull_request' && payload.number === opened?.number);
    expect(pullRequestMessages(event?.payload)).toMatchObject([{ type: 'PlanPullRequest', payload: { number: opened?.number } }]);
  });

  test('may be of no other branch', async () => {
    for (const branch of ['main', 'trueup/', 'trueup/../main', 'feature']) await expect(propose(proposalOf(branch, world.head))).rejects.toThrow(RangeError);
  });
});

describe('what a person did', () => {
  test('commits to the branch stay, and the pull request says so', async () => {
    const branch = freshBranch();
    const first = await commit();
    const opened = await propose(proposalOf(branch, first));
    const theirs = await pushTo(branch);
    const second = await commit([{ ...changed, content: { text: 'kind: Third\n' } }]);
    expect(await propose(proposalOf(branch, second, { ours: [first, second], title: 'Other' }))).toEqual({ ...opened, headSha: theirs, isOurs: false });
    const { data } = await world.bench.person().rest.pulls.get({ ...at, pull_number: opened?.number ?? 0 });
    expect([data.title, data.body, data.head.sha]).toEqual(['Revert', 'Left', theirs]);
    expect(await world.github.proposals.close(world.tenant, opened?.number ?? 0, [first, second], signal)).toMatchObject({ state: 'open', isOurs: false });
  });

  test('below a branch of theirs Git knows none: no pull request, and no fault', async () => {
    const above = freshBranch();
    await world.bench.person().rest.git.createRef({ ...at, ref: `refs/heads/${above}`, sha: world.head });
    expect(await propose(proposalOf(`${above}/prod/checkout`, await commit()))).toBeNull();
    const free = `${freshBranch()}/prod/checkout`;
    expect(await propose(proposalOf(free, await commit()))).toMatchObject({ state: 'open' });
  });

  test('a branch of that name is left alone, and gets no pull request', async () => {
    const branch = freshBranch();
    await world.bench.person().rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha: world.head });
    const theirs = await pushTo(branch);
    expect(await propose(proposalOf(branch, await commit()))).toBeNull();
    expect(await world.github.repository.branchHead(world.tenant, branch)).toBe(theirs);
  });

  test('a pull request that somebody opened for our branch is not edited', async () => {
    const branch = freshBranch();
    const sha = await commit();
    await world.bench.person().rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha });
    const { data } = await world.bench.person().rest.pulls.create({ ...at, head: branch, base: 'main', title: 'Mine', body: 'My words' });
    expect(await propose(proposalOf(branch, sha))).toMatchObject({ number: data.number, isOurs: false });
    expect((await world.bench.person().rest.pulls.get({ ...at, pull_number: data.number })).data.body).toBe('My words');
  });
});

describe('each request fails once', () => {
  const calls = [
    { path: '/git/trees', method: 'POST' },
    { path: '/git/commits', method: 'POST' },
    { path: '/git/ref', method: 'GET' },
    { path: '/git/refs', method: 'POST' },
    { path: '/pulls', method: 'GET' },
    { path: '/pulls', method: 'POST' },
  ];

  async function again<T>(call: () => Promise<T>): Promise<T> {
    return call().catch((error: unknown) => {
      expect(error).toBeInstanceOf(Unavailable);
      return call();
    });
  }

  test.each(calls)('$method $path', async ({ path, method }) => {
    const branch = freshBranch();
    world.bench.github.faults.ask({ name: 'github:500', times: 1, path, method });
    const sha = await again(() => commit());
    const run = (proposals: Proposals) => proposals.propose(world.tenant, proposalOf(branch, sha), signal);
    expect(await again(() => run(world.github.proposals))).toMatchObject({ state: 'open', headSha: sha });
    const { data } = await world.bench.person().rest.pulls.list({ ...at, head: `${at.owner}:${branch}`, state: 'all' });
    expect(data).toHaveLength(1);
  });
});

test('one proposal costs four requests that GitHub counts as content', async () => {
  world.bench.github.journal.clear();
  await propose(proposalOf(freshBranch(), await commit()));
  expect(world.writes()).toEqual(['POST', 'POST', 'POST', 'POST']);
});
