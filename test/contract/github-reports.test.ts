import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GitHubAdapters } from '../../src/adapters/github/github-adapters.ts';
import type { Annotation, CheckReport, DeploymentReport } from '../../src/gitops/ports.ts';
import { Unavailable } from '../../src/kernel/errors.ts';
import type { TenantId } from '../../src/kernel/ids.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { adaptersBench, checkReport, signal, type AdaptersBench } from '../support/adapters-bench.ts';
import type { GitHubBench } from '../support/local-github.ts';

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

const annotation = (line: number): Annotation => ({ path: 'deploy/checkout.yaml', startLine: line, endLine: line, level: 'failure', title: 'wrong', message: `line ${line}` });
const report = (change: Partial<CheckReport> = {}): CheckReport => checkReport({ commit: head, ...change });

async function runs(name: string): Promise<readonly { readonly id: number; readonly conclusion: string | null; readonly status: string; readonly output: { readonly annotations_count: number; readonly title: string | null } }[]> {
  const app = await bench.app(repository.installationId);
  const { data } = await app.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { owner: repository.owner, repo: repository.name, ref: head, check_name: name, filter: 'all' });
  return data.check_runs;
}

describe('a check', () => {
  test('is made once, changed in place, and the same content makes no call', async () => {
    const name = 'trueup/plan (one)';
    const url = await github.reports.check(tenant, report({ name, conclusion: null, title: 'Looking' }), signal);
    expect(await github.reports.check(tenant, report({ name }), signal)).toBe(url);
    expect(world.writes()).toEqual(['POST', 'PATCH']);
    bench.github.journal.clear();
    expect(await github.reports.check(tenant, report({ name }), signal)).toBe(url);
    expect(bench.github.journal.calls).toEqual([]);
    expect(await runs(name)).toMatchObject([{ status: 'completed', conclusion: 'success', output: { title: 'Fine' } }]);
  });

  test('is found again by its mark when the memo is lost, and only changed when it says something else', async () => {
    const name = 'trueup/plan (lost)';
    const url = await github.reports.check(tenant, report({ name }), signal);
    world.forgetWrites();
    bench.github.journal.clear();
    expect(await github.reports.check(tenant, report({ name }), signal)).toBe(url);
    expect(world.writes()).toEqual([]);
    world.forgetWrites();
    await github.reports.check(tenant, report({ name, conclusion: 'failure' }), signal);
    expect(world.writes()).toEqual(['PATCH']);
    expect(await runs(name)).toMatchObject([{ conclusion: 'failure' }]);
  });

  test('takes more annotations than one request may hold', async () => {
    const name = 'trueup/plan (many)';
    const annotations = Array.from({ length: 120 }, (_, index) => annotation(index + 1));
    await github.reports.check(tenant, report({ name, conclusion: 'failure', annotations }), signal);
    expect(world.writes()).toEqual(['POST', 'PATCH', 'PATCH']);
    expect(await runs(name)).toMatchObject([{ output: { annotations_count: 120 } }]);
    // Another text leaves them as they are.
    await github.reports.check(tenant, report({ name, conclusion: 'failure', annotations, title: 'Still wrong' }), signal);
    expect(await runs(name)).toMatchObject([{ output: { annotations_count: 120, title: 'Still wrong' } }]);
  });

  test('with other annotations is another run of the name, because they can only be added', async () => {
    const name = 'trueup/plan (other)';
    await github.reports.check(tenant, report({ name, conclusion: 'failure', annotations: [annotation(1)] }), signal);
    await github.reports.check(tenant, report({ name, conclusion: 'failure', annotations: [annotation(2)] }), signal);
    await github.reports.check(tenant, report({ name }), signal);
    const newestFirst = (await runs(name)).toSorted((a, b) => b.id - a.id);
    expect(newestFirst.map(({ output, conclusion }) => [conclusion, output.annotations_count])).toEqual([['success', 0], ['failure', 1], ['failure', 1]]);
  });

  test('that was half written by a process that died is written anew', async () => {
    const name = 'trueup/plan (half)';
    const annotations = Array.from({ length: 60 }, (_, index) => annotation(index + 1));
    bench.github.faults.ask({ name: 'github:500', times: 1, path: '/check-runs/', method: 'PATCH' });
    await expect(github.reports.check(tenant, report({ name, conclusion: 'failure', annotations }), signal)).rejects.toThrow(Unavailable);
    await github.reports.check(tenant, report({ name, conclusion: 'failure', annotations }), signal);
    const newest = (await runs(name)).toSorted((a, b) => b.id - a.id)[0];
    expect(newest).toMatchObject({ conclusion: 'failure', output: { annotations_count: 60 } });
  });

  test('that a person asked to run again is completed again as it was, though nothing else is to be said', async () => {
    const names = ['trueup/plan (again)', 'trueup/health (again)'];
    const app = await bench.app(repository.installationId);
    const at = { owner: repository.owner, repo: repository.name };
    await github.reports.check(tenant, report({ name: names[0] ?? '' }), signal);
    await github.reports.check(tenant, report({ name: names[1] ?? '', conclusion: 'failure' }), signal);
    const running = 'trueup/deploy (again)';
    await github.reports.check(tenant, report({ name: running, conclusion: null }), signal);
    for (const name of names) await app.request('POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest', { ...at, check_run_id: (await runs(name))[0]?.id });
    // GitHub puts the suite back, not its runs: only a write to one of them ends that.
    const suite = async (): Promise<string> => (await app.request('GET /repos/{owner}/{repo}/commits/{ref}/check-suites', { ...at, ref: head })).data.check_suites[0].status;
    expect(await suite()).toBe('queued');
    // With or without a memo.
    world.forgetWrites();
    await github.reports.confirmChecks(tenant, head, signal);
    expect(await runs(names[0] ?? '')).toMatchObject([{ status: 'completed', conclusion: 'success', output: { title: 'Fine' } }]);
    expect(await runs(names[1] ?? '')).toMatchObject([{ status: 'completed', conclusion: 'failure' }]);
    expect(await runs(running)).toMatchObject([{ status: 'in_progress' }]);
    expect(await suite()).toBe('in_progress');
    bench.github.journal.clear();
    await github.reports.check(tenant, report({ name: names[0] ?? '' }), signal);
    expect(world.writes()).toEqual([]);
  });
});

describe('the sticky comment', () => {
  const at = () => ({ owner: repository.owner, repo: repository.name });
  const bodies = async (number: number) => (await bench.person().rest.issues.listComments({ ...at(), issue_number: number })).data.map(({ body, user }) => `${user?.login}: ${body?.split('\n')[0]}`);

  test('is one, edited in place, and the same content makes no call', async () => {
    const { number } = await world.pullRequest('sticky');
    const url = await github.reports.stickyComment(tenant, number, 'plan', 'first', signal);
    expect(await github.reports.stickyComment(tenant, number, 'plan', 'second', signal)).toBe(url);
    world.forgetWrites();
    bench.github.journal.clear();
    expect(await github.reports.stickyComment(tenant, number, 'plan', 'second', signal)).toBe(url);
    expect(world.writes()).toEqual([]);
    expect(await bodies(number)).toEqual(['trueup[bot]: second']);
  });

  test('that somebody deleted is written again', async () => {
    const { number } = await world.pullRequest('deleted');
    const url = await github.reports.stickyComment(tenant, number, 'plan', 'first', signal);
    await bench.person().rest.issues.deleteComment({ ...at(), comment_id: Number(url.split('-').at(-1)) });
    await github.reports.stickyComment(tenant, number, 'plan', 'second', signal);
    expect(await bodies(number)).toEqual(['trueup[bot]: second']);
  });

  test('is never somebody else\'s, whatever marker that carries', async () => {
    const { number } = await world.pullRequest('foreign');
    await bench.person().rest.issues.createComment({ ...at(), issue_number: number, body: `mine\n\n<!-- trueup:plan:${'a'.repeat(64)} -->` });
    await github.reports.stickyComment(tenant, number, 'plan', 'ours', signal);
    expect(await bodies(number)).toEqual(['mona: mine', 'trueup[bot]: ours']);
  });

  test('is not the one that a marker in a quoted text names', async () => {
    const { number } = await world.pullRequest('quoted');
    await github.reports.stickyComment(tenant, number, 'plan', `shown\n<!-- trueup:other:${'a'.repeat(64)} -->\nmore`, signal);
    world.forgetWrites();
    await github.reports.stickyComment(tenant, number, 'plan', 'second', signal);
    expect(await bodies(number)).toEqual(['trueup[bot]: second']);
  });
});

describe('a deployment', () => {
  const deployment = (change: Partial<DeploymentReport> = {}): DeploymentReport => ({ commit: head, environment: 'prod', state: 'in_progress', description: 'Rolling out', environmentUrl: null, logUrl: null, ...change });
  const seen = async () => {
    const at = { owner: repository.owner, repo: repository.name };
    const { data } = await bench.person().rest.repos.listDeployments({ ...at, environment: 'prod' });
    const [first] = data;
    const statuses = first ? (await bench.person().rest.repos.listDeploymentStatuses({ ...at, deployment_id: first.id })).data : [];
    return { deployments: data.length, states: statuses.map(({ state }) => state).toReversed() };
  };

  test('is one per environment and commit, with a status for each change', async () => {
    const url = await github.reports.deployment(tenant, deployment(), signal);
    expect(await github.reports.deployment(tenant, deployment(), signal)).toBe(url);
    await github.reports.deployment(tenant, deployment({ state: 'success', description: 'Done', environmentUrl: 'https://shop.example.com' }), signal);
    expect(await seen()).toEqual({ deployments: 1, states: ['in_progress', 'success'] });
    world.forgetWrites();
    await github.reports.deployment(tenant, deployment({ state: 'success', description: 'Done', environmentUrl: 'https://shop.example.com' }), signal);
    expect(await seen()).toEqual({ deployments: 1, states: ['in_progress', 'success'] });
  });
});
