import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PatternRouter } from 'hono/router/pattern-router';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../../src/local/github/api/server.ts';
import type { GithubExchange } from '../../../src/local/github/observer.ts';
import { githubBench, type GitHubBench } from '../../support/local-github.ts';
import { githubSpec, violationLine, type SpecReport } from '../../support/github-spec.ts';
import { knownDisagreements } from '../../support/github-spec-known.ts';
import { heldTotals } from '../../support/totals.ts';
import { refuse, type Refusal } from './refusals.ts';
import { farewell, tour, visit, type Visit } from './tour.ts';

/** All that the local GitHub sends. */
const events = [
  'check_run completed', 'check_run created', 'check_run requested_action', 'check_run rerequested', 'check_suite completed', 'check_suite requested', 'check_suite rerequested',
  'create', 'delete', 'deployment created', 'deployment_status created', 'installation created', 'installation deleted', 'installation suspend', 'installation unsuspend',
  'installation_repositories added', 'installation_repositories removed', 'issue_comment created', 'issue_comment deleted', 'issue_comment edited', 'pull_request closed', 'pull_request edited',
  'pull_request opened', 'pull_request reopened', 'pull_request synchronize', 'push', 'status',
];

const eventNames = [...new Set(events.map((event) => event.split(' ', 1)[0] ?? ''))];
const spec = githubSpec();
const exchanges: GithubExchange[] = [];
const pushes: string[] = [];
let bench: GitHubBench;
let refused: readonly (Refusal & { readonly got: number })[];
let report: SpecReport;

beforeAll(async () => {
  const observe = {
    answered(exchange: GithubExchange): void {
      exchanges.push(exchange);
      spec.observer.answered(exchange);
    },
    sent: spec.observer.sent,
  };
  // Every App gets those of its installation: nobody subscribes to them.
  bench = await githubBench({ observe, app: { events: eventNames.filter((name) => !name.startsWith('installation')) } });
  await visit(bench, 'first');
  const here = await visit(bench, 'second');
  await tour(here);
  refused = await refuse(here);
  await disturb(here);
  await farewell(here);
  await bench.settled();
  pushes.push(...bench.events.filter(({ name }) => name === 'push').map(({ payload: { created, deleted, forced, ref } }) => `${created ? 'created' : deleted ? 'deleted' : forced ? 'forced' : 'moved'} ${ref.split('/')[1]}`));
  report = spec.report();
}, 120_000);
afterAll(() => bench[Symbol.asyncDispose]());

/** What answers before an operation does: no JSON, and the faults by name. */
async function disturb({ bench: { github }, at }: Visit): Promise<void> {
  const headers = { authorization: `token ${github.token}` };
  await fetch(`${github.api}/repos/${at.owner}/${at.repo}/pulls`, { method: 'POST', headers, body: '{' });
  for (const name of ['github:500', 'github:429', 'github:403-secondary-limit'] as const) {
    github.faults.ask({ name, times: 1, path: null, method: null });
    await fetch(`${github.api}/repos/${at.owner}/${at.repo}`, { headers });
  }
}

test('no answer, no request and no event differs from what GitHub describes', () => {
  expect(report.violations.map(violationLine)).toEqual([]);
});

test('each refusal is the one that was meant', () => {
  expect(refused.filter(({ status, got }) => status !== got)).toEqual([]);
});

function unexercised(): readonly string[] {
  const router = new PatternRouter<string>();
  const all = endpoints(bench.github.deliveries).map(({ method, path }) => ({ method, path, name: `${method} ${path}` }));
  for (const { method, path, name } of all) router.add(method, path, name);
  const succeeded = exchanges.filter(({ status }) => status < 300).map(({ method, path }) => router.match(method, path)[0][0]?.[0]);
  return all.map(({ name }) => name).filter((name) => !succeeded.includes(name));
}

test('every endpoint of the local GitHub was asked, and answered with success', () => {
  expect(unexercised()).toEqual([]);
});

test('every event of the local GitHub was sent, with each of its actions', () => {
  expect([...report.events].toSorted()).toEqual(events);
  const source = join(import.meta.dirname, '../../../src/local/github');
  const named = globSync('**/*.ts', { cwd: source }).flatMap((file) => [...readFileSync(join(source, file), 'utf8').matchAll(/world\.send\(\{\s*name: '(\w+)'/g)].map(([, name]) => name));
  expect([...new Set(named)].toSorted()).toEqual(eventNames);
});

test.each(['created heads', 'moved heads', 'forced heads', 'deleted heads', 'created tags', 'deleted tags'])('pushes were among them: %s', (kind) => {
  expect(pushes).toContain(kind);
});

test('every known disagreement was met: what GitHub has put right goes from the list', () => {
  expect(knownDisagreements.filter((known) => !report.met.has(known)).map(({ operation, reason }) => `${operation}: ${reason}`)).toEqual([]);
});

test('the totals', () => {
  const total = endpoints(bench.github.deliveries).length;
  heldTotals('github-spec', {
    answers: report.answers,
    deliveries: report.deliveries,
    operations: report.operations.size,
    'events with their actions': report.events.size,
    'endpoints exercised': total - unexercised().length,
    'endpoints not exercised': unexercised().length,
    'known disagreements': knownDisagreements.length,
    violations: report.violations.length,
  });
});
