import { reaction, type Reaction } from '../../../kernel/context.ts';
import { done } from '../../../kernel/outcome.ts';
import { healthCheckResult, healthKey } from '../domain/health-check-result.ts';
import type { HealthScalingPorts } from '../ports.ts';

/** Nobody asks any more how it is. */
export function whenRuntimeEnvironmentDecommissioned(ports: HealthScalingPorts): Reaction {
  return reaction({
    name: 'when-runtime-environment-decommissioned',
    on: 'RuntimeEnvironmentDecommissioned',
    handle: async ({ tenantId, payload }) => {
      const key = healthKey(tenantId, payload.environment);
      const stored = await ports.store.load(key, healthCheckResult);
      return done(stored === null ? [] : [{ key, expectedVersion: stored.version, value: null }]);
    },
  });
}
