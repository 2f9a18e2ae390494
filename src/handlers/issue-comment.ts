import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import { fromRepository, pullRequestNumber, repositoryTenant } from './payload.ts';

const app = z.object({ id: z.number() }).nullish();

const schema = fromRepository.extend({
  action: z.string(),
  issue: z.object({ number: pullRequestNumber, pull_request: z.unknown().optional() }),
  comment: z.object({ id: z.number().int().positive(), body: z.string().nullable(), performed_via_github_app: app }),
});

/** A new comment on a pull request that might hold a command. Whether it does, and who may, is read from GitHub later. */
export function issueCommentMessages(payload: unknown, appId: number): readonly EmittedMessage[] {
  const event = schema.parse(payload);
  const { issue, comment } = event;
  if (event.action !== 'created' || !issue.pull_request || comment.performed_via_github_app?.id === appId) return [];
  if (!comment.body?.includes('/trueup')) return [];
  return [emit('AnswerComment', repositoryTenant(event), { number: issue.number, commentId: comment.id })];
}
