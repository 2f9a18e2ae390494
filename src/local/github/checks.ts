import type { CheckRunChange } from './api/check-request.ts';
import { sendSuite } from './events/check-suite.ts';
import { isoSeconds } from './git/commits.ts';
import { renderRunOfEvent, suiteState } from './render/check.ts';
import type { Account, CheckRun, CheckSuite, Repository, World } from './world.ts';

export function newRun(world: World, suite: CheckSuite, name: string): CheckRun {
  return {
    id: world.nextId(),
    suite,
    name,
    status: 'queued',
    conclusion: null,
    detailsUrl: null,
    externalId: null,
    startedAt: isoSeconds(world.now()),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
  };
}

/** What is not named stays; annotations are added to those that are there; a conclusion completes the run. */
export function changeRun(world: World, run: CheckRun, change: CheckRunChange): void {
  const now = isoSeconds(world.now());
  run.suite.updatedAt = now;
  run.suite.requeued = false;
  run.name = change.name ?? run.name;
  run.detailsUrl = change.details_url ?? run.detailsUrl;
  run.externalId = change.external_id ?? run.externalId;
  run.startedAt = change.started_at ?? run.startedAt;
  run.actions = change.actions ?? run.actions;
  if (change.conclusion !== undefined) {
    run.status = 'completed';
    run.conclusion = change.conclusion;
    run.completedAt = change.completed_at ?? now;
  } else if (change.status !== undefined) {
    run.status = change.status;
    run.conclusion = null;
    run.completedAt = null;
  }
  if (!change.output) return;
  run.title = change.output.title ?? run.title;
  run.summary = change.output.summary;
  run.text = change.output.text ?? null;
  run.annotations.push(...change.output.annotations);
}

export async function sendRun(world: World, repository: Repository, run: CheckRun, action: 'created' | 'completed' | 'rerequested' | 'requested_action', sender: Account, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  world.send({ name: 'check_run', repository, sender, payload: { action, check_run: renderRunOfEvent(world, repository, run), ...more } });
  const suiteDone = action === 'completed' && suiteState(repository, run.suite).status === 'completed';
  if (suiteDone) await sendSuite(world, repository, run.suite, 'completed', sender);
}

/** The suite is back to queued, and the run stays as it is until the App says more. https://docs.github.com/rest/checks/runs#rerequest-a-check-run */
export async function rerequestRun(world: World, repository: Repository, run: CheckRun, sender: Account): Promise<void> {
  await sendRun(world, repository, run, 'rerequested', sender);
  run.suite.requeued = true;
}

export async function rerequestSuite(world: World, repository: Repository, suite: CheckSuite, sender: Account): Promise<void> {
  await sendSuite(world, repository, suite, 'rerequested', sender);
  suite.requeued = true;
}
