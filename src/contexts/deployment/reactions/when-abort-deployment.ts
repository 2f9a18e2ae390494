import { reaction, type Reaction } from '../../../kernel/context.ts';
import { done } from '../../../kernel/outcome.ts';
import { deploymentQueue, queueKey } from '../domain/deployment-queue.ts';
import { wasHandled } from '../domain/handled-commands.ts';
import type { DeploymentPorts } from '../ports.ts';
import { takeBackRunning } from '../steps/take-back-running.ts';

/** What runs goes back; what ran before it stays. One that waits behind it takes over afterwards. */
export function whenAbortDeployment(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-abort-deployment',
    on: 'AbortDeployment',
    writes: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    urgent: () => true,
    handle: async ({ tenantId, eventId, payload }) => {
      const queue = await ports.store.load(queueKey(tenantId, payload.environment), deploymentQueue);
      if (queue === null || wasHandled(queue.value.handled, eventId)) return done();
      return (await takeBackRunning(ports, { ...payload, tenantId, eventId, command: 'AbortDeployment' }, queue)) ?? done();
    },
  });
}
