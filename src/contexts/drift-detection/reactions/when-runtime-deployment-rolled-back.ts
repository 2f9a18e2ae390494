import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { deploymentSaid } from '../steps/watch.ts';

export function whenRuntimeDeploymentRolledBack(ports: DriftDetectionPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-rolled-back',
    on: 'RuntimeDeploymentRolledBack',
    handle: ({ tenantId, payload }) => deploymentSaid(ports, tenantId, payload, 'rolled back'),
  });
}
