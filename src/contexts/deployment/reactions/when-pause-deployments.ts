import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit } from '../../../kernel/envelope.ts';
import { done } from '../../../kernel/outcome.ts';
import { deploymentQueue, emptyQueue, queueKey } from '../domain/deployment-queue.ts';
import { wasHandled } from '../domain/handled-commands.ts';
import type { DeploymentPorts } from '../ports.ts';
import { saveHandled } from '../steps/command.ts';

/** Whoever paused first is whom to ask. */
export function whenPauseDeployments(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-pause-deployments',
    on: 'PauseDeployments',
    writes: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    urgent: () => true,
    handle: async ({ tenantId, eventId, payload: { environment, by } }) => {
      const queue = (await ports.store.load(queueKey(tenantId, environment), deploymentQueue)) ?? emptyQueue;
      if (wasHandled(queue.value.handled, eventId)) return done();
      const paused = queue.value.paused ?? { by, at: new Date(ports.clock.now()).toISOString() };
      const save = saveHandled(ports, { tenantId, environment, eventId, by, command: 'PauseDeployments' }, queue, { paused });
      return done([save], [emit('AdvanceDeployment', tenantId, { environment })]);
    },
  });
}
