import { reaction, type Reaction } from '../../../kernel/context.ts';
import { refreshDeployed } from '../steps/inventory.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';

/** A deployment that failed may have brought some of its services. */
export function whenRuntimeDeploymentFailed(ports: EnvironmentInventoryPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-failed',
    on: 'RuntimeDeploymentFailed',
    handle: ({ tenantId, payload }, { signal }) => refreshDeployed(ports, tenantId, payload, signal),
  });
}
