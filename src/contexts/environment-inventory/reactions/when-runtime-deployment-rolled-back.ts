import { reaction, type Reaction } from '../../../kernel/context.ts';
import { refreshDeployed } from '../steps/inventory.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';

/** What serves again is recorded as what was deployed is. */
export function whenRuntimeDeploymentRolledBack(ports: EnvironmentInventoryPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-rolled-back',
    on: 'RuntimeDeploymentRolledBack',
    handle: ({ tenantId, payload }, { signal }) => refreshDeployed(ports, tenantId, payload, signal),
  });
}
