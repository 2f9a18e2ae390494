import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clone, githubBench, refusal, statusOf, type AppClient, type GitHubBench, type Payload, type WorkingCopy } from '../support/local-github.ts';
import { heldTotals } from '../support/totals.ts';

// What GitHub does around pull requests; where its pages are silent the thread that shows it is named. Clone, merge methods and refusals
// of bad names: github-local.test.ts; stale blobs and refs: github-local-rest.test.ts.
let bench: GitHubBench;
let behaviours = 0;
let made = 0;
beforeAll(async () => {
  bench = await githubBench({ app: { events: ['push', 'pull_request', 'create', 'delete', 'check_run'] } });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  heldTotals('github-behaviour', { behaviours });
});

type Octokit = ReturnType<GitHubBench['person']>;
interface Opened {
  readonly at: { readonly owner: string; readonly repo: string; readonly pull_number: number };
  readonly octokit: Octokit;
  readonly app: AppClient;
  readonly copy: WorkingCopy;
  readonly main: string;
  readonly head: string;
  /** Everything that was sent while `work` ran. */
  heard(work: () => Promise<unknown>): Promise<readonly Payload[]>;
  push(...refs: readonly string[]): Promise<string>;
}

/** Pull request 1 from `work` to `main`, which changes `web.yaml`. */
async function opened(draft = false): Promise<Opened> {
  made += 1;
  const repository = await bench.github.createRepository(`behaviour-${made}`, { 'web.yaml': 'image: web:1\n', 'api.yaml': 'image: api:1\n' });
  const copy = await clone(bench, repository, bench.github.token);
  const main = await copy.git('rev-parse', 'HEAD');
  await copy.git('checkout', '--quiet', '-b', 'work');
  const head = await copy.commit('Change web', { 'web.yaml': 'image: web:2\n' });
  const push = (...refs: readonly string[]): Promise<string> => copy.git('push', '--quiet', '--force', 'origin', ...refs);
  await push('work');
  const octokit = bench.person();
  const at = { owner: repository.owner, repo: repository.name };
  const { data: pull } = await octokit.pulls.create({ ...at, head: 'work', base: 'main', title: 'Web 2', draft });
  const heard = async (work: () => Promise<unknown>): Promise<readonly Payload[]> => {
    await bench.settled();
    bench.events.length = 0;
    await work();
    await bench.settled();
    return bench.events.map(({ name, payload }) => ({ event: name, ...payload }));
  };
  return { at: { ...at, pull_number: pull.number }, octokit, app: await bench.app(repository.installationId), copy, main, head, heard, push };
}

const reopen = ({ octokit, at }: Opened) => refusal(octokit.pulls.update({ ...at, state: 'open' }));
const close = ({ octokit, at }: Opened) => octokit.pulls.update({ ...at, state: 'closed' });
const read = async ({ octokit, at }: Opened) => (await octokit.pulls.get(at)).data;
const onMain = async ({ copy, push }: Opened, files: Readonly<Record<string, string>>): Promise<string> => {
  await copy.git('checkout', '--quiet', 'main');
  const sha = await copy.commit('Change main', files);
  await push('main');
  await copy.git('checkout', '--quiet', 'work');
  return sha;
};
const actions = (events: readonly Payload[]): string[] => events.filter(({ event }) => event === 'pull_request').map(({ action }) => action);

describe('merging', () => {
  test('is not known before it was asked for; then dirty, and refused by every method with 405', async () => {
    const pull = await opened();
    const { octokit, at } = pull;
    await onMain(pull, { 'web.yaml': 'image: web:3\n' });
    const [{ pull_request: told }] = (await pull.heard(() => octokit.pulls.update({ ...at, title: 'Other' }))) as [Payload];
    expect([told.mergeable, told.mergeable_state]).toEqual([null, 'unknown']);
    // The change asked for it: https://docs.github.com/rest/pulls/pulls#get-a-pull-request
    expect(await read(pull)).toMatchObject({ mergeable: false, rebaseable: false, mergeable_state: 'dirty' });
    for (const method of ['merge', 'squash', 'rebase'] as const) {
      expect(await refusal(octokit.pulls.merge({ ...at, merge_method: method }))).toMatchObject({ status: 405, message: 'Pull Request is not mergeable' });
    }
    expect((await octokit.git.getRef({ ...at, ref: 'heads/main' })).data.object.sha).not.toBe(pull.head);
    behaviours += 1;
  });

  test.each<{ reason: string; draft?: boolean; before: (pull: Opened) => Promise<unknown>; sha?: 'stale'; status: number; message: string }>([
    { reason: 'a head that was seen before it moved', before: async ({ copy, push }) => (await copy.commit('More', { 'more.yaml': '' })) && push('work'), sha: 'stale', status: 409, message: 'Head branch was modified. Review and try the merge again.' },
    { reason: 'a draft (lindell/multi-gitter#622)', draft: true, before: async () => undefined, status: 405, message: 'Pull Request is still a draft' },
    { reason: 'a closed one', before: close, status: 405, message: 'Pull Request is not mergeable' },
    { reason: 'a merged one', before: ({ octokit, at }) => octokit.pulls.merge(at), status: 405, message: 'Pull Request is not mergeable' },
  ])('of $reason: $status', async ({ draft = false, before, sha, status, message }) => {
    const pull = await opened(draft);
    await before(pull);
    expect(await refusal(pull.octokit.pulls.merge({ ...pull.at, ...(sha && { sha: pull.head }) }))).toMatchObject({ status, message });
    behaviours += 1;
  });
});

describe('a force push', () => {
  test('to the head tells both commits, and the old one can still be read', async () => {
    const pull = await opened();
    const { copy, octokit, at, head } = pull;
    await copy.git('reset', '--quiet', '--hard', 'main');
    const after = await copy.commit('Another way', { 'web.yaml': 'image: web:9\n' });
    const events = await pull.heard(() => pull.push('work'));
    expect(events.find(({ event }) => event === 'push')).toMatchObject({ forced: true, created: false, deleted: false, before: head, after });
    expect(events.find(({ event }) => event === 'pull_request')).toMatchObject({ action: 'synchronize', before: head, after, pull_request: { head: { sha: after }, commits: 1 } });
    expect((await octokit.git.getCommit({ ...at, commit_sha: head })).data.sha).toBe(head);
    behaviours += 1;
  });

  test('to the base: the pull request stays open and is compared anew', async () => {
    const pull = await opened();
    await onMain(pull, { 'gone.yaml': 'g: 1\n' });
    await pull.copy.git('branch', '--quiet', '--force', 'main', pull.main);
    const events = await pull.heard(() => pull.push('main'));
    expect(events.filter(({ event }) => event === 'push')).toMatchObject([{ forced: true, ref: 'refs/heads/main', after: pull.main }]);
    expect(await read(pull)).toMatchObject({ state: 'open', base: { sha: pull.main }, mergeable: null, mergeable_state: 'unknown', changed_files: 1 });
    expect(await read(pull)).toMatchObject({ mergeable: true, mergeable_state: 'clean' });
    behaviours += 1;
  });

  test.each([
    { reason: 'the head to what the base has (bitcoin-core/gitian.sigs#84)', branch: 'work', orphan: false },
    { reason: 'the head to another history', branch: 'work', orphan: true },
    { reason: 'the base to another history (stride3d/stride#3283)', branch: 'main', orphan: true },
  ])('of $reason closes the pull request, and it is not merged', async ({ branch, orphan }) => {
    const pull = await opened();
    const { copy } = pull;
    if (orphan) await copy.git('checkout', '--quiet', '--orphan', 'orphan');
    if (orphan) await copy.commit('From nothing', { 'other.yaml': '' });
    const events = await pull.heard(() => pull.push(`${orphan ? 'orphan' : pull.main}:refs/heads/${branch}`));
    expect(actions(events)).toContain('closed');
    expect(await read(pull)).toMatchObject({ state: 'closed', merged: false });
    behaviours += 1;
  });

  test('of a history that has nothing in common opens no pull request: 422 (mislav/hub#2322)', async () => {
    const pull = await opened();
    await pull.copy.git('checkout', '--quiet', '--orphan', 'orphan');
    await pull.copy.commit('From nothing', { 'other.yaml': '' });
    await pull.push('orphan');
    const { status, errors } = await refusal(pull.octokit.pulls.create({ ...pull.at, head: 'orphan', base: 'main', title: 'x' }));
    expect([status, errors[0]?.message]).toEqual([422, 'The orphan branch has no history in common with main']);
    behaviours += 1;
  });
});

describe('closed and reopened', () => {
  test('a deleted head closes it; restored as it was, it reopens', async () => {
    const pull = await opened();
    expect(actions(await pull.heard(() => pull.push(':work')))).toEqual(['closed']);
    const { status, message, errors } = await reopen(pull);
    // https://github.com/pytorch/pytorch/pull/114423
    expect([status, message, errors]).toEqual([422, 'Validation Failed', [{ resource: 'PullRequest', field: 'state', code: 'custom', message: 'state cannot be changed. The work branch has been deleted.' }]]);
    await pull.push(`${pull.head}:refs/heads/work`);
    expect(actions(await pull.heard(() => reopen(pull)))).toEqual(['reopened']);
    expect(await read(pull)).toMatchObject({ state: 'open', closed_at: null, head: { sha: pull.head } });
    behaviours += 1;
  });

  test.each<{ reason: string; before: (pull: Opened) => Promise<unknown>; message: string }>([
    {
      reason: 'its head was forced elsewhere meanwhile (isaacs/github#361)',
      before: async (pull) => {
        await close(pull);
        await pull.copy.git('reset', '--quiet', '--hard', 'main');
        await pull.copy.commit('Another way', { 'web.yaml': 'image: web:9\n' });
        await pull.push('work');
      },
      message: 'state cannot be changed. The work branch was force-pushed or recreated.',
    },
    { reason: 'it was merged (openlinker-project/openlinker#3227)', before: ({ octokit, at }) => octokit.pulls.merge(at), message: 'state cannot be changed. The pull request cannot be reopened.' },
    {
      reason: 'its base is gone',
      before: async ({ octokit, at, push, main }) => {
        await push(`${main}:refs/heads/release`);
        await octokit.pulls.update({ ...at, base: 'release' });
        await push(':release');
      },
      message: 'state cannot be changed. The release branch has been deleted.',
    },
    {
      reason: 'its base was forced to another history meanwhile (cilium/cilium#47088)',
      before: async (pull) => {
        await close(pull);
        await pull.copy.git('checkout', '--quiet', '--orphan', 'orphan');
        await pull.copy.commit('From nothing', { 'other.yaml': '' });
        await pull.push('orphan:main');
      },
      message: 'state cannot be changed. The work branch has no history in common with main.',
    },
    {
      reason: 'it was forced to what the base has, also when its head is back (Lucent-Financial-Group/Zeta#5011)',
      before: async ({ push, main, head }) => {
        await push(`${main}:refs/heads/work`);
        await push(`${head}:refs/heads/work`);
      },
      message: 'state cannot be changed. There are no new commits on the work branch.',
    },
    {
      reason: 'another one took its place, and its head stays where it was',
      before: async (pull) => {
        await close(pull);
        await pull.copy.commit('More', { 'more.yaml': '' });
        await pull.push('work');
        await pull.octokit.pulls.create({ ...pull.at, head: 'work', base: 'main', title: 'Again' });
      },
      message: 'A pull request already exists for',
    },
  ])('it does not reopen, 422: $reason', async ({ before, message }) => {
    const pull = await opened();
    await before(pull);
    const closed = await read(pull);
    expect(closed.state).toBe('closed');
    const { status, errors } = await reopen(pull);
    expect(status).toBe(422);
    expect(errors[0]?.message).toContain(message);
    expect(await read(pull)).toMatchObject({ state: 'closed', head: { sha: closed.head.sha } });
    behaviours += 1;
  });

  test('what was added to its head meanwhile is taken over', async () => {
    const pull = await opened();
    await close(pull);
    const after = await pull.copy.commit('More', { 'more.yaml': '' });
    expect(actions(await pull.heard(() => pull.push('work')))).toEqual([]);
    expect((await read(pull)).head.sha).toBe(pull.head);
    expect((await reopen(pull)).status).toBe(200);
    expect((await read(pull)).head.sha).toBe(after);
    behaviours += 1;
  });

  test('closed, it keeps its base: 422 (MithrilJS/mithril.js#2862)', async () => {
    const pull = await opened();
    await pull.push(`${pull.main}:refs/heads/release`);
    await close(pull);
    const { status, errors } = await refusal(pull.octokit.pulls.update({ ...pull.at, base: 'release', state: 'open' }));
    expect([status, errors[0]?.message]).toEqual([422, 'Cannot change the base branch of a closed pull request.']);
    behaviours += 1;
  });
});

describe('a branch', () => {
  test.each([
    { reason: 'made', refs: 'HEAD:refs/heads/made', wanted: { event: 'create', ref: 'made', ref_type: 'branch', master_branch: 'main', pusher_type: 'user' } },
    { reason: 'deleted', refs: ':work', wanted: { event: 'delete', ref: 'work', ref_type: 'branch', pusher_type: 'user' } },
  ])('that is $reason has an event of its own beside the push', async ({ refs, wanted }) => {
    const pull = await opened();
    const events = await pull.heard(() => pull.push(refs));
    expect(events.find(({ event }) => event === wanted.event)).toMatchObject(wanted);
    expect(events.filter(({ event }) => event === 'push')).toHaveLength(1);
    behaviours += 1;
  });
});

describe('a fork', () => {
  test('is not the App\'s, its pull request is: seen, followed, checked; with the fork it closes for good', async () => {
    const { at, app, octokit } = await opened();
    const token = await bench.github.addUser('contributor', 'read');
    const contributor = bench.person(token);
    const { data: fork } = await contributor.repos.createFork(at);
    const copy = await clone(bench, { cloneUrl: fork.clone_url }, token);
    await copy.commit('From outside', { 'api.yaml': 'image: api:9\n' });
    await copy.git('push', '--quiet', 'origin', 'main');
    const { data: pull } = await contributor.pulls.create({ ...at, head: 'contributor:main', base: 'main', title: 'Ours', maintainer_can_modify: true });
    const number = { ...at, pull_number: pull.number };

    const outside = { owner: 'contributor', repo: at.repo };
    expect(await statusOf(app.request('GET /repos/{owner}/{repo}', outside))).toBe(404);
    expect(await statusOf(app.request('GET /repos/{owner}/{repo}/installation', outside))).toBe(404);
    const { data: seen } = await app.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', number);
    expect(seen).toMatchObject({ maintainer_can_modify: true, head: { label: 'contributor:main', repo: { fork: true, id: fork.id } }, base: { repo: { fork: false } } });

    const after = await copy.commit('More', { 'api.yaml': 'image: api:10\n' });
    await bench.settled();
    bench.events.length = 0;
    await copy.git('push', '--quiet', 'origin', 'main');
    await bench.settled();
    expect(bench.events.map(({ name, payload }) => [name, payload.action, payload.after])).toEqual([['pull_request', 'synchronize', after]]);
    expect(await statusOf(app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'plan', head_sha: after }))).toBe(201);

    expect(await statusOf(octokit.repos.delete(outside))).toBe(403);
    bench.events.length = 0;
    await contributor.repos.delete(outside);
    await bench.settled();
    // https://github.com/refined-github/sandbox/pull/129, https://github.com/github/rest-api-description/issues/161
    expect(bench.events.filter(({ name }) => name === 'pull_request').map(({ payload }) => [payload.action, payload.pull_request.head.repo, payload.pull_request.head.sha])).toEqual([['closed', null, after]]);
    expect((await octokit.repos.getContent({ ...at, path: 'api.yaml', ref: `refs/pull/${pull.number}/head`, mediaType: { format: 'raw' } })).data).toBe('image: api:10\n');
    const { status, errors } = await refusal(octokit.pulls.update({ ...number, state: 'open' }));
    expect([status, errors[0]?.message]).toEqual([422, 'state cannot be changed. The repository that submitted this pull request has been deleted.']);
    behaviours += 1;
  });
});
