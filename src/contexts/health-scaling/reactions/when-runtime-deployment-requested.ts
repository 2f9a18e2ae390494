import { reaction, type Reaction } from '../../../kernel/context.ts';
import { done } from '../../../kernel/outcome.ts';
import { requestKey, rolloutRequest } from '../domain/rollout-outcome.ts';
import type { HealthScalingPorts } from '../ports.ts';

/** While a deployment runs, no scale is written beside it. */
export function whenRuntimeDeploymentRequested({ store }: Pick<HealthScalingPorts, 'store'>): Reaction {
  return reaction({
    name: 'when-runtime-deployment-requested',
    on: 'RuntimeDeploymentRequested',
    handle: async ({ tenantId, payload: { environment, generation } }) => {
      const key = requestKey(tenantId, environment);
      const stored = await store.load(key, rolloutRequest);
      if (stored !== null && stored.value.generation >= generation) return done();
      return done([{ key, expectedVersion: stored?.version ?? 0, value: { generation } }]);
    },
  });
}
