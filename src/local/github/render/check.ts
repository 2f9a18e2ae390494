import type { Commit } from '../git/commits.ts';
import type { CheckAnnotation, CheckRun, CheckSuite, PullRequest, Repository, World } from '../world.ts';
import { nodeId } from './account.ts';
import { renderApp } from './app.ts';
import { renderCommitHeader } from './commit.ts';
import { renderRepository, repositoryPage, repositoryUrl } from './repository.ts';

/** Open pull requests of this repository at the commit; those from forks are left out, as on GitHub. */
function renderPullRequests(world: World, repository: Repository, sha: string) {
  return [...repository.pulls.values()]
    .filter(({ state, head }) => state === 'open' && head.sha === sha && head.repository.id === repository.id)
    .map((pull) => ({
      url: `${repositoryUrl(world, repository)}/pulls/${pull.number}`,
      id: pull.id,
      number: pull.number,
      head: renderSide(world, pull.head),
      base: renderSide(world, pull.base),
    }));
}

function renderSide(world: World, { ref, sha, repository }: PullRequest['head']) {
  return { ref, sha, repo: { id: repository.id, url: repositoryUrl(world, repository), name: repository.name } };
}

export function runsOf(repository: Repository, suite: CheckSuite): CheckRun[] {
  return [...repository.runs.values()].filter((run) => run.suite.id === suite.id);
}

/** GitHub's order of what decides a suite, worst first. */
const worstFirst = ['failure', 'timed_out', 'action_required', 'cancelled', 'success', 'neutral', 'skipped'] as const;

export function suiteState(repository: Repository, suite: CheckSuite): Pick<CheckRun, 'status' | 'conclusion'> {
  const runs = runsOf(repository, suite);
  if (suite.requeued || runs.length === 0) return { status: 'queued', conclusion: null };
  if (runs.every(({ status }) => status === 'completed')) {
    return { status: 'completed', conclusion: worstFirst.find((conclusion) => runs.some((run) => run.conclusion === conclusion)) ?? null };
  }
  return { status: runs.every(({ status }) => status === 'queued') ? 'queued' : 'in_progress', conclusion: null };
}

function renderSuiteOfRun(world: World, repository: Repository, suite: CheckSuite) {
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(repository, suite),
    url: `${repositoryUrl(world, repository)}/check-suites/${suite.id}`,
    before: suite.before,
    after: suite.after,
    pull_requests: renderPullRequests(world, repository, suite.headSha),
    app: renderApp(world),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
  };
}

/** As an event holds it. */
export function renderSuiteOfEvent(world: World, repository: Repository, suite: CheckSuite, commit: Commit) {
  return {
    ...renderSuiteOfRun(world, repository, suite),
    latest_check_runs_count: runsOf(repository, suite).length,
    check_runs_url: `${repositoryUrl(world, repository)}/check-suites/${suite.id}/check-runs`,
    head_commit: renderCommitHeader(commit),
  };
}

export function renderSuite(world: World, repository: Repository, suite: CheckSuite, commit: Commit) {
  return { ...renderSuiteOfEvent(world, repository, suite, commit), repository: renderRepository(world, repository) };
}

export function renderRun(world: World, repository: Repository, run: CheckRun) {
  const url = `${repositoryUrl(world, repository)}/check-runs/${run.id}`;
  const html = `${repositoryPage(world, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.suite.headSha,
    external_id: run.externalId ?? '',
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: renderApp(world),
    pull_requests: renderPullRequests(world, repository, run.suite.headSha),
  };
}

/** Inside a webhook the suite is whole, not only its id. */
export function renderRunOfEvent(world: World, repository: Repository, run: CheckRun) {
  return { ...renderRun(world, repository, run), check_suite: renderSuiteOfRun(world, repository, run.suite) };
}

export function renderAnnotation(world: World, repository: Repository, run: CheckRun, annotation: CheckAnnotation) {
  return { ...annotation, blob_href: `${repositoryPage(world, repository)}/blob/${run.suite.headSha}/${annotation.path}` };
}
