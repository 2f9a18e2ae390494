import * as z from 'zod';
import { suiteFor } from '../events/check-suite.ts';
import { changeRun, newRun, rerequestRun, rerequestSuite, sendRun } from '../checks.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { readCommit } from '../git/commits.ts';
import { renderAnnotation, renderRun, renderSuite, runsOf } from '../render/check.ts';
import { runsAt, type CheckRun, type CheckSuite, type Repository } from '../world.ts';
import { checkRunChange, newCheckRun } from './check-request.ts';
import { countedPageOf, created, numberParam, ok, onRepository, pageOf, parsed, type Answer, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { commitOf, storedCommit } from './lookup.ts';

const read = { app: ['checks:read'], person: 'read' } as const;
/** Checks belong to Apps: a personal token writes none. */
const write = { app: ['checks:write'], person: null } as const;

export const checkEndpoints: readonly Endpoint[] = [
  onRepository('POST', '/check-runs', write, createRun),
  onRepository('GET', '/check-runs/:id', read, (call) => ok(renderRun(call.world, call.repository, runOf(call)))),
  onRepository('PATCH', '/check-runs/:id', write, updateRun),
  onRepository('GET', '/check-runs/:id/annotations', read, listAnnotations),
  onRepository('POST', '/check-runs/:id/rerequest', write, async (call) => {
    await rerequestRun(call.world, call.repository, runOf(call), call.sender);
    return created({});
  }),
  onRepository('GET', '/commits/:ref{.+}/check-runs', read, listRuns),
  onRepository('GET', '/commits/:ref{.+}/check-suites', read, listSuites),
  onRepository('POST', '/check-suites', write, createSuite),
  onRepository('GET', '/check-suites/:id', read, async (call) => ok(await suiteBody(call, suiteOf(call)))),
  onRepository('GET', '/check-suites/:id/check-runs', read, (call) => answerRuns(call, runsOf(call.repository, suiteOf(call)))),
  onRepository('POST', '/check-suites/:id/rerequest', write, async (call) => {
    await rerequestSuite(call.world, call.repository, suiteOf(call), call.sender);
    return created({});
  }),
];

function runOf(call: RepositoryCall): CheckRun {
  const run = call.repository.runs.get(numberParam(call, 'id'));
  if (!run) throw notFound();
  return run;
}

function suiteOf(call: RepositoryCall): CheckSuite {
  const suite = call.repository.suites.get(numberParam(call, 'id'));
  if (!suite) throw notFound();
  return suite;
}

async function suiteBody(call: RepositoryCall, suite: CheckSuite) {
  return renderSuite(call.world, call.repository, suite, await storedCommit(call.repository, suite.headSha));
}

async function suiteAt(call: RepositoryCall, sha: string): Promise<{ readonly suite: CheckSuite; readonly isNew: boolean }> {
  const { world, repository } = call;
  const commit = await readCommit(repository.objects, sha);
  if (!commit) throw new HttpProblem(422, `No commit found for SHA: ${sha}`);
  return suiteFor(world, repository, { headSha: sha, headBranch: branchAt(repository, sha), before: commit.parents[0] ?? sha });
}

function branchAt(repository: Repository, sha: string): string | null {
  return [...repository.pulls.values()].find(({ head }) => head.sha === sha && head.repository.id === repository.id)?.head.ref ?? null;
}

async function createRun(call: RepositoryCall): Promise<Answer> {
  const { world, repository, sender } = call;
  const request = parsed(newCheckRun, call.body);
  const { suite } = await suiteAt(call, request.head_sha);
  const run = newRun(world, suite, request.name);
  changeRun(world, run, request);
  repository.runs.set(run.id, run);
  forgetOldest(repository, run, world.limits.runsOfName);
  await sendRun(world, repository, run, 'created', sender);
  if (run.status === 'completed') await sendRun(world, repository, run, 'completed', sender);
  return created(renderRun(world, repository, run));
}

/** Of one name in a suite GitHub keeps the latest. https://docs.github.com/rest/checks/runs#create-a-check-run */
function forgetOldest(repository: Repository, { suite, name }: CheckRun, kept: number): void {
  const same = runsOf(repository, suite).filter((run) => run.name === name);
  for (const { id } of same.slice(0, -kept)) repository.runs.delete(id);
}

async function updateRun(call: RepositoryCall): Promise<Answer> {
  const { world, repository, sender } = call;
  const run = runOf(call);
  const wasCompleted = run.status === 'completed';
  changeRun(world, run, parsed(checkRunChange, call.body));
  if (run.status === 'completed' && !wasCompleted) await sendRun(world, repository, run, 'completed', sender);
  return ok(renderRun(world, repository, run));
}

function listAnnotations(call: RepositoryCall): Promise<Answer> {
  const run = runOf(call);
  return pageOf(call, run.annotations, (annotation) => renderAnnotation(call.world, call.repository, run, annotation));
}

async function listRuns(call: RepositoryCall): Promise<Answer> {
  const { sha } = await commitOf(call);
  return answerRuns(call, runsAt(call.repository, sha));
}

/** Newest first; unless all are asked for, only the latest of each name. */
function answerRuns(call: RepositoryCall, runs: readonly CheckRun[]): Promise<Answer> {
  const name = call.query.get('check_name');
  const status = call.query.get('status');
  const app = call.query.get('app_id');
  const latest = new Set(runs.map((run) => run.name).map((each) => runs.findLast((run) => run.name === each)?.id));
  const found = runs.filter((run) => {
    if (call.query.get('filter') !== 'all' && !latest.has(run.id)) return false;
    if (app !== null && Number(app) !== call.world.app.id) return false;
    return (name === null || run.name === name) && (status === null || run.status === status);
  });
  return countedPageOf(call, 'check_runs', found.toReversed(), (run) => renderRun(call.world, call.repository, run));
}

async function listSuites(call: RepositoryCall): Promise<Answer> {
  const { sha } = await commitOf(call);
  const app = call.query.get('app_id');
  const name = call.query.get('check_name');
  const found = [...call.repository.suites.values()].filter((suite) => {
    if (suite.headSha !== sha || (app !== null && Number(app) !== call.world.app.id)) return false;
    return name === null || runsOf(call.repository, suite).some((run) => run.name === name);
  });
  return countedPageOf(call, 'check_suites', found, (suite) => suiteBody(call, suite));
}

const newSuite = z.object({ head_sha: z.string() });

async function createSuite(call: RepositoryCall): Promise<Answer> {
  const { suite, isNew } = await suiteAt(call, parsed(newSuite, call.body).head_sha);
  return { status: isNew ? 201 : 200, body: await suiteBody(call, suite) };
}
