import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { GitHubAdapters } from '../../src/adapters/github/github-adapters.ts';
import { Conflict, NotAllowed, Rejected, Throttled, Unavailable } from '../../src/kernel/errors.ts';
import { tenantId, type TenantId } from '../../src/kernel/ids.ts';
import type { Limits } from '../../src/local/github/limits.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { adaptersBench, checkReport, manifest, portOf, signal, type AdaptersBench } from '../support/adapters-bench.ts';
import { wideLimits, type GitHubBench } from '../support/local-github.ts';

let world: AdaptersBench;
let bench: GitHubBench;
let repository: LocalRepository;
let tenant: TenantId;
let head: string;
let github: GitHubAdapters;

beforeAll(async () => {
  world = await adaptersBench();
  ({ bench, repository, tenant, head, github } = world);
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  bench.github.faults.clear();
  bench.github.journal.clear();
});

describe('what is read', () => {
  test('the repository, by its id', async () => {
    expect(await github.repository.repository(tenant)).toEqual({ owner: repository.owner, name: 'platform', defaultBranch: 'main', htmlUrl: repository.htmlUrl });
    expect(await github.installations.repositories(tenantId(repository.installationId))).toContain(repository.id);
    expect(await github.installations.all()).toEqual([repository.installationId]);
  });

  test('a branch\'s head; null for one that is not there', async () => {
    expect(await github.repository.branchHead(tenant, 'main')).toBe(head);
    expect(await github.repository.branchHead(tenant, 'nowhere')).toBeNull();
    expect(await github.repository.branchHead(tenant, 'mai')).toBeNull();
  });

  test('the whole tree once, and a file\'s bytes within a limit', async () => {
    const tree = await github.repository.tree(tenant, head);
    expect(tree.map(({ path, mode }) => `${mode} ${path}`)).toEqual(expect.arrayContaining(['100644 deploy/checkout.yaml', '040000 deploy', '100644 README.md']));
    const file = tree.find(({ path }) => path === 'deploy/checkout.yaml');
    expect(file?.size).toBe(manifest.length);
    bench.github.journal.clear();
    await github.repository.tree(tenant, head);
    expect(bench.github.journal.calls).toEqual([]);
    expect(Buffer.from(await github.repository.blob(tenant, file?.sha ?? '', 1000)).toString()).toBe(manifest);
    await expect(github.repository.blob(tenant, file?.sha ?? '', 3)).rejects.toThrow(Rejected);
  });

  test('a pull request as it is now, its merge base and its merge', async () => {
    const { number, sha } = await world.pullRequest('read-me');
    expect(await github.repository.pullRequest(tenant, number)).toMatchObject({ number, state: 'open', merged: false, mergeCommit: null, headSha: sha, headRepositoryId: repository.id, baseRef: 'main', baseRepositoryId: repository.id });
    expect(await github.repository.openPullRequests(tenant, 'main')).toContain(number);
    expect(await github.repository.openPullRequests(tenant, 'other')).toEqual([]);
    expect(await github.repository.mergeBase(tenant, head, sha)).toBe(head);
    const { data } = await bench.person().rest.pulls.merge({ owner: repository.owner, repo: repository.name, pull_number: number });
    expect(await github.repository.pullRequest(tenant, number)).toMatchObject({ state: 'closed', merged: true, mergeCommit: data.sha, mergedAt: expect.stringMatching(/^\d{4}-/) });
    expect(await github.repository.mergedPullRequest(tenant, data.sha)).toBe(number);
    expect(await github.repository.mergedPullRequest(tenant, head)).toBeNull();
    expect(await github.repository.pullRequest(tenant, 4711)).toBeNull();
  });

  test('who closed a pull request; null while it is open', async () => {
    const { number } = await world.pullRequest('closed');
    expect(await github.repository.closedBy(tenant, number)).toBeNull();
    await bench.person().rest.pulls.update({ owner: repository.owner, repo: repository.name, pull_number: number, state: 'closed' });
    expect(await github.repository.closedBy(tenant, number)).toEqual({ login: 'mona', isBot: false });
    expect(await github.repository.closedBy(tenant, 4711)).toBeNull();
  });

  test('a check run, and that it is ours; null for one that is not there', async () => {
    const url = await github.reports.check(tenant, checkReport({ commit: head, name: 'trueup/read' }), signal);
    expect(await github.repository.checkRun(tenant, Number(url.split('/').at(-1)))).toEqual({ name: 'trueup/read', commit: head, isOurs: true });
    expect(await github.repository.checkRun(tenant, 4711)).toBeNull();
  });

  test.each([
    { login: 'writer', given: 'write', wanted: 'write' },
    { login: 'reader', given: 'read', wanted: 'read' },
    { login: 'boss', given: 'admin', wanted: 'admin' },
    { login: 'nobody-knows', given: null, wanted: 'none' },
  ] as const)('the permission of $login: $wanted', async ({ login, given, wanted }) => {
    if (given !== null) await bench.github.addUser(login, given);
    expect(await github.repository.permission(tenant, login)).toBe(wanted);
  });

  test('a comment and who wrote it; null for one that was deleted', async () => {
    const { number } = await world.pullRequest('commented');
    const at = { owner: repository.owner, repo: repository.name };
    const { data } = await bench.person().rest.issues.createComment({ ...at, issue_number: number, body: '/trueup plan' });
    expect(await github.repository.comment(tenant, data.id)).toEqual({ id: data.id, author: 'mona', authorIsBot: false, body: '/trueup plan' });
    await github.reports.react(tenant, data.id, 'eyes', signal);
    await bench.person().rest.issues.deleteComment({ ...at, comment_id: data.id });
    expect(await github.repository.comment(tenant, data.id)).toBeNull();
  });
});

describe('what goes wrong', () => {
  test.each([
    { name: 'github:500', wanted: Unavailable, reason: 'a broken server' },
    { name: 'github:429', wanted: Throttled, reason: 'the primary limit' },
    { name: 'github:403-secondary-limit', wanted: Throttled, reason: 'the secondary limit' },
  ] as const)('$reason', async ({ name, wanted }) => {
    await github.repository.repository(tenant);
    bench.github.faults.ask({ name, times: 1, path: '/git/ref', method: null });
    const error = await github.repository.branchHead(tenant, 'main').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(wanted);
    if (error instanceof Throttled) expect(error.retryAfterMs).toBeGreaterThanOrEqual(1000);
    expect(await github.repository.branchHead(tenant, 'main')).not.toBeNull();
  });

  test.each<{ reason: string; limits: Partial<Limits>; wait: { readonly least: number; readonly most: number } }>([
    { reason: 'until the hour is over', limits: { installationPerHour: 3 }, wait: { least: 3_500_000, most: 3_601_000 } },
    { reason: 'as long as GitHub says for too many points a minute', limits: { pointsPerMinute: 5 }, wait: { least: 1000, most: 60_000 } },
    { reason: 'a minute for too many at once, where GitHub says no time', limits: { concurrent: 0 }, wait: { least: 60_000, most: 60_000 } },
  ])('a limit that GitHub enforces is waited for: $reason', async ({ limits, wait }) => {
    await using limited = await adaptersBench({ limits: { ...wideLimits, ...limits } });
    const errors = new Set<unknown>();
    for (let count = 0; count < 6; count += 1) await limited.github.repository.branchHead(limited.tenant, 'main').catch((error: unknown) => errors.add(error));
    const [error] = errors;
    expect(error).toBeInstanceOf(Throttled);
    if (!(error instanceof Throttled)) return;
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(wait.least);
    expect(error.retryAfterMs).toBeLessThanOrEqual(wait.most);
  });

  test.each([
    { reason: 'suspended: it is in no list, and nobody may', method: 'PUT', path: '/suspended', wanted: NotAllowed },
    { reason: 'removed: its token is no good', method: 'DELETE', path: '', wanted: NotAllowed },
  ])('an installation that is $reason', async ({ method, path, wanted }) => {
    await using other = await adaptersBench();
    await other.github.repository.branchHead(other.tenant, 'main');
    await (await other.bench.app()).request(`${method} /app/installations/{id}${path}`, { id: other.repository.installationId });
    expect(await other.github.installations.all()).toEqual([]);
    using _later = laterBy(6_000);
    await expect(other.github.repository.branchHead(other.tenant, 'main')).rejects.toThrow(wanted);
  });

  /** Octokit asks again for seconds when GitHub does not know a token that is younger than five seconds. */
  function laterBy(ms: number): Disposable {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
    return { [Symbol.dispose]: () => void vi.useRealTimers() };
  }

  test('a right that the App lacks', async () => {
    await using poor = await adaptersBench({ app: { permissions: { metadata: 'read', contents: 'read' } } });
    await expect(poor.github.reports.check(poor.tenant, checkReport({ commit: poor.head }), signal)).rejects.toThrow(NotAllowed);
  });

  test('a repository that is not the installation\'s', async () => {
    await expect(github.repository.repository(tenantId(repository.installationId, 999_999))).rejects.toThrow(Rejected);
  });

  test('a commit that is not there is wrong, and absent it is not', async () => {
    await expect(github.repository.tree(tenant, '0'.repeat(40))).rejects.toThrow(Rejected);
    await expect(github.reports.check(tenant, checkReport({ commit: '0'.repeat(40) }), signal)).rejects.toThrow(Rejected);
  });

  test('a call that is aborted ends at once', async () => {
    bench.github.faults.ask({ name: 'github:hang', times: 1, path: '/check-runs', method: 'POST' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    await expect(github.reports.check(tenant, checkReport({ commit: head, name: 'trueup/plan (hang)' }), abort.signal)).rejects.not.toBeInstanceOf(Conflict);
  });

  test('the token goes to no other host, also not by a redirect', async () => {
    const heard: string[] = [];
    const elsewhere = createServer((request, response) => {
      heard.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    const redirecting = createServer((_request, response) => response.writeHead(307, { location: `http://127.0.0.1:${portOf(elsewhere)}/stolen` }).end());
    await Promise.all([elsewhere, redirecting].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
    const lured = world.adaptersAt(`http://127.0.0.1:${portOf(redirecting)}`);
    await expect(lured.repository.repository(tenant)).rejects.toThrow(Unavailable);
    await expect(lured.installations.all()).rejects.toThrow(Unavailable);
    expect(heard).toEqual([]);
    for (const server of [elsewhere, redirecting]) {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('missed webhooks', () => {
  test('are asked for again, those that arrived are not', async () => {
    await bench.settled();
    await github.redeliverFailed();
    await bench.settled();
    bench.answerWith(503);
    await world.branch('missed');
    await bench.settled();
    bench.answerWith(202);
    bench.events.length = 0;
    expect(await github.redeliverFailed()).toMatchObject({ asked: expect.any(Number), oldestFailed: expect.any(Number) });
    await bench.settled();
    expect(bench.events.map(({ name }) => name)).toContain('push');
    expect(await github.redeliverFailed()).toEqual({ asked: 0, oldestFailed: null });
  });
});
