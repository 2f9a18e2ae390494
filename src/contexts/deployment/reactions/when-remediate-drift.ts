import { reaction, type Reaction } from '../../../kernel/context.ts';
import { deploymentIdOf } from '../../../kernel/ids.ts';
import type { DeploymentPorts } from '../ports.ts';
import { request } from '../steps/request.ts';

/** A corrective deployment: Git did not change, Azure did. */
export function whenRemediateDrift(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-remediate-drift',
    on: 'RemediateDrift',
    handle: ({ tenantId, projectId, traceId, eventId, payload }) =>
      request(ports, {
        ...payload,
        tenantId,
        deploymentId: `${deploymentIdOf(payload.environment, payload.generation)}-${eventId.slice(-12)}`,
        project: projectId ?? null,
        trace: traceId,
        isCorrection: true,
      }),
  });
}
