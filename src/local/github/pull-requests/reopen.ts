import { isAncestor, isoSeconds, mergeBase } from '../git/commits.ts';
import { readRef } from '../git/refs.ts';
import { validationFailed, type HttpProblem } from '../problem.ts';
import type { Account, PullRequest, Repository, World } from '../world.ts';
import { sendPull, takeHead } from './follow.ts';
import { label, refuseDuplicate } from './open.ts';

/** Call it inside `repository.alone`. @throws 422 with GitHub's reasons. */
export async function reopenPull(world: World, repository: Repository, pull: PullRequest, by: Account): Promise<void> {
  // https://github.com/openlinker-project/openlinker/pull/3227
  if (pull.merged) throw refused('The pull request cannot be reopened.');
  if (pull.head.repository.deleted) throw refused('The repository that submitted this pull request has been deleted.');
  const head = await branch(pull.head.repository, pull.head.ref);
  const base = await branch(repository, pull.base.ref);
  refuseDuplicate(repository, pull);
  await followClosedHead(repository, pull, { head, base });
  pull.base.sha = base;
  pull.state = 'open';
  pull.closedAt = null;
  pull.closedBy = null;
  pull.updatedAt = isoSeconds(world.now());
  await sendPull(world, repository, pull, 'reopened', by);
}

/** https://github.com/pytorch/pytorch/pull/114423 */
async function branch({ directory }: Repository, ref: string): Promise<string> {
  const sha = await readRef(directory, `refs/heads/${ref}`);
  if (sha === null) throw refused(`The ${ref} branch has been deleted.`);
  return sha;
}

/** A head that is refused is not taken over. @throws 422 */
async function followClosedHead(repository: Repository, pull: PullRequest, tips: Tips): Promise<void> {
  const before = pull.head.sha;
  // A fork's commits have to be here to be compared.
  if (tips.head !== before) await takeHead(repository, pull, tips.head);
  const reason = await whyNot(repository, pull, before, tips);
  if (reason === null) return;
  if (tips.head !== before) await takeHead(repository, pull, before);
  throw refused(reason);
}

interface Tips {
  readonly head: string;
  readonly base: string;
}

async function whyNot(repository: Repository, pull: PullRequest, before: string, { head, base }: Tips): Promise<string | null> {
  const { directory } = repository;
  // Only what was added meanwhile is taken over: https://github.com/isaacs/github/issues/361
  if (!(await isAncestor(directory, before, head))) return `The ${pull.head.ref} branch was force-pushed or recreated.`;
  // https://github.com/cilium/cilium/pull/47088
  if ((await mergeBase(directory, base, head)) === null) return `The ${label(repository, pull.head)} branch has no history in common with ${label(repository, pull.base)}.`;
  // Whatever its branch has since: https://github.com/Lucent-Financial-Group/Zeta/pull/5011
  return (await isAncestor(directory, before, base)) ? `There are no new commits on the ${pull.head.ref} branch.` : null;
}

function refused(reason: string): HttpProblem {
  return validationFailed({ resource: 'PullRequest', field: 'state', code: 'custom', message: `state cannot be changed. ${reason}` });
}
