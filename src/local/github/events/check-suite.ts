import { isoSeconds, readCommit } from '../git/commits.ts';
import { renderSuiteOfEvent } from '../render/check.ts';
import type { Account, CheckSuite, Repository, World } from '../world.ts';

export interface NewSuite {
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly before: string;
}

/** One suite per commit and App: the one that is there, or a new one. */
export function suiteFor(world: World, repository: Repository, { headSha, headBranch, before }: NewSuite): { readonly suite: CheckSuite; readonly isNew: boolean } {
  const existing = [...repository.suites.values()].find((suite) => suite.headSha === headSha);
  if (existing) return { suite: existing, isNew: false };
  const now = isoSeconds(world.now());
  const suite: CheckSuite = { id: world.nextId(), headBranch, headSha, before, after: headSha, createdAt: now, updatedAt: now, requeued: false };
  repository.suites.set(suite.id, suite);
  return { suite, isNew: true };
}

/** What a push of a branch gives to each App with the right to write checks. */
export async function requestSuite(world: World, repository: Repository, push: NewSuite, sender: Account): Promise<void> {
  if (world.app.permissions.checks !== 'write' || !world.installation?.repositories.has(repository.id)) return;
  const { suite, isNew } = suiteFor(world, repository, push);
  if (isNew) await sendSuite(world, repository, suite, 'requested', sender);
}

export async function sendSuite(world: World, repository: Repository, suite: CheckSuite, action: 'requested' | 'rerequested' | 'completed', sender: Account): Promise<void> {
  const commit = await readCommit(repository.objects, suite.headSha);
  if (!commit) return;
  world.send({ name: 'check_suite', repository, sender, payload: { action, check_suite: renderSuiteOfEvent(world, repository, suite, commit) } });
}
