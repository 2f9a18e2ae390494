import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { DriftStanding } from '../../kernel/drift-standing.ts';
import { emit, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, tenantIn, type TenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { loadDeployReport } from '../records/deploy-report.ts';
import { loadHealthReport, type HealthReport } from '../records/health-report.ts';
import { driftId, loadProposal } from '../records/proposal.ts';
import { loadRepositorySync } from '../records/repository-sync.ts';
import type { DriftAnswer } from '../report/drift-answers.ts';
import { inRiskOrder } from '../report/drift-words.ts';
import { standingOf, unscannedSince } from '../report/health-standing.ts';
import { healthCheck, healthContent, leftHealthCheck } from '../report/health-text.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'clock' | 'reports' | 'drift'>;

/** More services than these are in the check's text alone. */
const answersRead = 300;

/** The only writer of health checks. The head is the one that was synced last, and a check that ran on an older one is ended there first. */
export function whenReportHealth(needs: Needs): Reaction {
  const key = ({ payload }: Envelope<'ReportHealth'>): string => `health/${payload.environment}`;
  return reaction({
    on: 'ReportHealth',
    name: 'when-report-health',
    latestWins: key,
    writes: key,
    handle: (envelope, delivery) => reportHealth(needs, envelope, delivery),
  });
}

async function reportHealth({ store, clock, reports, drift }: Needs, { tenantId, traceId, payload }: Envelope<'ReportHealth'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const { environment } = payload;
  const [loaded, sync] = await Promise.all([loadHealthReport(store, tenant, environment), loadRepositorySync(store, tenant)]);
  const report = loaded.value;
  if (report === null || sync.value === null) return done();
  const { commit, environments } = sync.value;
  const declared = environments[environment];
  const before = report.written;
  if (before?.runs === true && (declared === undefined || before.commit !== commit)) {
    await delivery.write({ commit: before.commit, policy: 'health report' }, () => reports.check(tenant, leftHealthCheck(environment, before.commit, traceId), delivery.signal));
    return done([loaded.save({ ...report, written: null })], [emit('ReportHealth', tenant, { environment })]);
  }
  // No longer declared: what comes back under this name starts without a past.
  if (declared === undefined) return done([loaded.remove()]);
  const [last] = declared.deployed;
  const deploy = last === undefined ? null : await loadDeployReport(store, tenant, { environment, commit: last });
  const standing = standingOf(report, deploy?.value ?? null, clock.now());
  const { seen, unscanned } = asScanned(report, await drift(tenantIn(tenant, declared.tenant), environment), clock.now());
  const content = healthContent(seen, standing, unscanned);
  const answers = await answersTo(store, tenant, seen);
  const said = { commit, content, answers: answers.length === 0 ? '' : digestOf(answers) };
  // A delivery that came to grief may have written already what the record does not say.
  if (delivery.attempt === 0 && isWritten(before, said)) return done();
  const check = healthCheck(seen, commit, traceId, standing, unscanned, answers);
  await delivery.write({ commit, policy: 'health report' }, () => reports.check(tenant, check, delivery.signal));
  return done([loaded.save({ ...report, written: { ...said, runs: check.conclusion === null } })]);
}

function isWritten(before: HealthReport['written'], { commit, content, answers }: Pick<NonNullable<HealthReport['written']>, 'commit' | 'content' | 'answers'>): boolean {
  return before?.commit === commit && before.content === content && (before.answers ?? '') === answers;
}

/** Of the services with the riskiest findings. */
async function answersTo(store: GitopsNeeds['store'], tenant: TenantId, { environment, drift }: HealthReport): Promise<readonly DriftAnswer[]> {
  const services = [...new Set(inRiskOrder(drift).flatMap(({ service, class: found }) => (found === 'unmanaged' ? [] : [service])))].slice(0, answersRead);
  const records = await Promise.all(services.map((service) => loadProposal(store, tenant, driftId(environment, service))));
  return records.flatMap(({ value }, index) => (value === null ? [] : [{ service: services[index] ?? '', pullRequest: value.pullRequest, why: value.why }]));
}

/** What is open is read where it is kept: the events that told of it may be late. */
function asScanned(report: HealthReport, scanned: DriftStanding | null, now: number): { readonly seen: HealthReport; readonly unscanned: string | null } {
  return { seen: scanned === null ? report : { ...report, drift: [...scanned.open] }, unscanned: unscannedSince(scanned, now) };
}
