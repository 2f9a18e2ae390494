import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { emit, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { emptyPullRequestReport, loadPullRequestReport } from '../records/pull-request-report.ts';
import { askedCommand, type AskedCommand } from '../report/commands.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'repository' | 'reports'>;

/** Reads the comment again: what the webhook said of it and of its author is a hint. */
export function whenAnswerComment(needs: Needs): Reaction {
  return reaction({
    on: 'AnswerComment',
    name: 'when-answer-comment',
    writes: ({ payload }) => `answer/${payload.commentId}`,
    handle: (envelope, delivery) => answerComment(needs, envelope, delivery),
  });
}

async function answerComment(needs: Needs, { tenantId, payload }: Envelope<'AnswerComment'>, { signal }: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const { repository, reports } = needs;
  const { number, commentId } = payload;
  const comment = await repository.comment(tenant, commentId);
  if (comment === null || comment.authorIsBot) return done();
  const asked = askedCommand(comment.body);
  if (asked === null) return done();
  const pull = await repository.pullRequest(tenant, number);
  if (pull === null) return done();
  const permission = await repository.permission(tenant, comment.author);
  if (permission !== 'admin' && permission !== 'write') {
    await reports.react(tenant, commentId, '-1', signal);
    return done();
  }
  if (asked.name !== 'plan') {
    await reports.react(tenant, commentId, asked.name === 'help' ? '+1' : 'confused', signal);
    return showHelp(needs, tenant, number, asked);
  }
  // Nothing is planned of what is merged or closed.
  await reports.react(tenant, commentId, pull.state === 'open' ? 'eyes' : 'confused', signal);
  return pull.state === 'open' ? done([], [emit('PlanPullRequest', tenant, { number })]) : done();
}

async function showHelp({ store }: Needs, tenant: TenantId, number: number, asked: AskedCommand): Promise<Outcome> {
  const loaded = await loadPullRequestReport(store, tenant, number);
  const help = { unknown: asked.name === 'unknown' ? asked.word : null };
  return done([loaded.save({ ...(loaded.value ?? emptyPullRequestReport), help })], [emit('ReportPullRequest', tenant, { number })]);
}
