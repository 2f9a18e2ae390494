import { isoSeconds, writeCommit, type Person } from '../git/commits.ts';
import { runGit } from '../git/git.ts';
import { mergeTrees } from '../git/merge.ts';
import { emailOf } from '../render/commit.ts';
import type { Account, PullRequest, Repository, World } from '../world.ts';

/** Whether the pull request merges without conflicts; null where nobody has found out since its head or base moved. */
export function knownMergeable({ head, base, mergeTest }: PullRequest): boolean | null {
  return mergeTest?.head === head.sha && mergeTest.base === base.sha ? mergeTest.commit !== null : null;
}

/** Finds out, and keeps the merge as `refs/pull/<n>/merge`, as GitHub does. */
export async function testMerge(world: World, repository: Repository, pull: PullRequest): Promise<void> {
  const head = pull.head.sha;
  const base = pull.base.sha;
  const commit = await mergeCommit(world, repository, { base, head, message: `Merge ${head} into ${base}`, author: pull.author });
  pull.mergeTest = { head, base, commit };
  if (commit !== null) await runGit(repository.directory, ['update-ref', `refs/pull/${pull.number}/merge`, commit]);
}

interface MergeOf {
  readonly base: string;
  readonly head: string;
  readonly message: string;
  readonly author: Account;
}

/** A merge commit of two parents; null when they conflict. */
export async function mergeCommit(world: World, repository: Repository, { base, head, message, author }: MergeOf): Promise<string | null> {
  const tree = await mergeTrees(repository.directory, base, head);
  if (tree === null) return null;
  return writeCommit(repository.directory, { tree, parents: [base, head], message, author: personOf(world, author), committer: webFlow(world) });
}

export function personOf(world: World, account: Account): Person {
  return { name: account.login, email: emailOf(account), date: isoSeconds(world.now()) };
}

/** GitHub commits what is made on its pages under this name. */
export function webFlow(world: World): Person {
  return { name: 'GitHub', email: 'noreply@github.com', date: isoSeconds(world.now()) };
}
