import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { emit, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { loadDeployReport } from '../records/deploy-report.ts';
import { loadHealthReport } from '../records/health-report.ts';
import { loadRepositorySync } from '../records/repository-sync.ts';
import { standingOf } from '../report/health-standing.ts';
import { healthCheck, healthContent, leftHealthCheck } from '../report/health-text.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'clock' | 'reports'>;

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

async function reportHealth({ store, clock, reports }: Needs, { tenantId, traceId, payload }: Envelope<'ReportHealth'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const { environment } = payload;
  const [loaded, sync] = await Promise.all([loadHealthReport(store, tenant, environment), loadRepositorySync(store, tenant)]);
  const report = loaded.value;
  if (report === null || sync.value === null) return done();
  const { commit, environments } = sync.value;
  const declared = environments[environment];
  const before = report.written;
  if (before?.runs === true && (declared === undefined || before.commit !== commit)) {
    delivery.assertLeaseHeld();
    await reports.check(tenant, leftHealthCheck(environment, before.commit, traceId), delivery.signal);
    return done([loaded.save({ ...report, written: null })], [emit('ReportHealth', tenant, { environment })]);
  }
  // No longer declared: what comes back under this name starts without a past.
  if (declared === undefined) return done([loaded.remove()]);
  const [last] = declared.deployed;
  const deploy = last === undefined ? null : await loadDeployReport(store, tenant, { environment, commit: last });
  const standing = standingOf(report, deploy?.value ?? null, clock.now());
  const content = healthContent(report, standing);
  // A delivery that came to grief may have written already what the record does not say.
  if (delivery.attempt === 0 && before?.commit === commit && before.content === content) return done();
  delivery.assertLeaseHeld();
  const check = healthCheck(report, commit, traceId, standing);
  await reports.check(tenant, check, delivery.signal);
  return done([loaded.save({ ...report, written: { commit, content, runs: check.conclusion === null } })]);
}
