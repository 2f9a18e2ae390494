import { emit, type EmittedMessage } from '../../../kernel/envelope.ts';
import { done, stalled, wait, type Outcome } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import type { DeploymentQueue } from '../domain/deployment-queue.ts';
import { owedAfter } from '../domain/owed.ts';
import { announced, deploymentKey, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { takenBackBy } from '../domain/taken-back.ts';
import { isEnd } from '../domain/transitions.ts';
import type { DeploymentPorts } from '../ports.ts';
import { saveHandled, type Command } from './command.ts';
import { loadDeployment } from './history.ts';

type Ports = Pick<DeploymentPorts, 'store' | 'clock'>;

/**
 * The deployment that runs goes back as a whole, at once: the write that Azure is doing is waited for on the way. Null when none runs.
 * `named`: services of which it has to bring one, where a person names them: nobody who names one thing wants another stopped.
 */
export async function takeBackRunning(ports: Ports, command: Command, queue: Stored<DeploymentQueue>, named: readonly string[] = []): Promise<Outcome | null> {
  const { tenantId, environment } = command;
  const stored = await loadDeployment(ports, tenantId, queue.value.current);
  if (stored === null || isEnd(stored.value.state)) {
    return queue.value.next === null ? null : wait(soonMs, 'the next deployment is about to begin');
  }
  if (named.length > 0 && !stored.value.services.some(({ service }) => named.includes(service))) {
    const needs = `Wait for its end, or stop it with /trueup abort ${environment}, then ask again.`;
    return stalled(`The deployment that runs in ${environment} does not bring ${named.slice(0, 5).join(', ')}`, needs, [saveHandled(ports, command, queue)]);
  }
  const back = takenBackBy(stored.value, command, ports.clock.now());
  if (back === null) return done([saveHandled(ports, command, queue)]);
  const { deployment, emits } = announced(tenantId, stored.value, back, ports.clock.now());
  const isOver = isEnd(deployment.state);
  const owed = isOver ? owedAfter(queue.value.owed, deployment) : queue.value.owed;
  return done(
    [saveHandled(ports, command, queue, { owed }), { key: deploymentKey(tenantId, deployment.deploymentId), expectedVersion: stored.version, value: deployment }],
    [...emits, ...(isOver ? [unprovenBack(command, deployment)] : []), emit('AdvanceDeployment', tenantId, { environment, urgent: true })],
  );
}

const soonMs = 500;

/** It had written nothing. What serves may be a release whose watch it cut short: nobody judges that one any more. */
function unprovenBack({ tenantId, environment, by, reason }: Command, { services }: RuntimeDeployment): EmittedMessage {
  return emit('RollbackDeployment', tenantId, { environment, services: services.map(({ service }) => service), by, reason, unprovenOnly: true });
}
