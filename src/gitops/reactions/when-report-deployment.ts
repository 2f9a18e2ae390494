import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { emit, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, wait, type Outcome, type Save } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { loadDeployReport, type DeployReport } from '../records/deploy-report.ts';
import { linkDeployments } from '../records/pull-request-report.ts';
import { essenceOf, numbersPaceMs } from '../report/deploy-essence.ts';
import { deployConclusion } from '../report/deploy-state.ts';
import { deployCheck, deploymentStatus } from '../report/deploy-text.ts';
import { linksFor } from '../report/links.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'clock' | 'repository' | 'reports'>;

/** GitHub lets an installation write 500 times an hour: news of what still runs is shown this often, its end at once. */
const paceMs = 5000;

/** The only writer of deploy checks: it writes what is known by then, so events that arrive in any order cannot leave an older state behind. */
export function whenReportDeployment(needs: Needs): Reaction {
  const key = ({ payload }: Envelope<'ReportDeployment'>): string => `deploy/${payload.environment}/${payload.commit}`;
  return reaction({
    on: 'ReportDeployment',
    name: 'when-report-deployment',
    latestWins: key,
    writes: key,
    handle: (envelope, delivery) => reportDeployment(needs, envelope, delivery),
  });
}

async function reportDeployment(needs: Needs, { tenantId, payload }: Envelope<'ReportDeployment'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const loaded = await loadDeployReport(needs.store, tenant, payload);
  if (loaded.value === null) return done();
  const essence = essenceOf(loaded.value);
  const since = needs.clock.now() - (loaded.value.writtenAt ?? 0);
  if (deployConclusion(loaded.value) === null) {
    // The next look brings other numbers: one that waited would hold up the news that comes meanwhile.
    if (delivery.attempt === 0 && essence === loaded.value.writtenEssence && since < numbersPaceMs(loaded.value)) return done();
    if (since < paceMs) return wait(paceMs - since, 'written a moment ago');
  }
  const { htmlUrl } = await needs.repository.repository(tenant);
  const { report, saves } = await withPullRequest(needs, tenant, loaded.value);
  const checkUrl = await delivery.write({ commit: payload.commit, policy: 'deployment report' }, async () => {
    const url = await needs.reports.check(tenant, deployCheck(report, linksFor(htmlUrl)), delivery.signal);
    const status = deploymentStatus(report, url, htmlUrl);
    if (status !== null) await needs.reports.deployment(tenant, status, delivery.signal);
    return url;
  });
  const { pullRequest } = report;
  return done(
    [loaded.save({ ...report, checkUrl, writtenAt: needs.clock.now(), writtenEssence: essence }), ...saves],
    pullRequest === null || pullRequest === 0 ? [] : [emit('ReportPullRequest', tenant, { number: pullRequest })],
  );
}

/** GitHub may know the pull request of a merge only some moments later, so one that the sync did not find is looked for once more. */
async function withPullRequest({ store, repository }: Needs, tenant: TenantId, report: DeployReport): Promise<{ readonly report: DeployReport; readonly saves: readonly Save[] }> {
  if (report.pullRequest !== null) return { report, saves: [] };
  const number = await repository.mergedPullRequest(tenant, report.commit);
  if (number === null) return { report: { ...report, pullRequest: 0 }, saves: [] };
  return { report: { ...report, pullRequest: number }, saves: await linkDeployments(store, tenant, number, [report.environment], report.commit) };
}
