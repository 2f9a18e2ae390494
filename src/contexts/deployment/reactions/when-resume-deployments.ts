import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit, type EmittedMessage } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { done, type Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { deploymentQueue, queueKey } from '../domain/deployment-queue.ts';
import { wasHandled } from '../domain/handled-commands.ts';
import { announced, deploymentKey, inState, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { isHeld } from '../domain/service-rollout.ts';
import { judgedAnew } from '../domain/stage-moves.ts';
import type { DeploymentPorts } from '../ports.ts';
import { saveHandled } from '../steps/command.ts';
import { loadDeployment } from '../steps/history.ts';

/** Deployments move again, and what is held is judged anew from zero: resumed is not passed. */
export function whenResumeDeployments(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-resume-deployments',
    on: 'ResumeDeployments',
    writes: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    urgent: () => true,
    handle: async ({ tenantId, eventId, payload: { environment, by } }) => {
      const queue = await ports.store.load(queueKey(tenantId, environment), deploymentQueue);
      if (queue === null || wasHandled(queue.value.handled, eventId)) return done();
      const stored = await loadDeployment(ports, tenantId, queue.value.current);
      const resumed = stored?.value.state === 'Held' ? resume(tenantId, stored, ports.clock.now(), by) : { saves: [], emits: [] };
      const save = saveHandled(ports, { tenantId, environment, eventId, by, command: 'ResumeDeployments' }, queue, { paused: null });
      return done([save, ...resumed.saves], [...resumed.emits, emit('AdvanceDeployment', tenantId, { environment })]);
    },
  });
}

function resume(tenantId: TenantId, { value, version }: Stored<RuntimeDeployment>, at: number, by: string): { readonly saves: readonly Save[]; readonly emits: readonly EmittedMessage[] } {
  const judging = inState({ ...value, needs: null }, 'HealthGating', at, { reason: `${by} resumed it: the stage is judged anew` });
  const services = judging.services.map((one) => (isHeld(one) ? judgedAnew(one, at) : one));
  const { deployment, emits } = announced(tenantId, value, { ...judging, services }, at);
  return { saves: [{ key: deploymentKey(tenantId, deployment.deploymentId), expectedVersion: version, value: deployment }], emits };
}
