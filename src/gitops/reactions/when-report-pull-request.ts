import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import type { Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { loadDeployReport } from '../records/deploy-report.ts';
import { loadPullRequestAnswers, noAnswers } from '../records/pull-request-answers.ts';
import { emptyPullRequestReport, loadPullRequestReport } from '../records/pull-request-report.ts';
import { commentBody, commentKind } from '../report/comment.ts';
import { linksFor } from '../report/links.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'repository' | 'reports'>;

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

async function reportPullRequest({ store, repository, reports }: Needs, { tenantId, payload }: Envelope<'ReportPullRequest'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const [stored, answered] = await Promise.all([loadPullRequestReport(store, tenant, payload.number), loadPullRequestAnswers(store, tenant, payload.number)]);
  const answers = answered.value ?? noAnswers;
  if (stored.value === null && answers.answers.length === 0) return done();
  const report = stored.value ?? emptyPullRequestReport;
  const linked = Object.entries(report.deployments).map(([environment, commit]) => loadDeployReport(store, tenant, { environment, commit }));
  const deployments = (await Promise.all(linked)).flatMap(({ value }) => value ?? []);
  const { htmlUrl } = await repository.repository(tenant);
  delivery.assertLeaseHeld();
  await reports.stickyComment(tenant, payload.number, commentKind, commentBody({ report, answers, deployments }, linksFor(htmlUrl)), delivery.signal);
  return done();
}
