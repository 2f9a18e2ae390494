import type { Commit, Person } from '../git/commits.ts';
import { changedFiles, type ChangedFile } from '../git/diff.ts';
import type { Account, Repository, World } from '../world.ts';
import { nodeId, renderAccount } from './account.ts';
import { repositoryPage, repositoryUrl } from './repository.ts';

/** The hash of the empty tree, which Git knows without it being stored. */
export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export function emailOf(account: Account): string {
  return `${account.id}+${account.login}@users.noreply.github.com`;
}

function accountOf(world: World, { email }: Person): Account | null {
  return [...world.accounts.values(), world.app.bot].find((account) => emailOf(account) === email) ?? null;
}

const unverified = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** As `git/commits` answers. */
export function renderGitCommit(world: World, repository: Repository, commit: Commit) {
  const url = repositoryUrl(world, repository);
  const page = repositoryPage(world, repository);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/git/commits/${sha}`, html_url: `${page}/commit/${sha}` })),
    verification: unverified,
  };
}

/** As `commits` answers in a list. */
export function renderCommit(world: World, repository: Repository, commit: Commit) {
  const url = repositoryUrl(world, repository);
  const page = repositoryPage(world, repository);
  const author = accountOf(world, commit.author);
  const committer = accountOf(world, commit.committer);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: unverified,
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: author && renderAccount(world, author),
    committer: committer && renderAccount(world, committer),
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: `${page}/commit/${sha}` })),
  };
}

/** As `commits/:sha` answers: with the difference to the first parent. */
export async function renderCommitDetails(world: World, repository: Repository, commit: Commit) {
  const files = await changedFiles(repository.directory, commit.parents[0] ?? emptyTree, commit.sha);
  const additions = sum(files.map((file) => file.additions));
  const deletions = sum(files.map((file) => file.deletions));
  return {
    ...renderCommit(world, repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.slice(0, 300).map((file) => renderFile(world, repository, commit.sha, file)),
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

export function renderFile(world: World, repository: Repository, at: string, file: ChangedFile) {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  const page = repositoryPage(world, repository);
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${page}/blob/${at}/${path}`,
    raw_url: `${page}/raw/${at}/${path}`,
    contents_url: `${repositoryUrl(world, repository)}/contents/${path}?ref=${at}`,
    ...(file.patch !== null && { patch: file.patch }),
    ...(file.previousPath !== null && { previous_filename: file.previousPath }),
  };
}

/** A commit inside a webhook. */
export function renderCommitHeader(commit: Commit) {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.author.date,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

/** A commit inside a push event. */
export function renderPushedCommit(world: World, repository: Repository, commit: Commit, changes: { readonly distinct: boolean; readonly added: readonly string[]; readonly removed: readonly string[]; readonly modified: readonly string[] }) {
  const named = (person: Person) => {
    const account = accountOf(world, person);
    return { name: person.name, email: person.email, date: person.date, ...(account && { username: account.login }) };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: changes.distinct,
    message: commit.message,
    timestamp: commit.author.date,
    url: `${repositoryPage(world, repository)}/commit/${commit.sha}`,
    author: named(commit.author),
    committer: named(commit.committer),
    added: changes.added,
    removed: changes.removed,
    modified: changes.modified,
  };
}
