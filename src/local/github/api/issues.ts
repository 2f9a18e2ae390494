import * as z from 'zod';
import { isoSeconds } from '../git/commits.ts';
import { HttpProblem, notFound, validationFailed } from '../problem.ts';
import { renderComment, renderIssue, renderIssueAlone, renderReaction } from '../render/issue.ts';
import { roleOf } from '../auth/permissions.ts';
import { commentsOf, reactionContents, type Comment, type PullRequest } from '../world.ts';
import { created, noContent, numberParam, ok, onRepository, pageOf, parsed, type Answer, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { pullOf } from './lookup.ts';

const read = { app: ['issues:read', 'pull_requests:read'], person: 'read' } as const;
const write = { app: ['issues:write', 'pull_requests:write'], person: 'read' } as const;

export const issueEndpoints: readonly Endpoint[] = [
  onRepository('GET', '/issues/comments/:id', read, (call) => ok(renderComment(call.world, call.repository, commentOf(call)))),
  onRepository('PATCH', '/issues/comments/:id', write, edit),
  onRepository('DELETE', '/issues/comments/:id', write, remove),
  onRepository('GET', '/issues/comments/:id/reactions', read, listReactions),
  onRepository('POST', '/issues/comments/:id/reactions', write, react),
  onRepository('DELETE', '/issues/comments/:id/reactions/:reaction', write, unreact),
  onRepository('GET', '/issues/:number', read, (call) => ok(renderIssueAlone(call.world, call.repository, pullOf(call)))),
  onRepository('GET', '/issues/:number/comments', read, list),
  onRepository('POST', '/issues/:number/comments', write, create),
];

const maxBody = 65_536;

function commentOf(call: RepositoryCall): Comment {
  const comment = call.repository.comments.get(numberParam(call, 'id'));
  if (!comment) throw notFound();
  return comment;
}

function list(call: RepositoryCall): Promise<Answer> {
  const { number } = pullOf(call);
  const since = call.query.get('since');
  const found = commentsOf(call.repository, number).filter(({ updatedAt }) => since === null || updatedAt >= since);
  return pageOf(call, found, (comment) => renderComment(call.world, call.repository, comment));
}

const commentBody = z.object({ body: z.string() });

function bodyOf(call: RepositoryCall): string {
  const { body } = parsed(commentBody, call.body);
  if (body.trim() === '') throw validationFailed({ resource: 'IssueComment', code: 'unprocessable', field: 'data', message: "Body can't be blank" });
  if (body.length > maxBody) {
    throw validationFailed({ resource: 'IssueComment', code: 'unprocessable', field: 'data', message: `Body is too long (maximum is ${maxBody} characters)` });
  }
  return body;
}

function create(call: RepositoryCall): Answer {
  const { world, repository, sender, viaApp } = call;
  const pull = pullOf(call);
  const now = isoSeconds(world.now());
  const comment: Comment = { id: world.nextId(), issue: pull.number, author: sender, viaApp, createdAt: now, updatedAt: now, body: bodyOf(call), reactions: [] };
  repository.comments.set(comment.id, comment);
  pull.updatedAt = now;
  sendComment(call, pull, comment, 'created');
  return created(renderComment(world, repository, comment));
}

function edit(call: RepositoryCall): Answer {
  const comment = ownComment(call);
  const from = comment.body;
  comment.body = bodyOf(call);
  comment.updatedAt = isoSeconds(call.world.now());
  sendComment(call, issueOf(call, comment), comment, 'edited', { changes: { body: { from } } });
  return ok(renderComment(call.world, call.repository, comment));
}

function remove(call: RepositoryCall): Answer {
  const comment = ownComment(call);
  call.repository.comments.delete(comment.id);
  sendComment(call, issueOf(call, comment), comment, 'deleted');
  return noContent;
}

/** Its author may change a comment, and whoever may write to the repository. */
function ownComment(call: RepositoryCall): Comment {
  const comment = commentOf(call);
  const role = call.viaApp ? 'write' : roleOf(call.world, call.repository, call.sender);
  if (comment.author.id !== call.sender.id && role !== 'admin' && role !== 'write') throw new HttpProblem(403, 'Must have admin rights to Repository.');
  return comment;
}

function issueOf(call: RepositoryCall, { issue }: Comment): PullRequest {
  const pull = call.repository.pulls.get(issue);
  if (!pull) throw notFound();
  return pull;
}

function sendComment(call: RepositoryCall, pull: PullRequest, comment: Comment, action: 'created' | 'edited' | 'deleted', more: Readonly<Record<string, unknown>> = {}): void {
  const { world, repository, sender } = call;
  world.send({
    name: 'issue_comment',
    repository,
    sender,
    payload: { action, issue: renderIssue(world, repository, pull), comment: renderComment(world, repository, comment), ...more },
  });
}

function listReactions(call: RepositoryCall) {
  const content = call.query.get('content');
  const found = commentOf(call).reactions.filter((reaction) => content === null || reaction.content === content);
  return pageOf(call, found, (reaction) => renderReaction(call.world, reaction));
}

const newReaction = z.object({ content: z.enum(reactionContents) });

function react(call: RepositoryCall): Answer {
  const { content } = parsed(newReaction, call.body);
  const comment = commentOf(call);
  const existing = comment.reactions.find((reaction) => reaction.content === content && reaction.author.id === call.sender.id);
  if (existing) return ok(renderReaction(call.world, existing));
  const reaction = { id: call.world.nextId(), author: call.sender, content, createdAt: isoSeconds(call.world.now()) };
  comment.reactions.push(reaction);
  return created(renderReaction(call.world, reaction));
}

function unreact(call: RepositoryCall): Answer {
  const { reactions } = commentOf(call);
  const at = reactions.findIndex(({ id }) => id === numberParam(call, 'reaction'));
  if (at < 0) throw notFound();
  reactions.splice(at, 1);
  return noContent;
}
