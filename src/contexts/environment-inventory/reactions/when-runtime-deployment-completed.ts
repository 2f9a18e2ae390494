import { reaction, type Reaction } from '../../../kernel/context.ts';
import { refreshDeployed } from '../steps/inventory.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';

/** What was deployed, and only that, is looked at closely. */
export function whenRuntimeDeploymentCompleted(ports: EnvironmentInventoryPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-completed',
    on: 'RuntimeDeploymentCompleted',
    handle: ({ tenantId, payload }, { signal }) => refreshDeployed(ports, tenantId, payload, signal),
  });
}
