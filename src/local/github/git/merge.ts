import { runGit } from './git.ts';
import { listCommits, readCommit, writeCommit, type Person } from './commits.ts';
import type { ObjectReader } from './object-reader.ts';

/** The merged tree as `git merge` makes it; null when there are conflicts. */
export async function mergeTrees(directory: string, ours: string, theirs: string): Promise<string | null> {
  const { exitCode, stdout } = await runGit(directory, ['merge-tree', '--write-tree', '--no-messages', ours, theirs], { accept: [1, 128] });
  return exitCode === 0 ? (stdout.toString('utf8').split('\n')[0] ?? null) : null;
}

export interface Rebase {
  readonly base: string;
  readonly head: string;
  readonly committer: Person;
}

/**
 * Picks each commit of `head` onto `base`, merges left out. @returns the new tip, or null when one of them conflicts.
 * A pick is a merge whose common ancestor is the commit's parent; git 2.39 can only be told so by a commit made for it.
 */
export async function rebaseCommits(directory: string, objects: ObjectReader, { base, head, committer }: Rebase): Promise<string | null> {
  const newestFirst = await listCommits(directory, { heads: [head], exclude: [base], limit: 1000 });
  let tip = base;
  for (const sha of newestFirst.toReversed()) {
    const commit = await readCommit(objects, sha);
    const parent = commit?.parents[0];
    if (!commit || parent === undefined || commit.parents.length > 1) continue;
    const onto = await readCommit(objects, tip);
    if (!onto) return null;
    const ours = await writeCommit(directory, { tree: onto.tree, parents: [parent], message: 'pick', author: committer, committer });
    const tree = await mergeTrees(directory, ours, sha);
    if (tree === null) return null;
    tip = await writeCommit(directory, { tree, parents: [tip], message: commit.message, author: commit.author, committer });
  }
  return tip;
}
