import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit } from '../../../kernel/envelope.ts';
import { done, stalled, wait } from '../../../kernel/outcome.ts';
import { deploymentQueue, queueKey, saveQueue } from '../domain/deployment-queue.ts';
import { owedAfter } from '../domain/owed.ts';
import { announced, blaming, deploymentKey, inState, runtimeDeployment, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { isInFlight, isLeftOut } from '../domain/service-rollout.ts';
import type { Timing } from '../domain/timing.ts';
import { isEnd, mayMove } from '../domain/transitions.ts';
import type { DeploymentPorts } from '../ports.ts';
import { backOut } from '../steps/run.ts';

/** Takes back the deployment that ran last, whether it runs or has completed; an older one has nothing of its own left to take back. */
export function whenRollbackDeployment(ports: DeploymentPorts, timing: Timing): Reaction {
  return reaction({
    name: 'when-rollback-deployment',
    on: 'RollbackDeployment',
    writes: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    handle: async ({ tenantId, payload }) => {
      const { environment, deploymentId, reason } = payload;
      const queue = await ports.store.load(queueKey(tenantId, environment), deploymentQueue);
      const stored = await ports.store.load(deploymentKey(tenantId, deploymentId), runtimeDeployment);
      if (stored === null || queue?.value.current !== deploymentId) {
        return stalled(`${deploymentId} is not the last deployment of ${environment}`, 'Revert its commit instead: Git then says what runs.');
      }
      const deployment = stored.value;
      if (deployment.services.some(isInFlight) && deployment.state !== 'RollingBack') return wait(timing.lookMs, 'a write is running');
      // Whoever takes a deployment back wants none of it tried again by itself.
      const back = takenBack(blaming(deployment, (one) => !isLeftOut(one) && one.step !== 'unchanged'), ports.clock.now(), reason);
      if (back === null) return done();
      const { deployment: value, emits } = announced(tenantId, deployment, back);
      const owed = isEnd(value.state) ? [saveQueue(tenantId, environment, queue, { owed: owedAfter(queue.value.owed, value) })] : [];
      return done([{ key: deploymentKey(tenantId, deploymentId), expectedVersion: stored.version, value }, ...owed], [...emits, emit('AdvanceDeployment', tenantId, { environment })]);
    },
  });
}

/** Null when it is on its way back, or has ended without effect. */
function takenBack(deployment: RuntimeDeployment, at: number, reason: string): RuntimeDeployment | null {
  if (mayMove(deployment.state, 'RollingBack')) return backOutOrEnd(deployment, at, reason);
  return mayMove(deployment.state, 'Failed') && deployment.state !== 'RollingBack' ? inState(deployment, 'Failed', at, { reason }) : null;
}

function backOutOrEnd(deployment: RuntimeDeployment, at: number, reason: string): RuntimeDeployment | null {
  if (deployment.state !== 'Completed') return backOut(deployment, at, { reason });
  return deployment.services.some(({ touched }) => touched) ? inState(deployment, 'RollingBack', at, { reason }) : null;
}
