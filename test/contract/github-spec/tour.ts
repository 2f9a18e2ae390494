import type { LocalRepository } from '../../../src/local/github/start.ts';
import { clone, type AppClient, type GitHubBench } from '../../support/local-github.ts';

/** One repository and everybody who calls: through Octokit's routes, as GitHub names them. */
export interface Visit {
  readonly bench: GitHubBench;
  readonly repository: LocalRepository;
  readonly at: { readonly owner: string; readonly repo: string };
  /** The tip of `main` at the start. */
  readonly sha: string;
  readonly maintainer: AppClient;
  /** The App's installation. */
  readonly installation: AppClient;
  /** The App itself. */
  readonly app: AppClient;
}

export async function visit(bench: GitHubBench, name: string): Promise<Visit> {
  const repository = await bench.github.createRepository(name, { 'a.yaml': 'a: 1\n', 'dir/b.yaml': 'b: 1\n' });
  const at = { owner: repository.owner, repo: repository.name };
  const maintainer = clientOf(bench);
  const { data } = await maintainer.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref: 'heads/main' });
  return { bench, repository, at, sha: data.object.sha, maintainer, installation: await bench.app(repository.installationId), app: await bench.app() };
}

export function clientOf(bench: GitHubBench, token?: string): AppClient {
  // Octokit has this method, for more routes than a test wants typed.
  return bench.person(token) as unknown as AppClient;
}

/** Every endpoint with every answer of 2xx and 304 that it gives; the events follow from that. */
export async function tour(here: Visit): Promise<void> {
  await apps(here);
  await repositories(here);
  await gitData(here);
  await contents(here);
  const pull = await pulls(here);
  await comments(here, pull);
  await checks(here);
  await statusesAndDeployments(here);
  await ownBranch(here);
  await pushes(here);
  await lostFork(here);
}

async function apps({ app, installation, at, repository }: Visit): Promise<void> {
  await app.request('GET /app');
  await app.request('GET /app/installations', { per_page: 10 });
  await app.request('GET /app/installations/{installation_id}', { installation_id: repository.installationId });
  await app.request('GET /repos/{owner}/{repo}/installation', at);
  await app.request('POST /app/installations/{installation_id}/access_tokens', { installation_id: repository.installationId });
  await app.request('POST /app/installations/{installation_id}/access_tokens', { installation_id: repository.installationId, repository_ids: [repository.id], permissions: { contents: 'read' } });
  await installation.request('GET /installation/repositories', { per_page: 100 });
  const { data } = await app.request('GET /app/hook/deliveries', { per_page: 5 });
  await app.request('GET /app/hook/deliveries', { status: 'failure' });
  await app.request('GET /app/hook/deliveries/{delivery_id}', { delivery_id: data[0].id });
  await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: data[0].id });
}

async function repositories({ maintainer, installation, at, repository, bench }: Visit): Promise<void> {
  const { headers } = await maintainer.request('GET /repos/{owner}/{repo}', at);
  await maintainer.request('GET /repos/{owner}/{repo}', { ...at, headers: { 'if-none-match': headers['etag'] } }).catch(() => undefined);
  await installation.request('GET /repositories/{repository_id}', { repository_id: repository.id });
  await maintainer.request('GET /repos/{owner}/{repo}/branches', { ...at, per_page: 1 });
  await maintainer.request('GET /repos/{owner}/{repo}/branches/{branch}', { ...at, branch: 'main' });
  const contributor = clientOf(bench, await bench.github.addUser('contributor', 'read'));
  await contributor.request('POST /repos/{owner}/{repo}/forks', at);
  await contributor.request('GET /repos/{owner}/{repo}', { ...at, owner: 'contributor' });
  await maintainer.request('GET /repos/{owner}/{repo}/forks', at);
  for (const username of ['mona', 'contributor', 'trueup[bot]']) await maintainer.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', { ...at, username });
  await maintainer.request('GET /users/{username}', { username: 'mona' });
  await installation.request('GET /users/{username}', { username: 'trueup[bot]' });
  await maintainer.request('GET /user');
}

async function gitData({ maintainer, at, sha }: Visit): Promise<void> {
  const { data: blob } = await maintainer.request('POST /repos/{owner}/{repo}/git/blobs', { ...at, content: 'bjogMQo=', encoding: 'base64' });
  await maintainer.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { ...at, file_sha: blob.sha });
  const tree = [{ path: 'new.yaml', mode: '100644', type: 'blob', sha: blob.sha }, { path: 'text.yaml', mode: '100644', type: 'blob', content: 't: 1\n' }];
  const { data: written } = await maintainer.request('POST /repos/{owner}/{repo}/git/trees', { ...at, base_tree: sha, tree });
  const author = { name: 'Ada', email: 'ada@example.com', date: '2026-01-02T03:04:05Z' };
  const { data: commit } = await maintainer.request('POST /repos/{owner}/{repo}/git/commits', { ...at, message: 'New', tree: written.sha, parents: [sha], author });
  await maintainer.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', { ...at, commit_sha: commit.sha });
  await maintainer.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', { ...at, tree_sha: commit.sha, recursive: 'true' });
  await maintainer.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', { ...at, tree_sha: 'main' });
  await maintainer.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/heads/made', sha });
  await maintainer.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/tags/v1', sha });
  await maintainer.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...at, ref: 'heads/made', sha: commit.sha });
  await maintainer.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...at, ref: 'heads/made', sha, force: true });
  await maintainer.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', { ...at, ref: 'heads/' });
  await maintainer.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...at, ref: 'heads/made' });
}

/** As the App itself proposes a change: what it deletes and what it changes, on a branch that it moves, in a pull request that it edits, closes and lists. */
async function ownBranch({ installation, at, sha }: Visit): Promise<void> {
  const tree = [{ path: 'dir/b.yaml', mode: '100644', type: 'blob', sha: null }, { path: 'a.yaml', mode: '100644', type: 'blob', content: 'a: 2\n' }];
  const { data: written } = await installation.request('POST /repos/{owner}/{repo}/git/trees', { ...at, base_tree: sha, tree });
  const { data: commit } = await installation.request('POST /repos/{owner}/{repo}/git/commits', { ...at, message: 'Ours', tree: written.sha, parents: [sha] });
  await installation.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/heads/trueup/ours', sha: commit.sha });
  await installation.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...at, ref: 'heads/trueup/ours', sha: commit.sha, force: true });
  const { data: pull } = await installation.request('POST /repos/{owner}/{repo}/pulls', { ...at, title: 'Ours', head: 'trueup/ours', base: 'main', body: 'Why' });
  await installation.request('GET /repos/{owner}/{repo}/pulls', { ...at, state: 'open', head: `${at.owner}:trueup/ours`, base: 'main', per_page: 1 });
  await installation.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number: pull.number, title: 'Ours again', body: 'Because' });
  await installation.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number: pull.number, state: 'closed' });
  await installation.request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...at, issue_number: pull.number });
}

async function contents({ maintainer, installation, at, sha }: Visit): Promise<void> {
  await maintainer.request('GET /repos/{owner}/{repo}/contents', at);
  await maintainer.request('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'dir' });
  await installation.request('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'dir/b.yaml', ref: sha });
  await maintainer.request('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'a.yaml', headers: { accept: 'application/vnd.github.raw' } });
  await maintainer.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/heads/work', sha });
  const write = (path: string, more: object) => maintainer.request('PUT /repos/{owner}/{repo}/contents/{path}', { ...at, branch: 'work', path, message: 'Write', content: 'eDogMQo=', ...more });
  const { data: made } = await write('c.yaml', { committer: { name: 'Ada', email: 'ada@example.com' } });
  const { data: changed } = await write('c.yaml', { sha: made.content.sha, content: 'eDogMgo=' });
  await maintainer.request('DELETE /repos/{owner}/{repo}/contents/{path}', { ...at, branch: 'work', path: 'c.yaml', message: 'Delete', sha: changed.content.sha });
  await write('d.yaml', {});
  await maintainer.request('GET /repos/{owner}/{repo}/commits', { ...at, sha: 'work', path: 'd.yaml' });
  await installation.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...at, ref: 'work' });
  await maintainer.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...at, ref: 'work', headers: { accept: 'application/vnd.github.sha' } });
  await installation.request('GET /repos/{owner}/{repo}/compare/{basehead}', { ...at, basehead: 'main...work', per_page: 1 });
  await maintainer.request('GET /repos/{owner}/{repo}/compare/{basehead}', { ...at, basehead: 'main...contributor:main' });
}

/** @returns the number of a pull request that is open. */
async function pulls({ maintainer, at, sha }: Visit): Promise<number> {
  const open = async (head: string, more: object = {}): Promise<number> => (await maintainer.request('POST /repos/{owner}/{repo}/pulls', { ...at, title: 'Work', head, base: 'main', ...more })).data.number;
  const change = (pull_number: number, more: object) => maintainer.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number, ...more });
  const branch = async (ref: string): Promise<string> => {
    await maintainer.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: `refs/heads/${ref}`, sha });
    await maintainer.request('PUT /repos/{owner}/{repo}/contents/{path}', { ...at, branch: ref, path: `${ref}.yaml`, message: 'Write', content: 'eDogMQo=' });
    return ref;
  };
  const number = await open('work', { body: 'Why' });
  await change(number, { title: 'Other', body: '' });
  await change(number, { state: 'closed' });
  await change(number, { state: 'open' });
  const draft = await open(await branch('draft'), { draft: true });
  await maintainer.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/heads/base', sha });
  await change(draft, { base: 'base' });
  for (const merge_method of ['merge', 'squash', 'rebase']) {
    const merged = await open(await branch(`by-${merge_method}`));
    await maintainer.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', { ...at, pull_number: merged, merge_method });
    await maintainer.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/merge', { ...at, pull_number: merged });
    await maintainer.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number: merged });
  }
  await maintainer.request('GET /repos/{owner}/{repo}/pulls', { ...at, state: 'all', sort: 'updated', direction: 'asc' });
  for (const pull_number of [number, draft]) await maintainer.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number });
  await maintainer.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', { ...at, pull_number: number });
  await maintainer.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', { ...at, pull_number: number });
  await maintainer.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', { ...at, commit_sha: 'work' });
  return number;
}

async function comments({ maintainer, installation, at }: Visit, issue_number: number): Promise<void> {
  await maintainer.request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...at, issue_number });
  const { data: own } = await maintainer.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, issue_number, body: '/trueup plan' });
  const { data: apps } = await installation.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, issue_number, body: 'A plan' });
  await installation.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...at, comment_id: apps.id, body: 'Another' });
  for (let times = 0; times < 2; times += 1) await installation.request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', { ...at, comment_id: own.id, content: 'eyes' });
  const { data: reactions } = await maintainer.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', { ...at, comment_id: own.id });
  await maintainer.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, issue_number, per_page: 1 });
  await maintainer.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...at, comment_id: own.id });
  await installation.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}', { ...at, comment_id: own.id, reaction_id: reactions[0].id });
  await maintainer.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...at, comment_id: own.id });
}

async function checks({ maintainer, installation, at, bench }: Visit): Promise<void> {
  const head_sha = (await maintainer.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref: 'heads/work' })).data.object.sha;
  const output = { title: 'T', summary: 'S', text: 'X', annotations: [{ path: 'd.yaml', start_line: 1, end_line: 1, annotation_level: 'failure', message: 'bad' }] };
  const actions = [{ label: 'Retry', description: 'Once more', identifier: 'retry' }];
  const { data: run } = await installation.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'plan', head_sha, status: 'in_progress' });
  await installation.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', { ...at, check_run_id: run.id, conclusion: 'failure', output, actions, external_id: 'x', details_url: 'https://example.com/' });
  await maintainer.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', { ...at, check_run_id: run.id });
  await maintainer.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', { ...at, check_run_id: run.id });
  await maintainer.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { ...at, ref: 'work', filter: 'all', check_name: 'plan', app_id: bench.github.app.id });
  const { data: suites } = await maintainer.request('GET /repos/{owner}/{repo}/commits/{ref}/check-suites', { ...at, ref: 'work' });
  const check_suite_id = suites.check_suites[0].id;
  await maintainer.request('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}', { ...at, check_suite_id });
  await maintainer.request('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs', { ...at, check_suite_id });
  await installation.request('POST /repos/{owner}/{repo}/check-suites', { ...at, head_sha });
  await installation.request('POST /repos/{owner}/{repo}/check-suites', { ...at, head_sha: await loneCommit({ maintainer, at }, head_sha) });
  await press(bench, `check-runs/${run.id}/actions`, { identifier: 'retry' });
  for (let times = 0; times < 2; times += 1) await installation.request('POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest', { ...at, check_run_id: run.id });
  await installation.request('POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest', { ...at, check_suite_id });
}

/** A commit that was never pushed: no suite is made of itself. */
async function loneCommit({ maintainer, at }: Pick<Visit, 'maintainer' | 'at'>, parent: string): Promise<string> {
  const { data } = await maintainer.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', { ...at, commit_sha: parent });
  return (await maintainer.request('POST /repos/{owner}/{repo}/git/commits', { ...at, message: 'Alone', tree: data.tree.sha, parents: [parent] })).data.sha;
}

async function press(bench: GitHubBench, path: string, body: object): Promise<void> {
  const { status } = await fetch(`${bench.github.url}/local/${path}`, { method: 'POST', headers: { authorization: `token ${bench.github.token}` }, body: JSON.stringify(body) });
  if (status !== 201) throw new Error(`pressing ${path} was answered with ${status}`);
}

async function statusesAndDeployments({ maintainer, installation, at, sha }: Visit): Promise<void> {
  for (const state of ['pending', 'success']) await installation.request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...at, sha, state, context: 'ci', description: 'Fine', target_url: 'https://example.com/' });
  await maintainer.request('GET /repos/{owner}/{repo}/commits/{ref}/status', { ...at, ref: 'main' });
  await maintainer.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ...at, ref: sha });
  const deploy = async (environment: string): Promise<number> => (await installation.request('POST /repos/{owner}/{repo}/deployments', { ...at, ref: sha, environment, task: 'deploy', auto_merge: false, required_contexts: [], description: 'D', payload: { a: 1 } })).data.id;
  const ids = [await deploy('test'), await deploy('test'), await deploy('other')];
  const [first = 0, second = 0, alone = 0] = ids;
  for (const deployment_id of [first, second]) {
    const { data: status } = await installation.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', { ...at, deployment_id, state: 'success', environment_url: 'https://example.com/', log_url: 'https://example.com/log', description: 'Done' });
    await maintainer.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}', { ...at, deployment_id, status_id: status.id });
  }
  await installation.request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', { ...at, deployment_id: alone, state: 'in_progress' });
  await maintainer.request('GET /repos/{owner}/{repo}/deployments', { ...at, environment: 'test', sha });
  await maintainer.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}', { ...at, deployment_id: first });
  await maintainer.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', { ...at, deployment_id: first });
  await maintainer.request('GET /repos/{owner}/{repo}/environments', at);
  await maintainer.request('GET /repos/{owner}/{repo}/environments/{environment_name}', { ...at, environment_name: 'test' });
  await installation.request('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', { ...at, deployment_id: alone });
}

/** By Git itself: a new branch, more on it, a rewritten one, a deleted one, tags, and a pull request that it brings along. */
async function pushes({ bench, repository, maintainer, at }: Visit): Promise<void> {
  const copy = await clone(bench, repository, bench.github.token);
  await copy.git('checkout', '--quiet', '-b', 'pushed');
  await copy.commit('One', { 'p/one.yaml': 'one: 1\n' });
  await copy.git('push', '--quiet', 'origin', 'pushed');
  await maintainer.request('POST /repos/{owner}/{repo}/pulls', { ...at, title: 'Pushed', head: 'pushed', base: 'main' });
  await copy.commit('Two', { 'p/one.yaml': 'one: 2\n', 'p/two.yaml': '2\n' });
  await copy.git('push', '--quiet', 'origin', 'pushed');
  await copy.git('commit', '--quiet', '--amend', '-m', 'Two again');
  await copy.git('push', '--quiet', '--force', 'origin', 'pushed');
  await copy.git('tag', 'light');
  await copy.git('tag', '-a', 'heavy', '-m', 'Heavy');
  await copy.git('push', '--quiet', 'origin', 'light', 'heavy');
  await copy.git('push', '--quiet', 'origin', ':light', ':pushed');
  await bench.settled();
}

/** A pull request from a fork, and the fork goes. */
async function lostFork({ bench, maintainer, at }: Visit): Promise<void> {
  const passerby = clientOf(bench, await bench.github.addUser('passerby', 'read'));
  const own = { ...at, owner: 'passerby' };
  await passerby.request('POST /repos/{owner}/{repo}/forks', at);
  await passerby.request('PUT /repos/{owner}/{repo}/contents/{path}', { ...own, path: 'fork.yaml', message: 'Fork', content: 'eDogMQo=' });
  const { data } = await passerby.request('POST /repos/{owner}/{repo}/pulls', { ...at, title: 'Fork', head: 'passerby:main', base: 'main' });
  await passerby.request('DELETE /repos/{owner}/{repo}', own);
  await maintainer.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number: data.number });
  await maintainer.request('GET /repos/{owner}/{repo}/pulls', { ...at, state: 'closed', per_page: 1 });
}

/** The installation's own life, to its end. */
export async function farewell({ app, maintainer, at, repository: { installationId: installation_id, id: repository_id } }: Visit): Promise<void> {
  for (const archived of [true, false]) await maintainer.request('PATCH /repos/{owner}/{repo}', { ...at, archived });
  await maintainer.request('DELETE /user/installations/{installation_id}/repositories/{repository_id}', { installation_id, repository_id });
  await maintainer.request('PUT /user/installations/{installation_id}/repositories/{repository_id}', { installation_id, repository_id });
  await app.request('PUT /app/installations/{installation_id}/suspended', { installation_id });
  await app.request('GET /app/installations/{installation_id}', { installation_id });
  await app.request('DELETE /app/installations/{installation_id}/suspended', { installation_id });
  await app.request('DELETE /app/installations/{installation_id}', { installation_id });
  await maintainer.request('DELETE /repos/{owner}/{repo}', at);
}
