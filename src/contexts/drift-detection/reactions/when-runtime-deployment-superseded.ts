import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { deploymentSaid } from '../steps/watch.ts';

/** The one that took over runs, and says itself when it ends. */
export function whenRuntimeDeploymentSuperseded(ports: DriftDetectionPorts): Reaction {
  return reaction({
    name: 'when-runtime-deployment-superseded',
    on: 'RuntimeDeploymentSuperseded',
    handle: ({ tenantId, payload }) => deploymentSaid(ports, tenantId, payload, 'runs'),
  });
}
