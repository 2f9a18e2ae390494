import { reaction, type Reaction } from '../../../kernel/context.ts';
import { done } from '../../../kernel/outcome.ts';
import { deploymentQueue, emptyQueue, queueKey } from '../domain/deployment-queue.ts';
import { wasHandled } from '../domain/handled-commands.ts';
import type { DeploymentPorts } from '../ports.ts';
import { isIdle } from '../steps/history.ts';
import { requestRollback } from '../steps/request-rollback.ts';
import { takeBackRunning } from '../steps/take-back-running.ts';

/** What runs goes back as a whole, if it brings one of the services that are named. Where nothing runs, the services go back to the known-good release before the one that serves. */
export function whenRollbackDeployment(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-rollback-deployment',
    on: 'RollbackDeployment',
    writes: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    urgent: () => true,
    handle: async ({ tenantId, eventId, traceId, projectId, payload }) => {
      const queue = (await ports.store.load(queueKey(tenantId, payload.environment), deploymentQueue)) ?? emptyQueue;
      if (wasHandled(queue.value.handled, eventId)) return done();
      const command = { ...payload, tenantId, eventId, command: 'RollbackDeployment', project: projectId ?? null, trace: traceId };
      // A later deployment that runs by then is not what was stopped, and knows itself what is good.
      if (payload.unprovenOnly === true) return (await isIdle(ports, tenantId, queue.value)) ? requestRollback(ports, command, queue) : done();
      return (await takeBackRunning(ports, command, queue, payload.services)) ?? requestRollback(ports, command, queue);
    },
  });
}
