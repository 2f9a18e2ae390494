import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clone, githubBench, refusal, statusOf, type GitHubBench } from '../support/local-github.ts';

let bench: GitHubBench;
let made = 0;
beforeAll(async () => {
  bench = await githubBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const files = { 'README.md': 'hello\n', 'apps/web.yaml': 'image: web:1\n', 'apps/api.yaml': 'image: api:1\n' };

async function fresh() {
  made += 1;
  const repository = await bench.github.createRepository(`infra-${made}`, files);
  await bench.settled();
  bench.events.length = 0;
  const copy = await clone(bench, repository, bench.github.token);
  return { repository, copy, at: { owner: repository.owner, repo: repository.name }, octokit: bench.person() };
}

async function withPullRequest(change: Readonly<Record<string, string>> = { 'apps/web.yaml': 'image: web:2\n' }) {
  const world = await fresh();
  await world.copy.git('checkout', '--quiet', '-b', 'feature/web');
  const head = await world.copy.commit('Change web', change);
  await world.copy.git('push', '--quiet', 'origin', 'feature/web');
  const { data: pull } = await world.octokit.pulls.create({ ...world.at, head: 'feature/web', base: 'main', title: 'Web 2', body: 'why' });
  return { ...world, head, pull };
}

async function pushToMain(world: Awaited<ReturnType<typeof fresh>>, change: Readonly<Record<string, string>>): Promise<string> {
  await world.copy.git('checkout', '--quiet', 'main');
  const sha = await world.copy.commit('Change main', change);
  await world.copy.git('push', '--quiet', 'origin', 'main');
  return sha;
}

function eventsNamed(name: string) {
  return bench.events.filter((event) => event.name === name).map(({ payload }) => payload);
}

describe('Git over HTTP', () => {
  test('a clone has the files of the first commit', async () => {
    const { copy } = await fresh();
    expect((await copy.git('ls-files')).split('\n')).toEqual(Object.keys(files).toSorted());
  });

  test('a push sends one push event with what each commit did', async () => {
    const { copy } = await fresh();
    const before = await copy.git('rev-parse', 'HEAD');
    const first = await copy.commit('Add and change', { 'new.yaml': 'a: 1\n', 'apps/web.yaml': 'image: web:2\n' });
    await copy.git('rm', '--quiet', 'README.md');
    await copy.git('commit', '--quiet', '-m', 'Remove');
    const after = await copy.git('rev-parse', 'HEAD');
    await copy.git('push', '--quiet', 'origin', 'main');
    await bench.settled();
    const [push, ...more] = eventsNamed('push');
    expect(more).toEqual([]);
    expect(push).toMatchObject({ ref: 'refs/heads/main', before, after, created: false, deleted: false, forced: false, pusher: { name: 'mona' } });
    expect(push.commits).toMatchObject([
      { id: first, message: 'Add and change', added: ['new.yaml'], modified: ['apps/web.yaml'], removed: [], distinct: true },
      { id: after, message: 'Remove', added: [], modified: [], removed: ['README.md'] },
    ]);
    expect(push.head_commit).toMatchObject({ id: after, removed: ['README.md'] });
    expect(eventsNamed('check_suite')).toMatchObject([{ action: 'requested', check_suite: { head_sha: after, head_branch: 'main' } }]);
  });

  test.each([
    { reason: 'a new branch is created, with only its own commits', args: ['push', 'origin', 'HEAD:refs/heads/other'], want: { created: true, deleted: false, forced: false } },
    { reason: 'a rewritten branch is forced', args: ['push', '--force', 'origin', 'HEAD~1:refs/heads/work'], want: { created: false, deleted: false, forced: true } },
    { reason: 'a deleted branch has no commits', args: ['push', 'origin', ':refs/heads/work'], want: { created: false, deleted: true, forced: false, commits: [], head_commit: null } },
  ])('$reason', async ({ args, want }) => {
    const { copy } = await fresh();
    await copy.commit('One', { 'one.yaml': 'a: 1\n' });
    await copy.git('push', '--quiet', 'origin', 'HEAD:refs/heads/work');
    await bench.settled();
    bench.events.length = 0;
    await copy.git(...args);
    await bench.settled();
    expect(eventsNamed('push')).toMatchObject([want]);
  });

  test.each([
    { reason: 'refs/pull belongs to GitHub', ref: 'refs/pull/1/head' },
    { reason: 'the default branch cannot be deleted', ref: ':main' },
  ])('a push is refused: $reason', async ({ ref }) => {
    const { copy } = await fresh();
    await expect(copy.git('push', 'origin', ref.startsWith(':') ? ref : `HEAD:${ref}`)).rejects.toThrow(/rejected|refused|denied|hidden/);
    await bench.settled();
    expect(eventsNamed('push')).toEqual([]);
  });

  test.each([
    { reason: 'no token', url: (address: string) => address },
    { reason: 'a token that nobody has', url: (address: string) => address.replace('http://', 'http://x:ghp_nobody@') },
  ])('nobody clones with $reason', async ({ url }) => {
    const { copy, repository } = await fresh();
    await expect(copy.git('ls-remote', url(repository.cloneUrl))).rejects.toThrow(/Authentication|could not read Username/);
  });
});

describe('a pull request', () => {
  test('follows its head: a push synchronizes it', async () => {
    const { copy, octokit, at, head } = await withPullRequest();
    await bench.settled();
    bench.events.length = 0;
    const after = await copy.commit('Again', { 'apps/api.yaml': 'image: api:2\n' });
    await copy.git('push', '--quiet', 'origin', 'feature/web');
    await bench.settled();
    expect(eventsNamed('pull_request')).toMatchObject([{ action: 'synchronize', before: head, after, pull_request: { head: { sha: after }, commits: 2, changed_files: 2 } }]);
    const { data: unknown } = await octokit.pulls.get({ ...at, pull_number: 1 });
    expect(unknown).toMatchObject({ head: { sha: after }, mergeable: null, mergeable_state: 'unknown' });
    const { data } = await octokit.pulls.get({ ...at, pull_number: 1 });
    expect(data).toMatchObject({ head: { sha: after }, mergeable: true, mergeable_state: 'clean', additions: 2, deletions: 2 });
    expect((await copy.git('ls-remote', 'origin', 'refs/pull/1/head')).split('\t')[0]).toBe(after);
  });

  test('follows its base, and compares from where it left it', async () => {
    const world = await withPullRequest();
    const base = await pushToMain(world, { 'README.md': 'changed on main\n' });
    const { data } = await world.octokit.pulls.get({ ...world.at, pull_number: 1 });
    expect(data.base.sha).toBe(base);
    const { data: changed } = await world.octokit.pulls.listFiles({ ...world.at, pull_number: 1 });
    expect(changed.map(({ filename, status, patch }) => ({ filename, status, patch }))).toEqual([{ filename: 'apps/web.yaml', status: 'modified', patch: '@@ -1 +1 @@\n-image: web:1\n+image: web:2' }]);
    const { data: commits } = await world.octokit.pulls.listCommits({ ...world.at, pull_number: 1 });
    expect(commits.map(({ sha }) => sha)).toEqual([world.head]);
  });

  test.each([
    { reason: 'merge makes a commit of two parents', method: 'merge' as const, parents: 2 },
    { reason: 'squash makes one commit on the base', method: 'squash' as const, parents: 1 },
    { reason: 'rebase puts the commits on the base', method: 'rebase' as const, parents: 1 },
  ])('merged keeps what the base got since: $reason', async ({ method, parents }) => {
    const world = await withPullRequest();
    const base = await pushToMain(world, { 'README.md': 'changed on main\n' });
    await bench.settled();
    bench.events.length = 0;
    const { data: merged } = await world.octokit.pulls.merge({ ...world.at, pull_number: 1, merge_method: method, sha: world.head });
    const { data: commit } = await world.octokit.git.getCommit({ ...world.at, commit_sha: merged.sha });
    expect(commit.parents).toHaveLength(parents);
    expect(commit.parents[0]?.sha).toBe(base);
    await world.copy.git('pull', '--quiet', 'origin', 'main');
    expect(await world.copy.git('show', 'HEAD:README.md')).toBe('changed on main');
    expect(await world.copy.git('show', 'HEAD:apps/web.yaml')).toBe('image: web:2');
    await bench.settled();
    expect(eventsNamed('push')).toMatchObject([{ ref: 'refs/heads/main', before: base, after: merged.sha }]);
    expect(eventsNamed('pull_request')).toMatchObject([{ action: 'closed', pull_request: { merged: true, merge_commit_sha: merged.sha, base: { sha: base } } }]);
    const { data: pulls } = await world.octokit.repos.listPullRequestsAssociatedWithCommit({ ...world.at, commit_sha: merged.sha });
    expect(pulls.map(({ number }) => number)).toEqual([1]);
  });

  test('that conflicts is not mergeable: 405', async () => {
    const world = await withPullRequest();
    await pushToMain(world, { 'apps/web.yaml': 'image: web:3\n' });
    await world.octokit.pulls.get({ ...world.at, pull_number: 1 });
    const { data } = await world.octokit.pulls.get({ ...world.at, pull_number: 1 });
    expect(data).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    expect(await refusal(world.octokit.pulls.merge({ ...world.at, pull_number: 1 }))).toMatchObject({ status: 405, message: 'Pull Request is not mergeable' });
  });

  test('whose head moved is not merged: 409', async () => {
    const { octokit, at } = await withPullRequest();
    expect(await statusOf(octokit.pulls.merge({ ...at, pull_number: 1, sha: 'a'.repeat(40) }))).toBe(409);
  });

  test('pushed to the base by hand counts as merged', async () => {
    const { copy, octokit, at, head } = await withPullRequest();
    await copy.git('push', '--quiet', 'origin', 'HEAD:main');
    expect((await octokit.pulls.get({ ...at, pull_number: 1 })).data).toMatchObject({ merged: true, merge_commit_sha: head, state: 'closed' });
  });

  test('closes with its branch, and does not reopen without it', async () => {
    const { copy, octokit, at } = await withPullRequest();
    await copy.git('push', '--quiet', 'origin', ':feature/web');
    expect((await octokit.pulls.get({ ...at, pull_number: 1 })).data).toMatchObject({ state: 'closed', merged: false });
    expect(await statusOf(octokit.pulls.update({ ...at, pull_number: 1, state: 'open' }))).toBe(422);
  });

  test.each(['nowhere', '--upload-pack=x', 'a\0b', '../main'])('is not moved onto %j, which is no branch', async (base) => {
    const { octokit, at } = await withPullRequest();
    expect(await statusOf(octokit.pulls.update({ ...at, pull_number: 1, base }))).toBe(422);
  });

  test('is edited, closed and reopened, each with its event', async () => {
    const { octokit, at } = await withPullRequest();
    await bench.settled();
    bench.events.length = 0;
    await octokit.pulls.update({ ...at, pull_number: 1, title: 'Better' });
    await octokit.pulls.update({ ...at, pull_number: 1, state: 'closed' });
    await octokit.pulls.update({ ...at, pull_number: 1, state: 'open' });
    await bench.settled();
    expect(eventsNamed('pull_request').map(({ action }) => action).toSorted()).toEqual(['closed', 'edited', 'reopened']);
    expect(eventsNamed('pull_request').find(({ action }) => action === 'edited')?.changes).toEqual({ title: { from: 'Web 2' } });
  });

  test.each([
    { reason: 'the same branches again', head: 'feature/web', base: 'main', message: 'A pull request already exists for acme:feature/web.' },
    { reason: 'nothing to merge', head: 'main', base: 'main', message: 'No commits between main and main' },
    { reason: 'no such head', head: 'nowhere', base: 'main', message: undefined },
    { reason: 'no such base', head: 'feature/web', base: 'nowhere', message: undefined },
    { reason: 'a head that is an option', head: '--upload-pack=touch /tmp/x', base: 'main', message: undefined },
  ])('is refused with 422: $reason', async ({ head, base, message }) => {
    const { octokit, at } = await withPullRequest();
    const { status, errors } = await refusal(octokit.pulls.create({ ...at, head, base, title: 'x' }));
    expect(status).toBe(422);
    expect(errors[0]?.message).toBe(message);
  });

  test('from a fork follows the fork, and merges', async () => {
    const { repository, octokit, at } = await fresh();
    const token = await bench.github.addUser('contributor', 'read');
    const contributor = bench.person(token);
    const { data: fork } = await contributor.repos.createFork(at);
    expect(fork.full_name).toBe(`contributor/${repository.name}`);
    const copy = await clone(bench, { cloneUrl: fork.clone_url }, token);
    await copy.commit('From outside', { 'apps/web.yaml': 'image: web:9\n' });
    await copy.git('push', '--quiet', 'origin', 'main');
    const { data: pull } = await contributor.pulls.create({ ...at, head: 'contributor:main', base: 'main', title: 'Ours' });
    const after = await copy.commit('More', { 'apps/api.yaml': 'image: api:9\n' });
    await copy.git('push', '--quiet', 'origin', 'main');
    await bench.settled();
    expect(eventsNamed('pull_request')).toMatchObject([{ action: 'opened' }, { action: 'synchronize', after, pull_request: { head: { repo: { id: fork.id, fork: true } } } }]);
    expect(eventsNamed('push')).toEqual([]);
    expect(await statusOf(contributor.pulls.merge({ ...at, pull_number: pull.number }))).toBe(403);
    expect(await statusOf(octokit.pulls.merge({ ...at, pull_number: pull.number }))).toBe(200);
    const { data } = await octokit.repos.getContent({ ...at, path: 'apps/api.yaml', mediaType: { format: 'raw' } });
    expect(data).toBe('image: api:9\n');
  });
});
