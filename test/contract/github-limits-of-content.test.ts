import { createServer } from 'node:http';
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultLimits } from '../../src/local/github/limits.ts';
import { portOf } from '../support/adapters-bench.ts';
import { githubBench, refusal, statusOf, type AppClient, type GitHubBench } from '../support/local-github.ts';
import { tickingGitHub } from '../support/ticking-github.ts';
import { heldTotals } from '../support/totals.ts';

// Texts of check runs, statuses and deployments: https://docs.github.com/rest/checks/runs, /commits/statuses, /deployments/deployments.
let bench: GitHubBench;
let octokit: Octokit;
let app: AppClient;
let at: { owner: string; repo: string };
let sha: string;
let pull: number;

let held = 0;
beforeAll(async () => {
  bench = await githubBench();
  octokit = bench.person();
  await fresh();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  heldTotals('github-limits-of-content', { limits: held });
});
let made = 0;
async function fresh(): Promise<void> {
  made += 1;
  const repository = await bench.github.createRepository(`sizes-${made}`, { 'a.yaml': 'a: 1\n' });
  at = { owner: repository.owner, repo: repository.name };
  app = await bench.app(repository.installationId);
  sha = (await octokit.git.getRef({ ...at, ref: 'heads/main' })).data.object.sha;
  await octokit.git.createRef({ ...at, ref: 'refs/heads/work', sha });
  await octokit.repos.createOrUpdateFileContents({ ...at, branch: 'work', path: 'new.yaml', message: 'New', content: Buffer.from('w: 1\n').toString('base64') });
  pull = (await octokit.pulls.create({ ...at, head: 'work', base: 'main', title: 'Work' })).data.number;
}

type Call = (size: number) => Promise<{ readonly status: number }>;
const annotation = { path: 'a.yaml', start_line: 1, end_line: 1, annotation_level: 'failure' as const, message: 'bad' };
const button = { label: 'a', description: 'b', identifier: 'c' };
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const text = (size: number): string => 'x'.repeat(size);
const check = (body: object) => app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'x', head_sha: sha, ...body });
const output = (body: object) => check({ output: { title: 'T', summary: 'S', ...body } });
const characters = (most: number): string => `Only ${most} characters are allowed; ${most + 1} were supplied.`;
const items = (most: number): string => `No more than ${most} items are allowed; ${most + 1} were supplied.`;

describe('so much is taken, and one more is refused with 422', () => {
  test.each<{ limit: string; most: number; call: Call; message: string }>([
    { limit: 'title of a check', most: 255, call: (size) => output({ title: text(size) }), message: characters(255) },
    { limit: 'summary of a check', most: 65_535, call: (size) => output({ summary: text(size) }), message: characters(65_535) },
    { limit: 'text of a check', most: 65_535, call: (size) => output({ text: text(size) }), message: characters(65_535) },
    { limit: 'annotations of one request', most: 50, call: (size) => output({ annotations: many(size, annotation) }), message: items(50) },
    { limit: 'message of an annotation, in bytes', most: 65_536, call: (size) => output({ annotations: [{ ...annotation, message: `ä${text(size - 2)}` }] }), message: 'Only 65536 bytes are allowed' },
    { limit: 'details of an annotation, in bytes', most: 65_536, call: (size) => output({ annotations: [{ ...annotation, raw_details: text(size) }] }), message: 'Only 65536 bytes are allowed' },
    { limit: 'title of an annotation', most: 255, call: (size) => output({ annotations: [{ ...annotation, title: text(size) }] }), message: characters(255) },
    { limit: 'buttons of a check', most: 3, call: (size) => check({ actions: many(size, button) }), message: items(3) },
    { limit: 'label of a button', most: 20, call: (size) => check({ actions: [{ ...button, label: text(size) }] }), message: characters(20) },
    { limit: 'description of a button', most: 40, call: (size) => check({ actions: [{ ...button, description: text(size) }] }), message: characters(40) },
    { limit: 'identifier of a button', most: 20, call: (size) => check({ actions: [{ ...button, identifier: text(size) }] }), message: characters(20) },
    { limit: 'body of a comment', most: 65_536, call: (size) => octokit.issues.createComment({ ...at, issue_number: pull, body: text(size) }), message: 'Body is too long (maximum is 65536 characters)' },
    { limit: 'body of a pull request', most: 65_536, call: (size) => octokit.pulls.update({ ...at, pull_number: pull, body: text(size) }), message: 'body is too long (maximum is 65536 characters)' },
    { limit: 'description of a status', most: 140, call: (size) => octokit.repos.createCommitStatus({ ...at, sha, state: 'success', description: text(size) }), message: 'description is too long (maximum is 140 characters)' },
  ])('$limit: $most', async ({ most, call, message }) => {
    expect(Math.floor((await statusOf(call(most))) / 100)).toBe(2);
    const { status, message: said, errors } = await refusal(call(most + 1));
    expect(status).toBe(422);
    expect(errors[0]?.message ?? said).toContain(message);
    held += 1;
  });
});

describe('what grows', () => {
  test('1,000 statuses of one commit and context, here four; then 422, and another context goes on', async () => {
    expect(defaultLimits.statusesOfContext).toBe(1000);
    await using small = await tickingGitHub({ limits: { statusesOfContext: 4 } });
    const { token } = small.bench.github;
    const { body: main } = await small.call('GET', `${small.path}/git/ref/heads/main`, token);
    const status = (context: string) => small.call('POST', `${small.path}/statuses/${main.object.sha}`, token, { state: 'success', context });
    for (let count = 0; count < 4; count += 1) expect((await status('plan')).status).toBe(201);
    expect(await status('plan')).toMatchObject({ status: 422, message: 'Validation Failed', body: { errors: [{ message: 'This SHA and context has reached the maximum number of statuses.' }] } });
    expect((await status('deploy')).status).toBe(201);
    held += 1;
  });

  test('1,000 check runs of one name in a suite, here four; then the oldest is deleted', async () => {
    expect(defaultLimits.runsOfName).toBe(1000);
    await using small = await tickingGitHub({ limits: { runsOfName: 4 } });
    const token = await small.installationToken();
    const { body: main } = await small.call('GET', `${small.path}/git/ref/heads/main`, token);
    const run = async (name: string): Promise<number> => (await small.call('POST', `${small.path}/check-runs`, token, { name, head_sha: main.object.sha })).body.id;
    const there = async (id: number): Promise<number> => (await small.call('GET', `${small.path}/check-runs/${id}`, token)).status;
    const first = await run('plan');
    const other = await run('other');
    for (let count = 1; count < 4; count += 1) await run('plan');
    expect(await there(first)).toBe(200);
    await run('plan');
    expect([await there(first), await there(other)]).toEqual([404, 200]);
    const { body } = await small.call('GET', `${small.path}/commits/main/check-runs?check_name=plan&filter=all`, token);
    expect(body.total_count).toBe(4);
    held += 1;
  });
});

describe('a deployment', () => {
  beforeEach(fresh);

  const deploy = (body: object) => app.request('POST /repos/{owner}/{repo}/deployments', { ...at, required_contexts: [], ...body });
  const put = (branch: string, path: string, content: string, blob?: string) =>
    octokit.repos.createOrUpdateFileContents({ ...at, branch, path, message: path, content: Buffer.from(content).toString('base64'), ...(blob !== undefined && { sha: blob }) });

  test('of a branch that is behind merges the default branch into it: 202 and no deployment', async () => {
    await put('main', 'later.yaml', 'l: 1\n');
    const { status, data } = await deploy({ ref: 'work' });
    expect([status, data]).toEqual([202, { message: 'Auto-merged main into work on deployment.' }]);
    expect((await octokit.repos.getContent({ ...at, path: 'later.yaml', ref: 'work' })).status).toBe(200);
    expect((await octokit.repos.listDeployments(at)).data).toEqual([]);
    expect((await deploy({ ref: 'work' })).status).toBe(201);
    held += 1;
  });

  test.each<{ reason: string; ref: () => string; change: () => Promise<unknown>; body: object; status: number; message: (ref: string) => string }>([
    { reason: 'a branch that conflicts', ref: () => 'work', change: () => put('main', 'new.yaml', 'other: 1\n'), body: {}, status: 409, message: (ref) => `Conflict merging main into ${ref}.` },
    { reason: 'a commit that is behind', ref: () => sha, change: () => put('main', 'later.yaml', 'l: 1\n'), body: {}, status: 409, message: (ref) => `Conflict merging main into ${ref}.` },
    { reason: 'a check that is not green', ref: () => sha, change: () => check({}), body: { required_contexts: undefined }, status: 409, message: (ref) => `Conflict: Commit status checks failed for ${ref}.` },
    { reason: 'a required context that is not there', ref: () => sha, change: async () => undefined, body: { required_contexts: ['ci'] }, status: 409, message: (ref) => `Conflict: Commit status checks failed for ${ref}.` },
  ])('of $reason: $status', async ({ ref, change, body, status, message }) => {
    await change();
    const named = ref();
    expect(await refusal(deploy({ ref: named, ...body }))).toMatchObject({ status, message: message(named) });
    expect(await statusOf(deploy({ ref: named, required_contexts: [], auto_merge: false }))).toBe(201);
    held += 1;
  });
});

describe('a delivery', () => {
  test('waits so long for its answer, is sent once, and is listed as timed out', async () => {
    expect(defaultLimits.deliveryMs).toBe(10_000);
    let asked = 0;
    await using slow = await listening(() => (asked += 1));
    await using impatient = await tickingGitHub({ limits: { deliveryMs: 300 }, webhook: { url: slow.url, secret: 's' } });
    await impatient.bench.settled();
    const { body } = await impatient.call('GET', '/app/hook/deliveries', impatient.jwt());
    expect(body).toMatchObject([{ event: 'installation', status: 'timed out', status_code: 504, redelivery: false }]);
    await impatient.bench.settled();
    expect(asked).toBe(1);
    held += 1;
  });

  test('can be sent again for three days, and is not listed after that', async () => {
    await using github = await tickingGitHub();
    const { advance, call, jwt } = github;
    await github.bench.settled();
    const { body } = await call('GET', '/app/hook/deliveries', jwt());
    const [{ id }] = body;
    const again = async (): Promise<number> => (await call('POST', `/app/hook/deliveries/${id}/attempts`, jwt())).status;
    advance(3 * 86_400_000 - 1);
    expect(await again()).toBe(202);
    advance(1);
    expect(await again()).toBe(404);
    await github.bench.settled();
    expect((await call('GET', '/app/hook/deliveries', jwt())).body).toMatchObject([{ redelivery: true }]);
    held += 1;
  });

  async function listening(asked: () => void): Promise<AsyncDisposable & { readonly url: string }> {
    const server = createServer(() => void asked());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      url: `http://127.0.0.1:${portOf(server)}/`,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
      },
    };
  }
});
