import { reaction, type Reaction } from '../../../kernel/context.ts';
import { done } from '../../../kernel/outcome.ts';
import { environmentReadiness, factKeys, lackOf, readinessKey, withoutFacts } from '../domain/environment-readiness.ts';
import type { DeploymentPorts } from '../ports.ts';

/** Nobody watches over it any more: declared again, it has to be provisioned before anything is deployed to it. */
export function whenRuntimeEnvironmentDecommissioned(ports: Pick<DeploymentPorts, 'store'>): Reaction {
  return reaction({
    name: 'when-runtime-environment-decommissioned',
    on: 'RuntimeEnvironmentDecommissioned',
    handle: async ({ tenantId, payload: { environment, generation } }) => {
      const key = readinessKey(tenantId, environment);
      const stored = await ports.store.load(key, environmentReadiness);
      const value = stored && withoutFacts(stored.value, lackOf(factKeys.environment('')), { generation });
      return done(stored === null || value === null ? [] : [{ key, expectedVersion: stored.version, value }]);
    },
  });
}
