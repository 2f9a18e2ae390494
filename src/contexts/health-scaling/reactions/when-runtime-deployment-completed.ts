import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { HealthScalingPorts } from '../ports.ts';
import { deploymentEnded } from '../steps/watch.ts';

export function whenRuntimeDeploymentCompleted(ports: HealthScalingPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-completed',
    on: 'RuntimeDeploymentCompleted',
    handle: ({ tenantId, payload }) => deploymentEnded(ports, tenantId, payload),
  });
}
