import { emit } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { done, type Outcome, type Save } from '../../../kernel/outcome.ts';
import type { DeploymentProgress } from '../../../kernel/messages/deployment.ts';
import { healthCheckResult, healthKey, neverChecked } from '../domain/health-check-result.ts';
import { outcomeKey, rolloutOutcome } from '../domain/rollout-outcome.ts';
import type { HealthScalingPorts } from '../ports.ts';

type WatchPorts = Pick<HealthScalingPorts, 'store'>;

/** From now on the schedule evaluates the environment, and once at once, also while it rests. */
export async function watch({ store }: WatchPorts, tenantId: TenantId, environment: string, more: readonly Save[] = []): Promise<Outcome> {
  const key = healthKey(tenantId, environment);
  const stored = await store.load(key, healthCheckResult);
  const known = stored?.value ?? neverChecked;
  const isWatched = stored !== null && known.pausedUntil === null;
  const begin = isWatched ? [] : [{ key, expectedVersion: stored?.version ?? 0, value: { ...known, pausedUntil: null } }];
  return done([...begin, ...more], [emit('CheckHealth', tenantId, { environment })]);
}

/** A deployment ended: scaling that waited for it goes on, and what runs is looked at. */
export async function deploymentEnded(ports: WatchPorts, tenantId: TenantId, { environment, generation, state }: DeploymentProgress): Promise<Outcome> {
  const key = outcomeKey(tenantId, environment);
  const stored = await ports.store.load(key, rolloutOutcome);
  if (stored !== null && stored.value.generation > generation) return watch(ports, tenantId, environment);
  const value = { generation, isCompleted: state === 'Completed' };
  const isKnown = JSON.stringify(stored?.value) === JSON.stringify(value);
  return watch(ports, tenantId, environment, isKnown ? [] : [{ key, expectedVersion: stored?.version ?? 0, value }]);
}
