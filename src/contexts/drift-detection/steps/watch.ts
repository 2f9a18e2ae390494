import { emit } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { DeploymentProgress } from '../../../kernel/messages/deployment.ts';
import { done, type Outcome } from '../../../kernel/outcome.ts';
import { withDeployment, type Said } from '../domain/deployments.ts';
import { driftFindings, findingsKey, noFindings } from '../domain/runtime-drift-finding.ts';
import type { DriftDetectionPorts } from '../ports.ts';

type WatchPorts = Pick<DriftDetectionPorts, 'store' | 'clock'>;

/** From here on the schedule scans the environment. */
export async function watch({ store, clock }: WatchPorts, tenantId: TenantId, environment: string): Promise<Outcome> {
  const key = findingsKey(tenantId, environment);
  const stored = await store.load(key, driftFindings);
  return done(stored === null ? [{ key, expectedVersion: 0, value: { ...noFindings, watchedSince: new Date(clock.now()).toISOString() } }] : []);
}

/** While a deployment runs, its services are left alone; when it ends, everything is looked at. */
export async function deploymentSaid({ store, clock }: WatchPorts, tenantId: TenantId, progress: DeploymentProgress, said: Said): Promise<Outcome> {
  const { environment } = progress;
  const key = findingsKey(tenantId, environment);
  const stored = await store.load(key, driftFindings);
  const before = stored?.value ?? { ...noFindings, watchedSince: new Date(clock.now()).toISOString() };
  const value = withDeployment(before, progress, said, clock.now());
  if (value === before) return done();
  return done([{ key, expectedVersion: stored?.version ?? 0, value }], said === 'runs' ? [] : [emit('ScanDrift', tenantId, { environment })]);
}
