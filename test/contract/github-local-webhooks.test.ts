import { createHmac } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { githubBench, statusOf, webhookSecret, type GitHubBench, type Payload, type ReceivedEvent } from '../support/local-github.ts';

let bench: GitHubBench;
let repository: LocalRepository;
let at: { owner: string; repo: string };
let made = 0;
let installed: ReceivedEvent | undefined;

beforeAll(async () => {
  bench = await githubBench({ app: { events: ['push', 'pull_request', 'check_run', 'check_suite', 'issue_comment', 'deployment', 'deployment_status', 'status'] } });
});
beforeAll(async () => {
  await startRepository();
  await bench.settled();
  [installed] = bench.events;
});
afterAll(() => bench[Symbol.asyncDispose]());
async function startRepository(): Promise<void> {
  made += 1;
  bench.answerWith(202);
  bench.github.faults.clear();
  await bench.settled();
  bench.events.length = 0;
  repository = await bench.github.createRepository(`hooks-${made}`, { 'a.yaml': 'a: 1\n' });
  at = { owner: repository.owner, repo: repository.name };
}

/** One of nearly everything: a branch, a pull request, a comment, a check with a button, a status, a deployment, a merge. */
async function live(): Promise<void> {
  const person = bench.person();
  const app = await bench.app(repository.installationId);
  const { data: main } = await person.git.getRef({ ...at, ref: 'heads/main' });
  await person.git.createRef({ ...at, ref: 'refs/heads/work', sha: main.object.sha });
  await person.repos.createOrUpdateFileContents({ ...at, branch: 'work', path: 'b.yaml', message: 'b', content: '' });
  const { data: pull } = await person.pulls.create({ ...at, head: 'work', base: 'main', title: 'Work' });
  await person.repos.createOrUpdateFileContents({ ...at, branch: 'work', path: 'c.yaml', message: 'c', content: '' });
  await person.issues.createComment({ ...at, issue_number: pull.number, body: '/trueup plan' });
  const actions = [{ label: 'Retry', description: 'Once more', identifier: 'retry' }];
  const { data: run } = await app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'plan', head_sha: main.object.sha, conclusion: 'success', actions });
  await button(`check-runs/${run.id}/actions`, { identifier: 'retry' });
  await button(`check-runs/${run.id}/rerequest`, {});
  await app.request('POST /repos/{owner}/{repo}/statuses/{sha}', { ...at, sha: main.object.sha, state: 'success' });
  const { data: deployment } = await app.request('POST /repos/{owner}/{repo}/deployments', { ...at, ref: 'main', required_contexts: [] });
  await app.request('POST /repos/{owner}/{repo}/deployments/{id}/statuses', { ...at, id: deployment.id, state: 'success' });
  await person.pulls.merge({ ...at, pull_number: pull.number });
  await bench.settled();
}

async function button(path: string, body: object, token = bench.github.token): Promise<number> {
  return (await fetch(`${bench.github.url}/local/${path}`, { method: 'POST', headers: { authorization: `token ${token}` }, body: JSON.stringify(body) })).status;
}

describe('a delivery', () => {
  beforeEach(startRepository);

  test('is signed over its bytes, has its own GUID and names the hook and the installation', async () => {
    await live();
    expect(bench.events.length).toBeGreaterThan(15);
    for (const { headers, raw, payload, name } of bench.events) {
      expect(headers['x-hub-signature-256']).toBe(`sha256=${createHmac('sha256', webhookSecret).update(raw).digest('hex')}`);
      expect(headers['x-github-delivery']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-github-hook-installation-target-type': 'integration', 'x-github-hook-installation-target-id': String(bench.github.app.id) });
      expect(payload.installation?.id, name).toBe(repository.installationId);
    }
    const guids = bench.events.map(({ headers }) => headers['x-github-delivery']);
    expect(new Set(guids).size).toBe(guids.length);
  });

  test('is sent once: a failed one waits in the list, and a redelivery keeps its GUID', async () => {
    await bench.settled();
    bench.events.length = 0;
    bench.answerWith(500);
    const person = bench.person();
    const { data: main } = await person.git.getRef({ ...at, ref: 'heads/main' });
    await person.git.createRef({ ...at, ref: 'refs/heads/x', sha: main.object.sha });
    await bench.settled();
    const before = bench.events.length;
    bench.answerWith(202);
    const app = await bench.app();
    const { data: failures } = await app.request('GET /app/hook/deliveries', { status: 'failure' });
    const failed = failures.filter(({ event, repository_id }: Payload) => event === 'push' && repository_id === repository.id);
    expect(failed).toMatchObject([{ status_code: 500, status: 'Invalid HTTP Response: 500', redelivery: false }]);
    const [first] = failed;
    expect(await statusOf(app.request('POST /app/hook/deliveries/{id}/attempts', { id: first?.id ?? 0 }))).toBe(202);
    await bench.settled();
    expect(bench.events).toHaveLength(before + 1);
    expect(bench.events.at(-1)?.headers['x-github-delivery']).toBe(first?.guid);
    const { data: again } = await app.request('GET /app/hook/deliveries', { per_page: 1 });
    expect(again).toMatchObject([{ guid: first?.guid, redelivery: true, status: 'OK', status_code: 202 }]);
    const { data: whole } = await app.request('GET /app/hook/deliveries/{id}', { id: again[0]?.id ?? 0 });
    expect(whole).toMatchObject({ request: { payload: { ref: 'refs/heads/x' } } });
  });

  test('the list goes on where its cursor says', async () => {
    await live();
    const app = await bench.app();
    const first = await app.request('GET /app/hook/deliveries', { per_page: 5 });
    const cursor = /cursor=([^&>]+)/.exec(first.headers.link ?? '')?.[1];
    const second = await app.request('GET /app/hook/deliveries', { per_page: 5, cursor: cursor ?? '' });
    const ids: number[] = [...first.data, ...second.data].map(({ id }: { id: number }) => id);
    expect(ids).toHaveLength(10);
    expect(ids).toEqual(ids.toSorted((left, right) => right - left));
  });

  test.each([
    { fault: 'github:drop-deliveries' as const, arrived: 0, reason: 'lost on the way, and known as failed' },
    { fault: 'github:duplicate-deliveries' as const, arrived: 2, reason: 'twice with one GUID' },
  ])('with the fault $fault: $reason', async ({ fault, arrived }) => {
    await bench.settled();
    bench.events.length = 0;
    bench.github.faults.ask({ name: fault, times: 1, path: '/deliveries/push', method: null });
    await bench.person().repos.createOrUpdateFileContents({ ...at, path: 'b.yaml', message: 'b', content: '' });
    await bench.settled();
    const pushes = bench.events.filter(({ name }) => name === 'push').map(({ headers }) => headers['x-github-delivery']);
    expect(pushes).toHaveLength(arrived);
    expect(new Set(pushes).size).toBeLessThanOrEqual(1);
    expect(bench.github.deliveries.list().find(({ event }) => event === 'push')?.statusCode).toBe(arrived === 0 ? 502 : 202);
  });
});

describe('a button on a check', () => {
  beforeEach(startRepository);

  test.each([
    { reason: 'a reader does not see it', role: 'read' as const, identifier: 'go', status: 403 },
    { reason: 'one that the run does not have', role: 'write' as const, identifier: 'stop', status: 422 },
    { reason: 'a writer presses it', role: 'write' as const, identifier: 'go', status: 201 },
  ])('$reason: $status', async ({ role, identifier, status }) => {
    const app = await bench.app(repository.installationId);
    const { data: main } = await bench.person().git.getRef({ ...at, ref: 'heads/main' });
    const { data: run } = await app.request('POST /repos/{owner}/{repo}/check-runs', { ...at, name: 'x', head_sha: main.object.sha, actions: [{ label: 'Go', description: 'Do it', identifier: 'go' }] });
    expect(await button(`check-runs/${run.id}/actions`, { identifier }, await bench.github.addUser(`some-${role}`, role))).toBe(status);
    await bench.settled();
    const sent = bench.events.filter(({ payload }) => payload.action === 'requested_action').map(({ payload }) => payload);
    expect(sent.map(({ requested_action, sender }) => [requested_action.identifier, sender.login])).toEqual(status === 201 ? [['go', 'some-write']] : []);
  });
});

/** What an example has because of its age or of what its App may do. */
const notOurs = [/\.permissions\./, /\.merge_commit_sha$/, /^\$\.check_run\.deployment$/];

describe("payloads have the fields of GitHub's examples", () => {
  let sent: readonly ReceivedEvent[] = [];
  beforeAll(async () => {
    await startRepository();
    await live();
    sent = [...(installed ? [installed] : []), ...bench.events];
  });

  test.each<{ event: string; action: string | undefined }>([
    { event: 'push', action: undefined },
    { event: 'pull_request', action: 'opened' },
    { event: 'pull_request', action: 'synchronize' },
    { event: 'pull_request', action: 'closed' },
    { event: 'check_suite', action: 'requested' },
    { event: 'check_suite', action: 'completed' },
    { event: 'check_run', action: 'created' },
    { event: 'check_run', action: 'completed' },
    { event: 'check_run', action: 'rerequested' },
    { event: 'check_run', action: 'requested_action' },
    { event: 'issue_comment', action: 'created' },
    { event: 'installation', action: 'created' },
    { event: 'installation_repositories', action: 'added' },
    { event: 'deployment', action: 'created' },
    { event: 'deployment_status', action: 'created' },
    { event: 'status', action: undefined },
  ])('$event $action', ({ event, action }) => {
    const ours = sent.find(({ name, payload }) => name === event && payload.action === action)?.payload;
    const [example] = examplesOf(event).filter((known) => known.action === action);
    expect(example).toBeDefined();
    expect(differences(example, ours, '$').filter((fault) => !notOurs.some((allowed) => allowed.test(fault)))).toEqual([]);
  });
});

function examplesOf(event: string): Payload[] {
  return (examples as unknown as { name: string; examples: Payload[] }[]).find(({ name }) => name === event)?.examples ?? [];
}

/** Paths that the example has and ours lacks, or where the kinds differ; null fits everything, lists are compared by their first entry. */
function differences(example: Payload, ours: Payload, path: string): string[] {
  if (example === null || ours === null) return [];
  if (ours === undefined || typeof example !== typeof ours || Array.isArray(example) !== Array.isArray(ours)) return [path];
  if (Array.isArray(example)) return example.length > 0 && ours.length > 0 ? differences(example[0], ours[0], `${path}[0]`) : [];
  if (typeof example !== 'object') return [];
  return Object.keys(example).flatMap((key) => differences(example[key], ours[key], `${path}.${key}`));
}
