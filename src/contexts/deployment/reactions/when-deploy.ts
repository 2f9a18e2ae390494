import { reaction, type Reaction } from '../../../kernel/context.ts';
import { deploymentIdOf } from '../../../kernel/ids.ts';
import type { DeploymentPorts } from '../ports.ts';
import { request } from '../steps/request.ts';

export function whenDeploy(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-deploy',
    on: 'Deploy',
    handle: ({ tenantId, projectId, traceId, payload }) =>
      request(ports, {
        ...payload,
        tenantId,
        deploymentId: deploymentIdOf(payload.environment, payload.generation),
        project: projectId ?? null,
        trace: traceId,
        reason: null,
        isCorrection: false,
      }),
  });
}
