import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { deploymentSaid } from '../steps/watch.ts';

export function whenRuntimeDeploymentCompleted(ports: DriftDetectionPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-completed',
    on: 'RuntimeDeploymentCompleted',
    handle: ({ tenantId, payload }) => deploymentSaid(ports, tenantId, payload, 'completed'),
  });
}
