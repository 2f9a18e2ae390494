import { countCommits } from '../git/commits.ts';
import { pullFiles } from '../pull-requests/files.ts';
import { knownMergeable, testMerge } from '../pull-requests/test-merge.ts';
import { commentsOf, type PullRequest, type PullRequestSide, type Repository, type World } from '../world.ts';
import { nodeId, renderAccount } from './account.ts';
import { sum } from './commit.ts';
import { authorAssociation } from './issue.ts';
import { customProperties, mergeSettings, renderRepository, repositoryPage, repositoryUrl } from './repository.ts';

function renderSide(world: World, { repository, ref, sha }: PullRequestSide) {
  const repo = repository.deleted ? null : { ...renderRepository(world, repository), ...mergeSettings };
  return { label: `${repository.owner.login}:${ref}`, ref, sha, user: renderAccount(world, repository.owner), repo };
}

function addresses(world: World, repository: Repository, pull: PullRequest) {
  const url = `${repositoryUrl(world, repository)}/pulls/${pull.number}`;
  const page = `${repositoryPage(world, repository)}/pull/${pull.number}`;
  const issue = `${repositoryUrl(world, repository)}/issues/${pull.number}`;
  return {
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(world, repository)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${repositoryUrl(world, repository)}/statuses/${pull.head.sha}`,
  };
}

/** As a list answers: without what has to be computed. */
export function renderPull(world: World, repository: Repository, pull: PullRequest) {
  const at = addresses(world, repository, pull);
  return {
    ...at,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: renderAccount(world, pull.author),
    body: pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.merged?.commit ?? pull.mergeTest?.commit ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    draft: pull.draft,
    head: renderSide(world, pull.head),
    base: renderSide(world, pull.base),
    _links: {
      self: { href: at.url },
      html: { href: at.html_url },
      issue: { href: at.issue_url },
      comments: { href: at.comments_url },
      review_comments: { href: at.review_comments_url },
      review_comment: { href: at.review_comment_url },
      commits: { href: at.commits_url },
      statuses: { href: at.statuses_url },
    },
    author_association: authorAssociation(world, repository, pull.author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** As one pull request answers, alone or in an event. Who asks with `test` is told what is known, and whoever asks next what was found out: GitHub does that after it answered. */
export async function renderPullDetails(world: World, repository: Repository, pull: PullRequest, options: { readonly test: boolean }) {
  const mergeable = pull.merged ? null : knownMergeable(pull);
  const [files, commits] = await Promise.all([pullFiles(repository, pull), countCommits(repository.directory, pull.base.sha, pull.head.sha)]);
  const details = {
    ...renderPull(world, repository, pull),
    merged: pull.merged !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? 'clean' : 'dirty',
    merged_by: pull.merged && renderAccount(world, pull.merged.by),
    comments: commentsOf(repository, pull.number).length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits,
    additions: sum(files.map((file) => file.additions)),
    deletions: sum(files.map((file) => file.deletions)),
    changed_files: files.length,
  };
  if (options.test && !pull.merged && mergeable === null) await testMerge(world, repository, pull);
  return details;
}

/** The repositories inside an event are those of events. */
export async function renderPullOfEvent(world: World, repository: Repository, pull: PullRequest) {
  const { head, base, ...rest } = await renderPullDetails(world, repository, pull, { test: false });
  const side = (rendered: typeof head) => ({ ...rendered, repo: rendered.repo && { ...rendered.repo, ...customProperties } });
  return { ...rest, head: side(head), base: side(base) };
}
