import { isoSeconds, mergeBase } from '../git/commits.ts';
import { readRef } from '../git/refs.ts';
import { isRefName } from '../git/ref-name.ts';
import { validationFailed, type HttpProblem } from '../problem.ts';
import { suiteFor } from '../events/check-suite.ts';
import { forkOf, type Account, type PullRequest, type Repository, type World } from '../world.ts';
import { sendPull, takeHead } from './follow.ts';

export interface PullRequestDraft {
  readonly title: string;
  readonly body: string | null;
  /** `branch` or `owner:branch` */
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
  readonly maintainerCanModify: boolean;
}

/** @throws 422 as GitHub does: no such branch, nothing to merge, or a pull request that is open for the same branches. */
export async function openPull(world: World, repository: Repository, request: PullRequestDraft, author: Account): Promise<PullRequest> {
  const base = await side(repository, request.base, 'base');
  const head = await side(headRepository(world, repository, request.head), request.head.replace(/^[^:]*:/, ''), 'head');
  refuseDuplicate(repository, { head, base });
  const number = repository.nextNumber;
  const now = isoSeconds(world.now());
  const pull: PullRequest = {
    id: world.nextId(),
    number,
    author,
    createdAt: now,
    draft: request.draft,
    maintainerCanModify: request.maintainerCanModify && head.repository.id !== repository.id,
    title: request.title,
    body: request.body,
    state: 'open',
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    head,
    base,
    merged: null,
    mergeTest: null,
  };
  await takeHead(repository, pull, head.sha);
  const common = await mergeBase(repository.directory, base.sha, head.sha);
  if (common === head.sha) throw refusedHead(`No commits between ${label(repository, base)} and ${label(repository, head)}`);
  // https://github.com/mislav/hub/issues/2322
  if (common === null) throw refusedHead(`The ${label(repository, head)} branch has no history in common with ${label(repository, base)}`);
  repository.nextNumber += 1;
  repository.pulls.set(number, pull);
  // A fork's commit has no suite here until somebody reports on it.
  if (head.repository.id === repository.id) suiteFor(world, repository, { headSha: head.sha, headBranch: head.ref, before: base.sha });
  await sendPull(world, repository, pull, 'opened', author);
  return pull;
}

function refusedHead(message: string): HttpProblem {
  return validationFailed({ resource: 'PullRequest', code: 'custom', field: 'head', message });
}

function headRepository(world: World, base: Repository, head: string): Repository {
  const [owner = ''] = head.includes(':') ? head.split(':', 1) : [base.owner.login];
  if (owner.toLowerCase() === base.owner.login.toLowerCase()) return base;
  const fork = forkOf(world, base, owner);
  if (!fork) throw validationFailed({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  return fork;
}

async function side(repository: Repository, branch: string, field: 'head' | 'base'): Promise<PullRequest['head']> {
  const ref = branch.replace(/^refs\/heads\//, '');
  const sha = isRefName(ref) ? await readRef(repository.directory, `refs/heads/${ref}`) : null;
  if (sha === null) throw validationFailed({ resource: 'PullRequest', field, code: 'invalid' });
  return { repository, ref, sha };
}

/** @throws 422 when another one is open for the same branches. */
export function refuseDuplicate(repository: Repository, { head, base }: Pick<PullRequest, 'head' | 'base'>): void {
  const same = [...repository.pulls.values()].some(
    (pull) => pull.state === 'open' && pull.head.repository.id === head.repository.id && pull.head.ref === head.ref && pull.base.ref === base.ref,
  );
  if (!same) return;
  throw validationFailed({ resource: 'PullRequest', code: 'custom', field: 'head', message: `A pull request already exists for ${head.repository.owner.login}:${head.ref}.` });
}

/** As GitHub's refusals name a branch. */
export function label(repository: Repository, side: PullRequest['head']): string {
  return side.repository.id === repository.id ? side.ref : `${side.repository.owner.login}:${side.ref}`;
}
