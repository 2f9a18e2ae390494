import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { deploymentSaid } from '../steps/watch.ts';

export function whenRuntimeDeploymentProgressed(ports: DriftDetectionPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-progressed',
    on: 'RuntimeDeploymentProgressed',
    handle: ({ tenantId, payload }) => deploymentSaid(ports, tenantId, payload, 'runs'),
  });
}
