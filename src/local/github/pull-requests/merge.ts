import { listCommits, readCommit, writeCommit } from '../git/commits.ts';
import { GitFailed } from '../git/git.ts';
import { mergeTrees, rebaseCommits } from '../git/merge.ts';
import { HttpProblem } from '../problem.ts';
import type { Account, PullRequest, Repository, World } from '../world.ts';
import { markClosed, moveRef, sendPull } from './follow.ts';
import { mergeCommit, personOf, webFlow } from './test-merge.ts';

export interface MergeRequest {
  readonly method: 'merge' | 'squash' | 'rebase';
  readonly title: string | null;
  readonly message: string | null;
  /** The head that the caller has seen; null for any. */
  readonly sha: string | null;
}

/** Call it inside `repository.alone`. @returns the commit that is now the base's tip. @throws 405 when it cannot be merged, 409 when the head moved. */
export async function mergePull(world: World, repository: Repository, pull: PullRequest, request: MergeRequest, by: Account): Promise<string> {
  // https://github.com/lindell/multi-gitter/issues/622
  if (pull.state === 'open' && pull.draft) throw new HttpProblem(405, 'Pull Request is still a draft');
  if (pull.merged || pull.state === 'closed') throw new HttpProblem(405, 'Pull Request is not mergeable');
  if (request.sha !== null && request.sha !== pull.head.sha) throw new HttpProblem(409, 'Head branch was modified. Review and try the merge again.');
  const before = pull.base.sha;
  const after = await methods[request.method](world, repository, pull, request, by);
  if (after === null) throw new HttpProblem(405, 'Pull Request is not mergeable');
  await moveBase(world, repository, pull, { before, after, by });
  return after;
}

/** Merged before the branch moves: who hears of the push finds the merged pull request, and it keeps the base that it was merged into. */
async function moveBase(world: World, repository: Repository, pull: PullRequest, { before, after, by }: { readonly before: string; readonly after: string; readonly by: Account }): Promise<void> {
  markClosed(world, pull, by, after);
  try {
    await moveRef(world, repository, { ref: `refs/heads/${pull.base.ref}`, before, after }, by);
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    Object.assign(pull, { state: 'open', closedAt: null, closedBy: null, merged: null });
    throw new HttpProblem(405, 'Base branch was modified. Review and try the merge again.');
  }
  await sendPull(world, repository, pull, 'closed', by);
}

type Merge = (world: World, repository: Repository, pull: PullRequest, request: MergeRequest, by: Account) => Promise<string | null>;

const methods: Readonly<Record<MergeRequest['method'], Merge>> = {
  merge(world, repository, pull, { title, message }, by) {
    const subject = title ?? `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.ref}`;
    return mergeCommit(world, repository, { base: pull.base.sha, head: pull.head.sha, message: `${subject}\n\n${message ?? pull.title}`, author: by });
  },
  async squash(world, repository, pull, { title, message }) {
    const tree = await mergeTrees(repository.directory, pull.base.sha, pull.head.sha);
    if (tree === null) return null;
    const subject = title ?? `${pull.title} (#${pull.number})`;
    const text = `${subject}\n\n${message ?? (await squashedMessages(repository, pull))}`;
    return writeCommit(repository.directory, { tree, parents: [pull.base.sha], message: text, author: personOf(world, pull.author), committer: webFlow(world) });
  },
  rebase(world, repository, pull, _request, by) {
    return rebaseCommits(repository.directory, repository.objects, { base: pull.base.sha, head: pull.head.sha, committer: personOf(world, by) });
  },
};

async function squashedMessages(repository: Repository, pull: PullRequest): Promise<string> {
  const shas = await listCommits(repository.directory, { heads: [pull.head.sha], exclude: [pull.base.sha], limit: 250 });
  const commits = await Promise.all(shas.toReversed().map((sha) => readCommit(repository.objects, sha)));
  return commits.map((commit) => `* ${commit?.message ?? ''}`).join('\n\n');
}
