import { afterAll, describe, expect, test } from 'vitest';
import { clone, githubBench, wideLimits } from '../support/local-github.ts';
import { tickingGitHub, type TickingGitHub } from '../support/ticking-github.ts';
import { heldTotals } from '../support/totals.ts';

// Which right each call needs: github-local-access.test.ts. The threads that show GitHub's words are named in src/local/github/auth.
let behaviours = 0;
afterAll(() => heldTotals('github-behaviour-access', { behaviours }));

const minute = 60_000;
const suspension = { status: 403, message: 'This installation has been suspended' };
const tokensOf = ({ repository }: TickingGitHub): string => `/app/installations/${repository.installationId}/access_tokens`;
const sentBy = ({ bench }: TickingGitHub): unknown[] => bench.events.map(({ name, payload }) => [name, payload.action ?? null]);

describe.concurrent('an installation', () => {
  test('that lacks a right is told which one: 403', async () => {
    await using github = await tickingGitHub();
    const { body } = await github.call('POST', tokensOf(github), github.jwt(), { permissions: { contents: 'read' } });
    const refused = await github.call('POST', `${github.path}/issues/1/comments`, body.token, { body: 'x' });
    expect(refused).toMatchObject({ status: 403, message: 'Resource not accessible by integration' });
    expect(refused.headers.get('x-accepted-github-permissions')).toBe('issues=write; pull_requests=write');
    behaviours += 1;
  });

  test('that is suspended: no token, no call, no push, no event; then all again', async () => {
    await using github = await tickingGitHub();
    const token = await github.installationToken();
    const suspend = `/app/installations/${github.repository.installationId}/suspended`;
    const copy = await clone(github.bench, github.repository, github.bench.github.token);
    await copy.commit('One', { 'b.yaml': '' });
    await github.bench.settled();
    github.bench.events.length = 0;
    expect((await github.call('PUT', suspend, github.jwt())).status).toBe(204);
    expect(await github.call('GET', github.path, token)).toMatchObject(suspension);
    expect(await github.call('POST', tokensOf(github), github.jwt())).toMatchObject(suspension);
    expect((await github.call('GET', '/app/installations', github.jwt())).body).toMatchObject([{ suspended_by: { login: 'trueup[bot]' } }]);
    await expect(copy.git('ls-remote', github.repository.cloneUrl.replace('http://', `http://x:${token}@`))).rejects.toThrow(/403/);
    await copy.git('push', '--quiet', 'origin', 'main');
    expect((await github.call('DELETE', suspend, github.jwt())).status).toBe(204);
    expect((await github.call('GET', github.path, token)).status).toBe(200);
    await github.bench.settled();
    expect(sentBy(github)).toEqual(expect.arrayContaining([['installation', 'suspend'], ['installation', 'unsuspend']]));
    expect(github.bench.events).toHaveLength(2);
    behaviours += 1;
  });

  test('from which a repository is taken does not see it: 404, and hears no more of it', async () => {
    await using github = await tickingGitHub();
    const other = await github.bench.github.createRepository('other', { 'a.yaml': '' });
    const token = await github.installationToken();
    const entry = `/user/installations/${github.repository.installationId}/repositories/${github.repository.id}`;
    const write = (): Promise<unknown> => github.call('PUT', `${github.path}/contents/${Math.random()}`, github.bench.github.token, { message: 'm', content: '' });
    await github.bench.settled();
    github.bench.events.length = 0;
    expect((await github.call('DELETE', entry, await github.bench.github.addUser('reader', 'read'))).status).toBe(403);
    expect((await github.call('DELETE', entry, github.bench.github.token)).status).toBe(204);
    expect(await github.call('GET', github.path, token)).toMatchObject({ status: 404, message: 'Not Found' });
    expect((await github.call('GET', `/repos/acme/${other.name}`, token)).status).toBe(200);
    expect((await github.call('GET', '/installation/repositories', token)).body).toMatchObject({ total_count: 1 });
    await write();
    await github.bench.settled();
    expect(sentBy(github)).toEqual([['installation_repositories', 'removed']]);
    expect((await github.call('PUT', entry, github.bench.github.token)).status).toBe(204);
    expect((await github.call('GET', github.path, token)).status).toBe(200);
    behaviours += 1;
  });

  test('that is removed: its tokens are no good, 401, and it is not found, 404', async () => {
    await using github = await tickingGitHub();
    const token = await github.installationToken();
    await github.bench.settled();
    github.bench.events.length = 0;
    expect((await github.call('DELETE', `/app/installations/${github.repository.installationId}`, github.jwt())).status).toBe(204);
    expect(await github.call('GET', github.path, token)).toMatchObject({ status: 401, message: 'Bad credentials' });
    expect((await github.call('POST', tokensOf(github), github.jwt())).status).toBe(404);
    expect((await github.call('GET', `${github.path}/installation`, github.jwt())).status).toBe(404);
    await github.bench.settled();
    expect(sentBy(github)).toEqual([['installation', 'deleted']]);
    behaviours += 1;
  });
});

describe.concurrent('credentials', () => {
  test('a token of an installation is good for an hour, then 401', async () => {
    await using github = await tickingGitHub();
    const token = await github.installationToken();
    github.advance(60 * minute - 1);
    expect((await github.call('GET', github.path, token)).status).toBe(200);
    github.advance(1);
    expect(await github.call('GET', github.path, token)).toMatchObject({ status: 401, message: 'Bad credentials', body: { status: '401' } });
    behaviours += 1;
  });

  const expiration = "'Expiration time' claim ('exp')";
  test.each<{ reason: string; claims: (now: number) => object; status: number; message: string | null }>([
    { reason: 'ten minutes are the most', claims: (now) => ({ exp: now + 600 }), status: 200, message: null },
    { reason: 'a second more is too long', claims: (now) => ({ exp: now + 601 }), status: 401, message: `${expiration} is too far in the future` },
    { reason: 'it is over', claims: (now) => ({ iat: now - 600, exp: now }), status: 401, message: `${expiration} must be a numeric value representing the future time at which the assertion expires` },
    { reason: 'it comes from a clock that is ahead', claims: (now) => ({ iat: now + 2 }), status: 401, message: "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued" },
    { reason: 'no App has this id', claims: () => ({ iss: 1 }), status: 404, message: 'Integration not found' },
  ])('a JWT: $reason, $status', async ({ claims, status, message }) => {
    await using github = await tickingGitHub();
    expect(await github.call('GET', '/app', github.jwt(claims(github.seconds())))).toMatchObject({ status, ...(message !== null && { message }) });
    behaviours += 1;
  });
});

// One after the other: Octokit has one list of the tokens that it waits for, by installation alone, and every local GitHub counts its own from the same number.
describe('a clock', () => {
  test.each([
    { reason: 'behind', minutes: -20 },
    { reason: 'ahead', minutes: 20 },
  ])('that goes wrong finds the time in the answer: GitHub is $minutes minutes $reason', async ({ minutes }) => {
    await using bench = await githubBench({ now: () => Date.now() + minutes * minute, limits: wideLimits });
    const { installationId } = await bench.github.createRepository('drift', { 'a.yaml': '' });
    const app = await bench.app(installationId);
    expect((await app.request('GET /installation/repositories')).data.total_count).toBe(1);
    expect(bench.github.journal.calls.map(({ status }) => status)).toEqual([401, 201, 200]);
    behaviours += 1;
  });
});

describe.concurrent('a repository', () => {
  test('that is archived is read and not written: 403', async () => {
    await using github = await tickingGitHub();
    const { token } = github.bench.github;
    const archived = (value: boolean) => github.call('PATCH', github.path, token, { archived: value });
    const write = async () => github.call('POST', `${github.path}/git/blobs`, await github.installationToken(), { content: 'x' });
    const copy = await clone(github.bench, github.repository, token);
    await copy.commit('One', { 'b.yaml': '' });
    expect((await archived(true)).body).toMatchObject({ archived: true });
    expect(await write()).toMatchObject({ status: 403, message: 'Repository was archived so is read-only.' });
    expect((await github.call('GET', github.path, token)).status).toBe(200);
    await expect(copy.git('push', 'origin', 'main')).rejects.toThrow('This repository was archived so it is read-only.');
    await archived(false);
    expect((await write()).status).toBe(201);
    await copy.git('push', '--quiet', 'origin', 'main');
    behaviours += 1;
  });

  test('is not pushed to by who may only read, and is not there for who may not even that', async () => {
    await using github = await tickingGitHub();
    const reader = await github.bench.github.addUser('reader', 'read');
    const copy = await clone(github.bench, github.repository, reader);
    await copy.commit('One', { 'b.yaml': '' });
    await expect(copy.git('push', 'origin', 'main')).rejects.toThrow('Write access to repository not granted.');
    const { body } = await github.call('POST', tokensOf(github), github.jwt(), { permissions: { issues: 'read' } });
    await expect(copy.git('ls-remote', github.repository.cloneUrl.replace('http://', `http://x:${body.token}@`))).rejects.toThrow(/403/);
    await expect(copy.git('ls-remote', `${github.bench.github.url.replace('http://', `http://x:${reader}@`)}/acme/nowhere.git`)).rejects.toThrow(/not found/i);
    behaviours += 1;
  });
});
