import { commentsOf, reactionContents, type Account, type Comment, type PullRequest, type Reaction, type Repository, type World } from '../world.ts';
import { roleOf } from '../auth/permissions.ts';
import { nodeId, renderAccount } from './account.ts';
import { renderApp } from './app.ts';
import { repositoryPage, repositoryUrl } from './repository.ts';

export function authorAssociation(world: World, repository: Repository, author: Account): 'NONE' | 'CONTRIBUTOR' | 'MEMBER' {
  const role = roleOf(world, repository, author);
  return role === null ? 'NONE' : role === 'read' ? 'CONTRIBUTOR' : 'MEMBER';
}

function renderReactionSummary(url: string, reactions: readonly Reaction[]) {
  // One count for each content, no more and no less.
  const counts = Object.fromEntries(reactionContents.map((content) => [content, reactions.filter((reaction) => reaction.content === content).length])) as Record<Reaction['content'], number>;
  return { url: `${url}/reactions`, total_count: reactions.length, ...counts };
}

export function renderReaction(world: World, reaction: Reaction) {
  return { id: reaction.id, node_id: nodeId('Reaction', reaction.id), user: renderAccount(world, reaction.author), content: reaction.content, created_at: reaction.createdAt };
}

export function renderComment(world: World, repository: Repository, comment: Comment) {
  const url = `${repositoryUrl(world, repository)}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${repositoryPage(world, repository)}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(world, repository)}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: renderAccount(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: authorAssociation(world, repository, comment.author),
    body: comment.body,
    reactions: renderReactionSummary(url, comment.reactions),
    performed_via_github_app: comment.viaApp ? renderApp(world) : null,
  };
}

/** As its own endpoint answers; lists and events do not say who closed it. */
export function renderIssueAlone(world: World, repository: Repository, pull: PullRequest) {
  return { ...renderIssue(world, repository, pull), closed_by: pull.closedBy && renderAccount(world, pull.closedBy) };
}

/** A pull request seen as an issue. */
export function renderIssue(world: World, repository: Repository, pull: PullRequest) {
  const url = `${repositoryUrl(world, repository)}/issues/${pull.number}`;
  const page = `${repositoryPage(world, repository)}/pull/${pull.number}`;
  const pullUrl = `${repositoryUrl(world, repository)}/pulls/${pull.number}`;
  return {
    url,
    repository_url: repositoryUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: page,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: pull.number,
    title: pull.title,
    user: renderAccount(world, pull.author),
    labels: [],
    state: pull.state,
    state_reason: null,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: commentsOf(repository, pull.number).length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    author_association: authorAssociation(world, repository, pull.author),
    active_lock_reason: null,
    draft: pull.draft,
    body: pull.body,
    reactions: renderReactionSummary(url, []),
    performed_via_github_app: null,
    pull_request: { url: pullUrl, html_url: page, diff_url: `${page}.diff`, patch_url: `${page}.patch`, merged_at: pull.merged?.at ?? null },
  };
}
