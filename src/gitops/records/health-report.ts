import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { driftDetectionMessages } from '../../kernel/messages/drift-detection.ts';
import { healthScalingMessages } from '../../kernel/messages/health-scaling.ts';
import { commit, name } from '../../kernel/messages/shapes.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadRecord, type Loaded } from './load-record.ts';

const health = healthScalingMessages.HealthCheckCompleted.schema.pick({ verdict: true, since: true, services: true, generation: true });
const { element } = driftDetectionMessages.RuntimeDriftDetected.schema.shape.open;
const { observations, mode, changed, acknowledged, oscillations } = element.shape;
/** As stored: what a finding without a word on it means, too. */
const findings = z.array(element.extend({
  observations: observations.default(1),
  mode: mode.default('report'),
  changed: changed.default(null),
  acknowledged: acknowledged.default(null),
  oscillations: oscillations.default(0),
}));

const healthReport = z.strictObject({
  environment: name,
  health: health.nullable(),
  /** When the health above was evaluated. */
  healthAt: z.string().nullable(),
  drift: findings,
  driftAt: z.string().nullable(),
  /** What was written last and where, whether that check still runs, and which pull requests it named; null when nothing was. */
  written: z.strictObject({ commit, content: z.string(), runs: z.boolean().optional(), answers: z.string().optional() }).nullable(),
});

/** What `trueup/health (ENV)` says. */
export type HealthReport = z.infer<typeof healthReport>;

export function emptyHealthReport(environment: string): HealthReport {
  return { environment, health: null, healthAt: null, drift: [], driftAt: null, written: null };
}

export const healthReportType = 'HealthReport';

export function loadHealthReport(store: Store, tenant: TenantId, environment: string): Promise<Loaded<HealthReport>> {
  return loadRecord(store, { tenantId: repositoryTenantId(tenant), type: healthReportType, id: environment }, healthReport);
}

/** Null when a later evaluation is known: one after a later deployment, or a later one after the same. */
export function withHealth(report: HealthReport, { verdict, since, services, generation }: NonNullable<HealthReport['health']>, at: string): HealthReport | null {
  const known = report.health?.generation ?? 0;
  const after = generation ?? known;
  if (after < known) return null;
  // ISO-8601 texts in UTC compare as times.
  if (after === known && report.healthAt !== null && at < report.healthAt) return null;
  return { ...report, health: { verdict, since, services, ...(generation !== undefined && { generation }) }, healthAt: at };
}

/** Null when a later scan is known. */
export function withDrift(report: HealthReport, open: HealthReport['drift'], at: string): HealthReport | null {
  if (report.driftAt !== null && at < report.driftAt) return null;
  return { ...report, drift: open, driftAt: at };
}
