import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { githubBench, refusal, statusOf, type AppClient, type GitHubBench } from '../support/local-github.ts';

let bench: GitHubBench;
let octokit: Octokit;
let app: AppClient;
let at: { owner: string; repo: string };
let sha: string;
let made = 0;

beforeAll(async () => {
  bench = await githubBench();
  octokit = bench.person();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(async () => {
  made += 1;
  const repository = await bench.github.createRepository(`rest-${made}`, { 'a.yaml': 'a: 1\n', 'dir/b.yaml': 'b: 1\n' });
  at = { owner: repository.owner, repo: repository.name };
  app = await bench.app(repository.installationId);
  sha = (await octokit.git.getRef({ ...at, ref: 'heads/main' })).data.object.sha;
});

const annotation = { path: 'a.yaml', start_line: 1, end_line: 1, annotation_level: 'failure' as const, message: 'bad' };
const output = { title: 'T', summary: 'S' };
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

async function openPull(): Promise<number> {
  await octokit.git.createRef({ ...at, ref: 'refs/heads/work', sha });
  await octokit.repos.createOrUpdateFileContents({ ...at, branch: 'work', path: 'new.yaml', message: 'New', content: Buffer.from('n: 1\n').toString('base64') });
  return (await octokit.pulls.create({ ...at, head: 'work', base: 'main', title: 'Work' })).data.number;
}

describe('a check run', () => {
  test.each([
    { reason: 'completed needs a conclusion', body: { status: 'completed' }, message: '"conclusion" is required when "status" is "completed"' },
    { reason: 'an annotation ends after it starts', body: { output: { ...output, annotations: [{ ...annotation, start_line: 2 }] } }, message: 'end_line must be greater than or equal to start_line' },
    { reason: 'stale is set by GitHub only', body: { conclusion: 'stale' }, message: 'Invalid option' },
    { reason: 'the commit has to be there', body: { head_sha: 'a'.repeat(40) }, message: `No commit found for SHA: ${'a'.repeat(40)}` },
  ])('is refused with 422: $reason', async ({ body, message }) => {
    const answer = await refusal(app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'x', head_sha: sha, ...body }));
    expect(answer.status).toBe(422);
    expect(answer.message).toContain(message);
  });

  test('takes the most of everything at once', async () => {
    const actions = many(3, { label: 'x'.repeat(20), description: 'x'.repeat(40), identifier: 'x'.repeat(20) });
    const body = { output: { title: 'x'.repeat(255), summary: 'x'.repeat(65_535), text: 'x'.repeat(65_535), annotations: many(50, annotation) }, actions };
    expect(await statusOf(app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'x', head_sha: sha, ...body }))).toBe(201);
  });
});

test('a comment that says nothing is refused with 422', async () => {
  const number = await openPull();
  const { status, errors } = await refusal(octokit.issues.createComment({ ...at, issue_number: number, body: ' \n' }));
  expect({ status, message: errors[0]?.message }).toEqual({ status: 422, message: "Body can't be blank" });
});

describe('checks', () => {
  test('annotations of an update are added to those that are there', async () => {
    const { data: run } = await app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'plan', head_sha: sha, status: 'in_progress', output: { ...output, annotations: [annotation] } });
    await app.request('PATCH /repos/{owner}/{repo}/check-runs/{id}', { ...at, id: run.id, conclusion: 'failure', output: { ...output, annotations: [{ ...annotation, start_line: 7, end_line: 7, title: 'Seven' }] } });
    await app.request('PATCH /repos/{owner}/{repo}/check-runs/{id}', { ...at, id: run.id, output: { title: 'Done', summary: 'All' } });
    const { data: annotations } = await octokit.checks.listAnnotations({ ...at, check_run_id: run.id });
    expect(annotations.map(({ start_line, title }) => ({ start_line, title }))).toEqual([{ start_line: 1, title: null }, { start_line: 7, title: 'Seven' }]);
    expect((await octokit.checks.get({ ...at, check_run_id: run.id })).data).toMatchObject({ status: 'completed', conclusion: 'failure', output: { title: 'Done', annotations_count: 2 }, app: { id: bench.github.app.id } });
  });

  test('a ref lists the latest run of each name, and with filters less or more', async () => {
    for (const name of ['plan', 'plan', 'deploy']) await app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name, head_sha: sha });
    const names = async (filters: object): Promise<string[]> => (await octokit.checks.listForRef({ ...at, ref: 'main', ...filters })).data.check_runs.map(({ name }) => name).toSorted();
    expect(await names({})).toEqual(['deploy', 'plan']);
    expect(await names({ filter: 'all' })).toEqual(['deploy', 'plan', 'plan']);
    expect(await names({ check_name: 'plan' })).toEqual(['plan']);
    expect(await names({ app_id: 1 })).toEqual([]);
    const { data } = await octokit.checks.listSuitesForRef({ ...at, ref: sha });
    expect(data).toMatchObject({ total_count: 1, check_suites: [{ latest_check_runs_count: 3, status: 'queued' }] });
  });

  test.each([
    { reason: 'one that failed decides', conclusions: ['success', 'failure', 'neutral'], suite: 'failure' },
    { reason: 'a cancelled one counts more than a success', conclusions: ['success', 'cancelled'], suite: 'cancelled' },
    { reason: 'a skipped one counts least', conclusions: ['skipped', 'success'], suite: 'success' },
    { reason: 'nothing is decided while one runs', conclusions: ['failure', null], suite: null },
  ])('a suite is concluded by its runs: $reason', async ({ conclusions, suite }) => {
    for (const [index, conclusion] of conclusions.entries()) {
      await app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: `run-${index}`, head_sha: sha, ...(conclusion === null ? { status: 'in_progress' } : { conclusion }) });
    }
    const { data } = await octokit.checks.listSuitesForRef({ ...at, ref: sha });
    expect(data.check_suites).toMatchObject([{ conclusion: suite, status: suite === null ? 'in_progress' : 'completed' }]);
  });

  test('a run names the pull requests of its commit, but none from a fork', async () => {
    const number = await openPull();
    const named = async (): Promise<readonly number[]> => {
      const { data: { head } } = await octokit.pulls.get({ ...at, pull_number: number });
      const { data: run } = await app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'plan', head_sha: head.sha });
      return run.pull_requests.map((pull: { number: number }) => pull.number);
    };
    expect(await named()).toEqual([number]);
    const { data: { head } } = await octokit.pulls.get({ ...at, pull_number: number });
    const outsider = bench.person(await bench.github.addUser('outsider', 'read'));
    const { data: fork } = await outsider.repos.createFork(at);
    const its = { owner: fork.owner.login, repo: fork.name };
    await outsider.git.createRef({ ...its, ref: 'refs/heads/same', sha: head.sha });
    await outsider.pulls.create({ ...at, head: `${its.owner}:same`, base: 'main', title: 'The same commit' });
    expect(await named()).toEqual([number]);
  });
});

describe('comments', () => {
  test('are written, edited, reacted to once, and deleted', async () => {
    const number = await openPull();
    const { data: comment } = await app.request('POST /repos/{owner}/{repo}/issues/{number}/comments', { ...at, number, body: 'one' });
    expect(comment).toMatchObject({ user: { login: 'trueup[bot]', type: 'Bot' }, performed_via_github_app: { id: bench.github.app.id } });
    await app.request('PATCH /repos/{owner}/{repo}/issues/comments/{id}', { ...at, id: comment.id, body: 'two' });
    const react = () => octokit.reactions.createForIssueComment({ ...at, comment_id: comment.id, content: 'eyes' });
    expect([await statusOf(react()), await statusOf(react())]).toEqual([201, 200]);
    const { data: listed } = await octokit.issues.listComments({ ...at, issue_number: number });
    expect(listed).toMatchObject([{ body: 'two', reactions: { eyes: 1, total_count: 1 } }]);
    await octokit.issues.deleteComment({ ...at, comment_id: comment.id });
    expect(await statusOf(octokit.issues.getComment({ ...at, comment_id: comment.id }))).toBe(404);
  });
});

describe('Git data', () => {
  test('blobs, a tree with base, a commit and a ref make a branch; null deletes', async () => {
    const { data: blob } = await octokit.git.createBlob({ ...at, content: Buffer.from([0, 255, 10]).toString('base64'), encoding: 'base64' });
    const tree = [
      { path: 'bin', mode: '100644' as const, type: 'blob' as const, sha: blob.sha },
      { path: 'deep/er/c.yaml', mode: '100644' as const, type: 'blob' as const, content: 'ü\n' },
      { path: 'dir/b.yaml', mode: '100644' as const, type: 'blob' as const, sha: null },
    ];
    const { data: written } = await octokit.git.createTree({ ...at, base_tree: sha, tree });
    const { data: commit } = await octokit.git.createCommit({ ...at, message: 'm', tree: written.sha, parents: [sha] });
    await octokit.git.createRef({ ...at, ref: 'refs/heads/api/made', sha: commit.sha });
    const { data: read } = await octokit.git.getTree({ ...at, tree_sha: 'api/made', recursive: '1' });
    expect(read.truncated).toBe(false);
    expect(read.tree.map(({ path, type, size }) => [path, type, size])).toEqual([['a.yaml', 'blob', 5], ['bin', 'blob', 3], ['deep', 'tree', undefined], ['deep/er', 'tree', undefined], ['deep/er/c.yaml', 'blob', 3]]);
    const { data: content } = await octokit.git.getBlob({ ...at, file_sha: blob.sha });
    expect(Buffer.from(content.content, 'base64')).toEqual(Buffer.from([0, 255, 10]));
    const { data: compared } = await octokit.repos.compareCommitsWithBasehead({ ...at, basehead: 'main...api/made' });
    expect(compared).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, merge_base_commit: { sha } });
    expect(compared.files?.map(({ filename, status }) => [filename, status])).toEqual([['bin', 'added'], ['deep/er/c.yaml', 'added'], ['dir/b.yaml', 'removed']]);
  });

  test.each<{ reason: string; call: () => Promise<{ status: number }>; status: number; message: string }>([
    { reason: 'a ref that is there', call: () => octokit.git.createRef({ ...at, ref: 'refs/heads/main', sha }), status: 422, message: 'Reference already exists' },
    { reason: 'a commit that is not', call: () => octokit.git.createRef({ ...at, ref: 'refs/heads/x', sha: 'b'.repeat(40) }), status: 422, message: 'Object does not exist' },
    { reason: 'a ref that is an option', call: () => octokit.git.createRef({ ...at, ref: 'refs/heads/../x', sha }), status: 422, message: 'refs/heads/../x is not a valid ref name.' },
    { reason: 'a ref of a pull request', call: () => octokit.git.createRef({ ...at, ref: 'refs/pull/1/head', sha }), status: 422, message: 'refs/pull/1/head is not a valid ref name.' },
    { reason: 'a ref that is not there', call: () => octokit.git.updateRef({ ...at, ref: 'heads/nowhere', sha }), status: 422, message: 'Reference does not exist' },
    { reason: 'a path into .git', call: () => octokit.git.createTree({ ...at, tree: [{ path: '.git/config', mode: '100644', content: 'x' }] }), status: 422, message: 'tree.path contains a malformed path component' },
    { reason: 'a path out of the tree', call: () => octokit.git.createTree({ ...at, tree: [{ path: '../x', mode: '100644', content: 'x' }] }), status: 422, message: 'tree.path contains a malformed path component' },
    { reason: 'reading out of the tree', call: () => octokit.repos.getContent({ ...at, path: '../../config' }), status: 404, message: 'Not Found' },
    { reason: 'a file without its sha', call: () => octokit.repos.createOrUpdateFileContents({ ...at, path: 'a.yaml', message: 'm', content: '' }), status: 422, message: 'Invalid request.\n\n"sha" wasn\'t supplied.' },
    { reason: 'a file with an old sha', call: () => octokit.repos.createOrUpdateFileContents({ ...at, path: 'a.yaml', message: 'm', content: '', sha: 'c'.repeat(40) }), status: 409, message: `a.yaml does not match ${'c'.repeat(40)}` },
  ])('$reason is refused', async ({ call, status, message }) => {
    expect(await refusal(call())).toMatchObject({ status, message });
  });

  test('a ref moves forward, and back only by force', async () => {
    const { data } = await octokit.repos.createOrUpdateFileContents({ ...at, path: 'c.yaml', message: 'm', content: '' });
    expect(await refusal(octokit.git.updateRef({ ...at, ref: 'heads/main', sha }))).toMatchObject({ status: 422, message: 'Update is not a fast forward' });
    expect(await statusOf(octokit.git.updateRef({ ...at, ref: 'heads/main', sha, force: true }))).toBe(200);
    expect(await statusOf(octokit.git.updateRef({ ...at, ref: 'heads/main', sha: data.commit.sha ?? '' }))).toBe(200);
    await octokit.repos.deleteFile({ ...at, path: 'c.yaml', message: 'd', sha: data.content?.sha ?? '' });
    expect((await octokit.repos.getContent({ ...at, path: '' })).data).toMatchObject([{ name: 'a.yaml', type: 'file' }, { name: 'dir', type: 'dir' }]);
  });
});

describe('statuses and deployments', () => {
  test('the combined status has the latest of each context', async () => {
    for (const [context, state] of [['a', 'pending'], ['a', 'success'], ['b', 'failure']] as const) await octokit.repos.createCommitStatus({ ...at, sha, context, state });
    expect((await octokit.repos.getCombinedStatusForRef({ ...at, ref: 'main' })).data).toMatchObject({ state: 'failure', total_count: 2 });
    expect((await octokit.repos.listCommitStatusesForRef({ ...at, ref: sha })).data).toHaveLength(3);
  });

  test('a deployment waits for green checks unless it requires none, and a success retires the one before', async () => {
    const deploy = (more: object) => app.request('POST /repos/{owner}/{repo}/deployments', { ...at, ref: sha, environment: 'test', auto_merge: false, ...more });
    await app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'x', head_sha: sha });
    expect(await statusOf(deploy({}))).toBe(409);
    const succeed = async (): Promise<number> => {
      const { data } = await deploy({ required_contexts: [] });
      await app.request('POST /repos/{owner}/{repo}/deployments/{id}/statuses', { ...at, id: data.id, state: 'success', environment_url: 'https://example.com/' });
      return data.id;
    };
    const [first, second] = [await succeed(), await succeed()];
    const states = async (id: number) => (await octokit.repos.listDeploymentStatuses({ ...at, deployment_id: id })).data.map(({ state }) => state);
    expect([await states(first), await states(second)]).toEqual([['inactive', 'success'], ['success']]);
    expect((await octokit.repos.listDeployments({ ...at, environment: 'test', sha })).data.map(({ id }) => id)).toEqual([second, first]);
    expect((await octokit.repos.getAllEnvironments(at)).data.environments?.map(({ name }) => name)).toEqual(['test']);
    const { data: alone } = await deploy({ environment: 'alone', required_contexts: [] });
    const remove = (id: number) => statusOf(octokit.repos.deleteDeployment({ ...at, deployment_id: id }));
    expect([await remove(second), await remove(alone.id), await remove(first), await remove(second)]).toEqual([422, 204, 204, 204]);
  });
});

describe('the protocol', () => {
  const headers = () => ({ authorization: `token ${bench.github.token}` });
  const path = () => `${bench.github.api}/repos/${at.owner}/${at.repo}`;

  test('the same answer again is a 304, and costs nothing', async () => {
    const first = await fetch(path(), { headers: headers() });
    const again = await fetch(path(), { headers: { ...headers(), 'if-none-match': first.headers.get('etag') ?? '' } });
    const third = await fetch(path(), { headers: headers() });
    expect([first.status, again.status, await again.text()]).toEqual([200, 304, '']);
    expect(Number(first.headers.get('x-ratelimit-used')) + 1).toBe(Number(third.headers.get('x-ratelimit-used')));
  });

  test('lists come in pages that link to each other', async () => {
    for (const name of ['b1', 'b2', 'b3', 'b4']) await octokit.git.createRef({ ...at, ref: `refs/heads/${name}`, sha });
    const pages = await octokit.paginate(octokit.repos.listBranches, { ...at, per_page: 2 });
    expect(pages.map(({ name }) => name)).toEqual(['b1', 'b2', 'b3', 'b4', 'main']);
  });

  test('what is not modelled says so with its path', async () => {
    expect(await refusal(octokit.issues.listLabelsForRepo(at))).toMatchObject({ status: 501, message: `Not modelled by the local GitHub: GET /repos/${at.owner}/${at.repo}/labels` });
  });

  test.each([
    { reason: 'commits of a person', ask: () => octokit.repos.listCommits({ ...at, author: 'mona' }) },
    { reason: 'commits of a time', ask: () => octokit.repos.listCommits({ ...at, since: '2030-01-01T00:00:00Z' }) },
    { reason: 'protected branches', ask: () => octokit.repos.listBranches({ ...at, protected: true }) },
    { reason: 'forks by stars', ask: () => octokit.repos.listForks({ ...at, sort: 'stargazers' }) },
    { reason: 'pull requests by comments', ask: () => octokit.pulls.list({ ...at, sort: 'popularity' }) },
  ])('nor is a parameter passed over that is not modelled: $reason', async ({ ask }) => {
    expect(await refusal(ask())).toMatchObject({ status: 501, message: expect.stringMatching(/^Not modelled by the local GitHub: /) });
  });

  test('broken JSON is a 400', async () => {
    expect((await fetch(`${path()}/pulls`, { method: 'POST', headers: headers(), body: '{' })).status).toBe(400);
  });

  test.each([
    { name: 'github:500', status: 500 },
    { name: 'github:429', status: 429 },
    { name: 'github:403-secondary-limit', status: 403 },
  ])('the fault $name hits once, where it was asked for', async ({ name, status }) => {
    const faults = `${bench.github.url}/local/faults`;
    expect((await fetch(faults, { method: 'POST', body: JSON.stringify({ name, times: 1, path: '/branches/' }) })).status).toBe(201);
    const call = () => statusOf(octokit.repos.getBranch({ ...at, branch: 'main' }));
    expect([await statusOf(octokit.repos.get(at)), await call(), await call()]).toEqual([200, status, 200]);
    expect(await (await fetch(faults)).json()).toMatchObject({ asked: expect.arrayContaining([expect.objectContaining({ name, struck: 1, left: 0 })]) });
  });

  test('a request that hangs ends when the caller gives up', async () => {
    bench.github.faults.ask({ name: 'github:hang', times: 1, path: null, method: null });
    await expect(fetch(path(), { headers: headers(), signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout|aborted/);
  });

  test('the journal counts the calls', async () => {
    await fetch(`${bench.github.url}/local/journal`, { method: 'DELETE' });
    await octokit.repos.get(at);
    expect(await (await fetch(`${bench.github.url}/local/journal`)).json()).toMatchObject([{ method: 'GET', path: `/repos/${at.owner}/${at.repo}`, status: 200, actor: 'person' }]);
  });
});

describe('the pages', () => {
  test('show a pull request, its checks and comments, with everything escaped', async () => {
    const number = await openPull();
    const { data: pull } = await octokit.pulls.update({ ...at, pull_number: number, title: '<script>alert(1)</script>' });
    const { data: comment } = await octokit.issues.createComment({ ...at, issue_number: number, body: '<img src=x>' });
    const { data: run } = await app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'trueup/plan', head_sha: pull.head.sha, conclusion: 'success', output: { title: '2 changes', summary: '<b>' } });
    const open = async (url: string): Promise<string> => (await fetch(url)).text();
    const page = await open(pull.html_url);
    expect(page).toContain('trueup/plan');
    expect(page).toContain('&lt;img src=x&gt;');
    expect(page).not.toMatch(/<script|<img/);
    expect(await open(comment.html_url)).toBe(page);
    expect(await open(run.html_url ?? '')).toContain('2 changes');
    expect(await open(`${bench.github.url}/${at.owner}/${at.repo}/commit/${pull.head.sha}/checks`)).toContain('trueup/plan');
  });

  test('show a file at a commit and at a branch, line by line, escaped', async () => {
    const { data: put } = await octokit.repos.createOrUpdateFileContents({ ...at, path: 'trueup/a file.yaml', message: 'm', content: Buffer.from('one: 1\n<b>: 2\n').toString('base64'), branch: 'main' });
    for (const revision of [put.commit.sha, 'main']) {
      const page = await (await fetch(`${bench.github.url}/${at.owner}/${at.repo}/blob/${revision}/trueup/a%20file.yaml`)).text();
      expect(page).toContain('id="L2"');
      expect(page).toContain('&lt;b&gt;: 2');
    }
    expect(await (await fetch(bench.github.url)).text()).toContain(`${at.owner}/${at.repo}`);
  });

  test.each(['pull/99', 'blob/main/none.yaml', 'blob/main/../../etc/passwd', 'blob/--help/x', 'nothing'])('of what is not there are a 404: %s', async (path) => {
    expect((await fetch(`${bench.github.url}/${at.owner}/${at.repo}/${path}`)).status).toBe(404);
  });
});
