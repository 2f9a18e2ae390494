import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { deploymentSaid } from '../steps/watch.ts';

export function whenRuntimeDeploymentFailed(ports: DriftDetectionPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-failed',
    on: 'RuntimeDeploymentFailed',
    handle: ({ tenantId, payload }) => deploymentSaid(ports, tenantId, payload, 'ended'),
  });
}
