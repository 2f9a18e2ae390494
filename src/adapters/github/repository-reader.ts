import type { PullRequest, RepositoryReader, TreeEntry } from '../../gitops/ports.ts';
import { Rejected } from '../../kernel/errors.ts';
import type { Repositories } from './repositories.ts';

/** Trees are the same for ever under their commit; one of 400 files takes 60 kB. */
const treesKept = 64;

/** @see RepositoryReader */
export function repositoryReader(repositories: Repositories, appId: number): RepositoryReader {
  const { names, call, callOrNull } = repositories;
  return {
    async repository(tenant) {
      const { owner, repo, defaultBranch, htmlUrl } = await names(tenant);
      return { owner, name: repo, defaultBranch, htmlUrl };
    },
    async branchHead(tenant, branch) {
      const answer = await callOrNull(tenant, 'reading a branch', (client, at) => client.rest.git.getRef({ ...at, ref: `heads/${branch}` }));
      return answer?.data.object.sha ?? null;
    },
    tree: treeReader(call),
    async blob(tenant, sha, maxBytes) {
      const { data } = await call(tenant, 'reading a file', (client, at) => client.rest.git.getBlob({ ...at, file_sha: sha }));
      const bytes = Buffer.from(data.content, 'base64');
      if (bytes.length > maxBytes) throw new Rejected('the file is larger than what is read', { code: 'BlobTooLarge' });
      return bytes;
    },
    async mergeBase(tenant, base, head) {
      const { data } = await call(tenant, 'comparing two commits', (client, at) =>
        client.rest.repos.compareCommitsWithBasehead({ ...at, basehead: `${base}...${head}`, per_page: 1 }),
      );
      return data.merge_base_commit.sha;
    },
    async firstParent(tenant, commit) {
      const { data } = await call(tenant, 'reading a commit', (client, at) => client.rest.git.getCommit({ ...at, commit_sha: commit }));
      return data.parents[0]?.sha ?? null;
    },
    ...pullRequestReader(repositories),
    ...peopleReader(repositories),
    async checkRun(tenant, id) {
      const answer = await callOrNull(tenant, 'reading a check', (client, at) => client.rest.checks.get({ ...at, check_run_id: id }));
      return answer && { name: answer.data.name, commit: answer.data.head_sha, isOurs: answer.data.app?.id === appId };
    },
  };
}

function pullRequestReader({ call, callOrNull }: Repositories): Pick<RepositoryReader, 'pullRequest' | 'openPullRequests' | 'mergedPullRequest'> {
  return {
    async pullRequest(tenant, number) {
      const answer = await callOrNull(tenant, 'reading a pull request', (client, at) => client.rest.pulls.get({ ...at, pull_number: number }));
      return answer && pullRequestOf(answer.data);
    },
    async openPullRequests(tenant, baseRef) {
      const list = await call(tenant, 'listing pull requests', (client, at) =>
        client.paginate(client.rest.pulls.list, { ...at, state: 'open', base: baseRef, per_page: 100 }),
      );
      return list.map(({ number }) => number);
    },
    async mergedPullRequest(tenant, commit) {
      const { data } = await call(tenant, 'finding the pull request of a commit', (client, at) =>
        client.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: commit }),
      );
      return data.find((pull) => pull.merged_at !== null && pull.merge_commit_sha === commit)?.number ?? null;
    },
  };
}

/** What people said and did, and who may. */
function peopleReader({ callOrNull }: Repositories): Pick<RepositoryReader, 'comment' | 'closedBy' | 'permission'> {
  return {
    async comment(tenant, commentId) {
      const answer = await callOrNull(tenant, 'reading a comment', (client, at) => client.rest.issues.getComment({ ...at, comment_id: commentId }));
      if (answer === null) return null;
      const { id, user, body } = answer.data;
      return { id, author: user?.login ?? '', authorIsBot: user === null || user.type === 'Bot', body: body ?? '' };
    },
    async closedBy(tenant, number) {
      const answer = await callOrNull(tenant, 'reading who closed a pull request', (client, at) => client.rest.issues.get({ ...at, issue_number: number }));
      const by = answer?.data.closed_by ?? null;
      return by === null ? null : { login: by.login, isBot: by.type === 'Bot' };
    },
    async permission(tenant, login) {
      const answer = await callOrNull(tenant, 'reading a permission', (client, at) => client.rest.repos.getCollaboratorPermissionLevel({ ...at, username: login }));
      const permission = answer?.data.permission;
      return permission === 'admin' || permission === 'write' || permission === 'read' ? permission : 'none';
    },
  };
}

function treeReader(call: Repositories['call']): RepositoryReader['tree'] {
  const trees = new Map<string, readonly TreeEntry[]>();
  return async (tenant, commit) => {
    const key = `${tenant} ${commit}`;
    const known = trees.get(key);
    if (known) return known;
    const { data } = await call(tenant, 'reading a tree', (client, at) => client.rest.git.getTree({ ...at, tree_sha: commit, recursive: 'true' }));
    if (data.truncated) throw new Rejected('the repository is too large to be read as one tree', { code: 'TreeTruncated' });
    const entries = data.tree.map(({ path, mode, sha, size, type }) => ({ path, mode, sha, size: type === 'blob' ? (size ?? 0) : null }));
    trees.set(key, entries);
    const [oldest] = trees.keys();
    if (trees.size > treesKept && oldest !== undefined) trees.delete(oldest);
    return entries;
  };
}

interface PullRequestAnswer {
  readonly number: number;
  readonly state: string;
  readonly merged: boolean;
  readonly merge_commit_sha: string | null;
  readonly merged_at: string | null;
  readonly created_at: string;
  readonly html_url: string;
  readonly head: { readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly ref: string; readonly repo: { readonly id: number } };
}

function pullRequestOf({ number, state, merged, merge_commit_sha, merged_at, created_at, html_url, head, base }: PullRequestAnswer): PullRequest {
  return {
    number,
    state: state === 'open' ? 'open' : 'closed',
    merged,
    mergeCommit: merged ? merge_commit_sha : null,
    mergedAt: merged_at,
    headSha: head.sha,
    headRepositoryId: head.repo?.id ?? null,
    baseRef: base.ref,
    baseRepositoryId: base.repo.id,
    htmlUrl: html_url,
    openedAt: created_at,
  };
}
