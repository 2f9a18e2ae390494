import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { loadCommentWritten } from '../records/comment-written.ts';
import { loadDeployReport } from '../records/deploy-report.ts';
import { loadPullRequestAnswers, noAnswers } from '../records/pull-request-answers.ts';
import { emptyPullRequestReport, loadPullRequestReport } from '../records/pull-request-report.ts';
import { commentBody, commentKind } from '../report/comment.ts';
import { linksFor } from '../report/links.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'clock' | 'repository' | 'reports'>;

/** The only writer of the sticky comment, one at a time per pull request. */
export function whenReportPullRequest(needs: Needs): Reaction {
  const key = ({ payload }: Envelope<'ReportPullRequest'>): string => `comment/${payload.number}`;
  return reaction({
    on: 'ReportPullRequest',
    name: 'when-report-pull-request',
    latestWins: key,
    writes: key,
    handle: (envelope, delivery) => reportPullRequest(needs, envelope, delivery),
  });
}

async function reportPullRequest({ store, clock, repository, reports }: Needs, { tenantId, payload }: Envelope<'ReportPullRequest'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const [stored, answered] = await Promise.all([loadPullRequestReport(store, tenant, payload.number), loadPullRequestAnswers(store, tenant, payload.number)]);
  const answers = answered.value ?? noAnswers;
  if (stored.value === null && answers.answers.length === 0) return done();
  const report = stored.value ?? emptyPullRequestReport;
  const linked = Object.entries(report.deployments).map(([environment, commit]) => loadDeployReport(store, tenant, { environment, commit }));
  const deployments = (await Promise.all(linked)).flatMap(({ value }) => value ?? []);
  const { htmlUrl } = await repository.repository(tenant);
  // Where nothing was planned, the head is asked for: everything that is written names its commit.
  const commit = report.head ?? (await repository.pullRequest(tenant, payload.number))?.headSha ?? null;
  if (commit === null) return done();
  const body = commentBody({ report, answers, deployments }, linksFor(htmlUrl));
  await delivery.write({ commit, policy: 'comment on a pull request' }, () => reports.stickyComment(tenant, payload.number, commentKind, body, delivery.signal));
  const [hash, written] = [digestOf(body), await loadCommentWritten(store, tenant, payload.number)];
  return done(written.value?.hash === hash ? [] : [written.save({ hash, at: new Date(clock.now()).toISOString() })]);
}
