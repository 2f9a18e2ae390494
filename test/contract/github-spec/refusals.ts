import { clientOf, type Visit } from './tour.ts';
import type { AppClient } from '../../support/local-github.ts';

type Who = 'stranger' | 'reader' | 'maintainer' | 'installation' | 'narrowed' | 'app';

export interface Refusal {
  readonly who: Who;
  readonly route: string;
  readonly with?: object;
  readonly status: number;
  readonly reason: string;
}

const repo = '/repos/{owner}/{repo}';
const none = 999_999_999;
const zeros = 'a'.repeat(40);

/** At least one of every kind of refusal, and each endpoint's own. */
export const refusals: readonly Refusal[] = [
  { who: 'stranger', route: 'GET /app', status: 401, reason: 'no credential' },
  { who: 'stranger', route: `GET ${repo}`, status: 401, reason: 'an unknown credential' },
  { who: 'stranger', route: 'GET /user', status: 401, reason: 'an unknown credential' },
  { who: 'stranger', route: 'GET /installation/repositories', status: 401, reason: 'an unknown credential' },
  { who: 'maintainer', route: 'GET /app/installations', status: 401, reason: 'a person is no App' },
  { who: 'maintainer', route: 'GET /installation/repositories', status: 403, reason: 'a person is no installation' },
  { who: 'installation', route: 'GET /user', status: 403, reason: 'an installation is no person' },
  { who: 'app', route: 'GET /app/installations/{installation_id}', with: { installation_id: none }, status: 404, reason: 'no such installation' },
  { who: 'app', route: 'POST /app/installations/{installation_id}/access_tokens', with: { repositories: ['nowhere'] }, status: 422, reason: 'no such repository' },
  { who: 'app', route: 'GET /app/hook/deliveries/{delivery_id}', with: { delivery_id: none }, status: 404, reason: 'no such delivery' },
  { who: 'app', route: 'POST /app/hook/deliveries/{delivery_id}/attempts', with: { delivery_id: none }, status: 404, reason: 'no such delivery' },
  { who: 'app', route: `GET ${repo}/installation`, with: { repo: 'nowhere' }, status: 404, reason: 'no such repository' },
  { who: 'installation', route: `GET ${repo}`, with: { owner: 'contributor' }, status: 404, reason: 'a repository that is not visible' },
  { who: 'installation', route: `GET ${repo}/pulls`, with: { owner: 'contributor' }, status: 404, reason: 'a repository that is not visible' },
  { who: 'installation', route: `POST ${repo}/check-runs`, with: { owner: 'contributor', name: 'x', head_sha: zeros }, status: 404, reason: 'a repository that is not visible' },
  { who: 'reader', route: `POST ${repo}/git/refs`, with: { ref: 'refs/heads/x', sha: zeros }, status: 403, reason: 'only reads' },
  { who: 'reader', route: `PUT ${repo}/contents/{path}`, with: { path: 'x', message: 'm', content: '' }, status: 403, reason: 'only reads' },
  { who: 'reader', route: `POST ${repo}/deployments`, with: { ref: 'main' }, status: 403, reason: 'only reads' },
  { who: 'reader', route: `POST ${repo}/statuses/{sha}`, with: { sha: 'SHA', state: 'success' }, status: 403, reason: 'only reads' },
  { who: 'maintainer', route: `POST ${repo}/check-runs`, with: { name: 'x', head_sha: 'SHA' }, status: 403, reason: 'checks are for Apps' },
  { who: 'maintainer', route: `POST ${repo}/check-suites`, with: { head_sha: 'SHA' }, status: 403, reason: 'checks are for Apps' },
  { who: 'narrowed', route: `POST ${repo}/check-runs`, with: { name: 'x', head_sha: 'SHA' }, status: 403, reason: 'a token without checks' },
  { who: 'narrowed', route: `GET ${repo}/pulls`, status: 403, reason: 'a token without pull requests' },
  { who: 'narrowed', route: `GET ${repo}/issues/{issue_number}/comments`, with: { issue_number: 1 }, status: 403, reason: 'a token without issues' },
  { who: 'maintainer', route: `GET ${repo}/branches/{branch}`, with: { branch: 'nowhere' }, status: 404, reason: 'no such branch' },
  { who: 'maintainer', route: `GET ${repo}/git/ref/{ref}`, with: { ref: 'heads/nowhere' }, status: 404, reason: 'no such ref' },
  { who: 'maintainer', route: `POST ${repo}/git/refs`, with: { ref: 'refs/heads/main', sha: 'SHA' }, status: 422, reason: 'a ref that is there' },
  { who: 'maintainer', route: `PATCH ${repo}/git/refs/{ref}`, with: { ref: 'heads/nowhere', sha: 'SHA' }, status: 422, reason: 'no such ref' },
  { who: 'maintainer', route: `DELETE ${repo}/git/refs/{ref}`, with: { ref: 'heads/nowhere' }, status: 422, reason: 'no such ref' },
  { who: 'maintainer', route: `GET ${repo}/git/commits/{commit_sha}`, with: { commit_sha: zeros }, status: 404, reason: 'no such commit' },
  { who: 'maintainer', route: `POST ${repo}/git/commits`, with: { message: 'm', tree: zeros }, status: 422, reason: 'no such tree' },
  { who: 'maintainer', route: `GET ${repo}/git/trees/{tree_sha}`, with: { tree_sha: zeros }, status: 404, reason: 'no such tree' },
  { who: 'maintainer', route: `POST ${repo}/git/trees`, with: { tree: [{ path: '../x', mode: '100644', content: 'x' }] }, status: 422, reason: 'a path out of the tree' },
  { who: 'maintainer', route: `POST ${repo}/git/trees`, with: { base_tree: 'SHA', tree: [{ path: 'nowhere.yaml', mode: '100644', type: 'blob', sha: null }] }, status: 422, reason: 'deletes what is not there' },
  { who: 'narrowed', route: `POST ${repo}/git/trees`, with: { base_tree: 'SHA', tree: [{ path: 'x', mode: '100644', content: 'x' }] }, status: 403, reason: 'a token that only reads contents' },
  { who: 'narrowed', route: `POST ${repo}/git/commits`, with: { message: 'm', tree: 'SHA' }, status: 403, reason: 'a token that only reads contents' },
  { who: 'narrowed', route: `POST ${repo}/git/refs`, with: { ref: 'refs/heads/x', sha: 'SHA' }, status: 403, reason: 'a token that only reads contents' },
  { who: 'narrowed', route: `POST ${repo}/pulls`, with: { title: 'x', head: 'work', base: 'main' }, status: 403, reason: 'a token without pull requests' },
  { who: 'maintainer', route: `GET ${repo}/git/blobs/{file_sha}`, with: { file_sha: zeros }, status: 404, reason: 'no such blob' },
  { who: 'maintainer', route: `POST ${repo}/git/blobs`, with: {}, status: 422, reason: 'no content' },
  { who: 'maintainer', route: `GET ${repo}/contents/{path}`, with: { path: 'nowhere' }, status: 404, reason: 'no such file' },
  { who: 'maintainer', route: `PUT ${repo}/contents/{path}`, with: { path: 'a.yaml', message: 'm', content: '' }, status: 422, reason: 'without the sha' },
  { who: 'maintainer', route: `PUT ${repo}/contents/{path}`, with: { path: 'a.yaml', message: 'm', content: '', sha: zeros }, status: 409, reason: 'with another sha' },
  { who: 'maintainer', route: `DELETE ${repo}/contents/{path}`, with: { path: 'a.yaml', message: 'm', sha: zeros }, status: 409, reason: 'with another sha' },
  { who: 'maintainer', route: `GET ${repo}/commits`, with: { sha: 'nowhere' }, status: 404, reason: 'no such branch' },
  { who: 'maintainer', route: `GET ${repo}/commits/{ref}`, with: { ref: zeros }, status: 422, reason: 'no such commit' },
  { who: 'maintainer', route: `GET ${repo}/compare/{basehead}`, with: { basehead: 'main...nowhere' }, status: 404, reason: 'no such branch' },
  { who: 'maintainer', route: `GET ${repo}/commits/{commit_sha}/pulls`, with: { commit_sha: zeros }, status: 422, reason: 'no such commit' },
  { who: 'maintainer', route: `GET ${repo}/pulls/{pull_number}`, with: { pull_number: none }, status: 404, reason: 'no such pull request' },
  { who: 'maintainer', route: `POST ${repo}/pulls`, with: { title: 'x', head: 'main', base: 'main' }, status: 422, reason: 'nothing to merge' },
  { who: 'maintainer', route: `POST ${repo}/pulls`, with: { title: 'x', head: 'nowhere', base: 'main' }, status: 422, reason: 'no such branch' },
  { who: 'maintainer', route: `PATCH ${repo}/pulls/{pull_number}`, with: { pull_number: 1, base: 'nowhere' }, status: 422, reason: 'no such base' },
  { who: 'maintainer', route: `GET ${repo}/pulls/{pull_number}/merge`, with: { pull_number: 1 }, status: 404, reason: 'not merged' },
  { who: 'maintainer', route: `PUT ${repo}/pulls/{pull_number}/merge`, with: { pull_number: 1, sha: zeros }, status: 409, reason: 'another head' },
  { who: 'maintainer', route: `PUT ${repo}/pulls/{pull_number}/merge`, with: { pull_number: 2 }, status: 405, reason: 'a draft' },
  { who: 'maintainer', route: `GET ${repo}/issues/{issue_number}`, with: { issue_number: none }, status: 404, reason: 'no such issue' },
  { who: 'maintainer', route: `GET ${repo}/issues/{issue_number}/comments`, with: { issue_number: none }, status: 404, reason: 'no such issue' },
  { who: 'maintainer', route: `POST ${repo}/issues/{issue_number}/comments`, with: { issue_number: 1, body: ' ' }, status: 422, reason: 'nothing said' },
  { who: 'maintainer', route: `GET ${repo}/issues/comments/{comment_id}`, with: { comment_id: none }, status: 404, reason: 'no such comment' },
  { who: 'maintainer', route: `POST ${repo}/issues/comments/{comment_id}/reactions`, with: { comment_id: none, content: 'eyes' }, status: 404, reason: 'no such comment' },
  { who: 'maintainer', route: `DELETE ${repo}/issues/comments/{comment_id}`, with: { comment_id: none }, status: 404, reason: 'no such comment' },
  { who: 'installation', route: `POST ${repo}/check-runs`, with: { name: 'x', head_sha: zeros }, status: 422, reason: 'no such commit' },
  { who: 'installation', route: `POST ${repo}/check-suites`, with: { head_sha: zeros }, status: 422, reason: 'no such commit' },
  { who: 'installation', route: `PATCH ${repo}/check-runs/{check_run_id}`, with: { check_run_id: none }, status: 404, reason: 'no such run' },
  { who: 'maintainer', route: `GET ${repo}/check-runs/{check_run_id}`, with: { check_run_id: none }, status: 404, reason: 'no such run' },
  { who: 'maintainer', route: `GET ${repo}/check-suites/{check_suite_id}`, with: { check_suite_id: none }, status: 404, reason: 'no such suite' },
  { who: 'maintainer', route: `GET ${repo}/commits/{ref}/check-runs`, with: { ref: zeros }, status: 422, reason: 'no such commit' },
  { who: 'maintainer', route: `GET ${repo}/commits/{ref}/status`, with: { ref: zeros }, status: 422, reason: 'no such commit' },
  { who: 'installation', route: `POST ${repo}/statuses/{sha}`, with: { sha: zeros, state: 'success' }, status: 422, reason: 'no such commit' },
  { who: 'installation', route: `POST ${repo}/deployments`, with: { ref: 'nowhere', required_contexts: [] }, status: 422, reason: 'no such ref' },
  { who: 'installation', route: `POST ${repo}/deployments`, with: { ref: 'main', required_contexts: ['never'] }, status: 409, reason: 'a check that is not green' },
  { who: 'installation', route: `POST ${repo}/deployments/{deployment_id}/statuses`, with: { deployment_id: none, state: 'success' }, status: 404, reason: 'no such deployment' },
  { who: 'maintainer', route: `GET ${repo}/deployments/{deployment_id}`, with: { deployment_id: none }, status: 404, reason: 'no such deployment' },
  { who: 'maintainer', route: `GET ${repo}/environments/{environment_name}`, with: { environment_name: 'nowhere' }, status: 404, reason: 'no such environment' },
  { who: 'maintainer', route: `GET ${repo}/collaborators/{username}/permission`, with: { username: 'nobody' }, status: 404, reason: 'no such person' },
  { who: 'maintainer', route: 'GET /users/{username}', with: { username: 'nobody' }, status: 404, reason: 'no such person' },
];

/** Each refusal with the status that it got. */
export async function refuse(here: Visit): Promise<readonly (Refusal & { readonly got: number })[]> {
  const clients = await clientsOf(here);
  return Promise.all(
    refusals.map(async (refusal) => {
      const values = { ...here.at, installation_id: here.repository.installationId, ...refusal.with };
      // What the route does not name becomes a field or a parameter: only what the refusal itself gives may.
      const parameters = Object.entries(values).filter(([name]) => refusal.route.includes(`{${name}}`) || Object.hasOwn(refusal.with ?? {}, name));
      const call = clients[refusal.who].request(refusal.route, Object.fromEntries(parameters.map(([name, value]) => [name, value === 'SHA' ? here.sha : value])));
      const got = await call.then(({ status }) => status, (error: { status?: number }) => error.status ?? -1);
      return { ...refusal, got };
    }),
  );
}

async function clientsOf({ bench, app, installation, maintainer, repository }: Visit): Promise<Readonly<Record<Who, AppClient>>> {
  const { data: token } = await app.request('POST /app/installations/{installation_id}/access_tokens', { installation_id: repository.installationId, permissions: { contents: 'read' } });
  const reader = await bench.github.addUser('reader', 'read');
  return { stranger: clientOf(bench, 'nothing that is known'), reader: clientOf(bench, reader), maintainer, installation, app, narrowed: clientOf(bench, token.token) };
}
