import { createSign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { githubBench, refusal, statusOf, type GitHubBench } from '../support/local-github.ts';

let bench: GitHubBench;
let infra: LocalRepository;
let other: LocalRepository;
let sha: string;
beforeAll(async () => {
  bench = await githubBench();
  infra = await bench.github.createRepository('infra', { 'a.yaml': 'a: 1\n' });
  other = await bench.github.createRepository('other', { 'a.yaml': 'a: 1\n' });
  sha = (await bench.person().repos.getBranch({ owner: infra.owner, repo: 'infra', branch: 'main' })).data.commit.sha;
});
afterAll(() => bench[Symbol.asyncDispose]());

const at = { owner: 'acme', repo: 'infra' };

async function tokenWith(body: object): Promise<string> {
  const app = await bench.app();
  const { data } = await app.request('POST /app/installations/{id}/access_tokens', { id: infra.installationId, ...body });
  return data.token;
}

function jwt(claims: object, header: object = { alg: 'RS256', typ: 'JWT' }): string {
  const body = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${body}.${createSign('RSA-SHA256').update(body).sign(bench.github.app.privateKey).toString('base64url')}`;
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${bench.github.api}${path}`, { headers });
}

describe('the App', () => {
  const now = Math.floor(Date.now() / 1000);
  test.each([
    { reason: 'its id as a string', claims: () => ({ iss: String(bench.github.app.id), iat: now, exp: now + 300 }), status: 200 },
    { reason: 'its id as a number', claims: () => ({ iss: bench.github.app.id, iat: now, exp: now + 300 }), status: 200 },
    { reason: 'its client id', claims: () => ({ iss: bench.github.app.clientId, iat: now, exp: now + 300 }), status: 200 },
    { reason: 'another App', claims: () => ({ iss: 1, iat: now, exp: now + 300 }), status: 404 },
    { reason: 'expired', claims: () => ({ iss: bench.github.app.id, iat: now - 900, exp: now - 1 }), status: 401 },
    { reason: 'valid for longer than ten minutes', claims: () => ({ iss: bench.github.app.id, iat: now, exp: now + 3600 }), status: 401 },
    { reason: 'from the future', claims: () => ({ iss: bench.github.app.id, iat: now + 300, exp: now + 500 }), status: 401 },
    { reason: 'another algorithm', claims: () => ({ iss: bench.github.app.id, iat: now, exp: now + 300 }), header: { alg: 'none' }, status: 401 },
  ])('with a JWT of $reason: $status', async ({ claims, header, status }) => {
    expect((await get('/app', { authorization: `Bearer ${jwt(claims(), header)}` })).status).toBe(status);
  });

  test('with a JWT whose signature was changed: 401', async () => {
    const good = jwt({ iss: bench.github.app.id, iat: now, exp: now + 300 });
    expect((await get('/app', { authorization: `Bearer ${good.slice(0, -6)}AAAAAA` })).status).toBe(401);
  });

  test('finds its installation from itself and from a repository', async () => {
    const app = await bench.app();
    expect((await app.request('GET /app')).data).toMatchObject({ id: bench.github.app.id, slug: 'trueup', permissions: { checks: 'write' } });
    expect((await app.request('GET /app/installations')).data).toMatchObject([{ id: infra.installationId, account: { login: 'acme' } }]);
    expect((await app.request('GET /repos/{owner}/{repo}/installation', at)).data.id).toBe(infra.installationId);
  });

  test('as an installation sees its repositories, by name and by id', async () => {
    const octokit = await bench.app(infra.installationId);
    const { data } = await octokit.request('GET /installation/repositories', { per_page: 1, page: 2 });
    expect(data).toMatchObject({ total_count: 2, repositories: [{ id: other.id }] });
    expect((await octokit.request('GET /repositories/{id}', { id: infra.id })).data.full_name).toBe('acme/infra');
    expect((await octokit.request('GET /repositories/{id}/branches/main', { id: infra.id })).data.commit.sha).toBe(sha);
  });
});

describe('credentials', () => {
  test.each([
    { reason: 'an unknown token', headers: { authorization: 'token ghp_unknown' }, path: '/repos/acme/infra', status: 401 },
    { reason: 'an unknown installation token', headers: { authorization: 'Bearer ghs_unknown' }, path: '/repos/acme/infra', status: 401 },
    { reason: 'nobody, asking for a private repository', headers: {}, path: '/repos/acme/infra', status: 404 },
    { reason: 'nobody, asking who he is', headers: {}, path: '/user', status: 401 },
  ])('$reason: $status', async ({ headers, path, status }) => {
    expect((await get(path, headers)).status).toBe(status);
  });

  test('a person without a role in the organization sees nothing of it', async () => {
    const token = await bench.github.addUser('reader', 'read');
    expect((await get('/repos/acme/infra', { authorization: `token ${token}` })).status).toBe(200);
    expect((await get('/repos/acme/nowhere', { authorization: `token ${token}` })).status).toBe(404);
  });
});

const calls = {
  'read contents': (o: Caller) => o.request('GET /repos/{owner}/{repo}/git/trees/{sha}', { ...at, sha }),
  'write contents': (o: Caller) => o.request('POST /repos/{owner}/{repo}/git/blobs', { ...at, content: 'x' }),
  'write a check': (o: Caller) => o.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'x', head_sha: sha }),
  'read checks': (o: Caller) => o.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { ...at, ref: sha }),
  'write a status': (o: Caller) => o.request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...at, sha, state: 'success' }),
  'write a deployment': (o: Caller) => o.request('POST /repos/{owner}/{repo}/deployments', { ...at, ref: sha, required_contexts: [], auto_merge: false }),
};
interface Caller {
  request(route: string, parameters: object): Promise<{ status: number }>;
}

describe('permissions', () => {
  test.each<{ reason: string; permissions: object; call: keyof typeof calls; status: number }>([
    { reason: 'reading is allowed to who may write', permissions: { contents: 'write' }, call: 'read contents', status: 200 },
    { reason: 'writing is not allowed to who may read', permissions: { contents: 'read' }, call: 'write contents', status: 403 },
    { reason: 'another permission does not help', permissions: { issues: 'write' }, call: 'read contents', status: 403 },
    { reason: 'checks need checks', permissions: { checks: 'write' }, call: 'write a check', status: 201 },
    { reason: 'contents do not give checks', permissions: { contents: 'write' }, call: 'write a check', status: 403 },
    { reason: 'checks are read with read', permissions: { checks: 'read' }, call: 'read checks', status: 200 },
    { reason: 'statuses need statuses', permissions: { checks: 'write' }, call: 'write a status', status: 403 },
    { reason: 'deployments need deployments', permissions: { deployments: 'write' }, call: 'write a deployment', status: 201 },
  ])('an installation with $permissions and $call: $status, $reason', async ({ permissions, call, status }) => {
    const { status: answered, message } = await refusal(calls[call](bench.person(await tokenWith({ permissions })) as Caller));
    expect(answered).toBe(status);
    if (status === 403) expect(message).toBe('Resource not accessible by integration');
  });

  test.each<{ reason: string; role: 'admin' | 'write' | 'read'; call: keyof typeof calls; status: number }>([
    { reason: 'checks belong to Apps, even for an admin', role: 'admin', call: 'write a check', status: 403 },
    { reason: 'a writer writes', role: 'write', call: 'write contents', status: 201 },
    { reason: 'a reader does not', role: 'read', call: 'write contents', status: 403 },
    { reason: 'a reader reads', role: 'read', call: 'read contents', status: 200 },
  ])('a person with $role and $call: $status, $reason', async ({ role, call, status }) => {
    expect(await statusOf(calls[call](bench.person(await bench.github.addUser(`some-${role}`, role)) as Caller))).toBe(status);
  });

  test.each([
    { reason: 'a repository by name', narrow: () => ({ repositories: ['other'] }) },
    { reason: 'a repository by id', narrow: () => ({ repository_ids: [other.id] }) },
  ])('a token narrowed to $reason does not see the rest', async ({ narrow }) => {
    const octokit = bench.person(await tokenWith(narrow()));
    expect((await octokit.apps.listReposAccessibleToInstallation()).data.repositories.map(({ id }) => id)).toEqual([other.id]);
    expect(await statusOf(octokit.repos.get(at))).toBe(404);
  });

  test.each([
    { reason: 'a repository that is not there', body: { repositories: ['nowhere'] } },
    { reason: 'a permission that the App does not have', body: { permissions: { administration: 'write' } } },
  ])('no token for $reason: 422', async ({ body }) => {
    const app = await bench.app();
    expect(await statusOf(app.request('POST /app/installations/{id}/access_tokens', { id: infra.installationId, ...body }))).toBe(422);
  });

  test('the live permission of a person is told, and of a stranger 404', async () => {
    const octokit = await bench.app(infra.installationId);
    await bench.github.addUser('writer', 'write');
    const permission = (username: string) => octokit.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', { ...at, username });
    expect((await permission('writer')).data.permission).toBe('write');
    expect(await statusOf(permission('stranger'))).toBe(404);
  });
});
