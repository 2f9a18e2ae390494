import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { HealthScalingPorts } from '../ports.ts';
import { deploymentEnded } from '../steps/watch.ts';

export function whenRuntimeDeploymentFailed(ports: HealthScalingPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-failed',
    on: 'RuntimeDeploymentFailed',
    handle: ({ tenantId, payload }) => deploymentEnded(ports, tenantId, payload),
  });
}
