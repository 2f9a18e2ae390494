import { reaction, type Delivery, type Reaction } from '../../../kernel/context.ts';
import { HeldBack } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { DeploymentState } from '../../../kernel/messages/deployment.ts';
import { done, wait, type Outcome } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { isSameJson } from '../../../kernel/same-json.ts';
import { deploymentQueue, queueKey, saveQueue, type DeploymentQueue } from '../domain/deployment-queue.ts';
import { holdOf, type Hold } from '../domain/hold.ts';
import { owedAfter } from '../domain/owed.ts';
import { announced, deploymentKey, inState, runtimeDeployment, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { isAtRest, isUnderway } from '../domain/checkpoint.ts';
import { withPlan } from '../domain/stored-plan.ts';
import { isGoingBack } from '../domain/service-rollout.ts';
import type { Timing } from '../domain/timing.ts';
import { isEnd, keepsItsReason } from '../domain/transitions.ts';
import { withWarm } from '../domain/warm.ts';
import type { DeploymentPorts } from '../ports.ts';
import { awaitingAzure, leftAlone } from '../steps/awaiting-azure.ts';
import { declaredAt } from '../steps/declared-at.ts';
import { endedWarm } from '../steps/ending-warm.ts';
import { followed } from '../steps/following.ts';
import { goingForward, held } from '../steps/going-forward.ts';
import { inTime } from '../steps/in-time.ts';
import { metOutside, unusable } from '../steps/met-outside.ts';
import { rollingBack } from '../steps/rolling-back.ts';
import { rollingOut } from '../steps/rolling-out.ts';
import { turn, type Run, type Turn } from '../steps/run.ts';
import { configuring, provisioning, requested } from '../steps/waiting.ts';

const stepOf: Partial<Record<DeploymentState, (run: Run) => Promise<Turn>>> = {
  Requested: requested,
  Provisioning: provisioning,
  Configuring: configuring,
  RollingOut: rollingOut,
  HealthGating: goingForward,
  Promoting: goingForward,
  Held: held,
  RollingBack: rollingBack,
};

/** The step engine: one look, at most one write, then the same message again until the environment's deployment has ended. */
export function whenAdvanceDeployment(ports: DeploymentPorts, timing: Timing): Reaction {
  return reaction({
    name: 'when-advance-deployment',
    on: 'AdvanceDeployment',
    latestWins: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    urgent: ({ payload }) => payload.urgent === true,
    writes: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    handle: async ({ tenantId, payload }, delivery) => advance(ports, timing, { tenantId, environment: payload.environment }, delivery),
  });
}

interface Where {
  readonly tenantId: TenantId;
  readonly environment: string;
}

async function advance(ports: DeploymentPorts, timing: Timing, where: Where, delivery: Delivery): Promise<Outcome> {
  const { tenantId, environment } = where;
  const queue = await ports.store.load(queueKey(tenantId, environment), deploymentQueue);
  if (queue === null || queue.value.current === null) return done();
  const stored = await ports.store.load(deploymentKey(tenantId, queue.value.current), runtimeDeployment);
  const warm = await endedWarm(ports, where, queue, { running: stored?.value ?? null, delivery }).catch((error: unknown) => {
    // Where Azure is away the look says so, for people to see.
    if (error instanceof HeldBack && stored !== null && !isEnd(stored.value.state)) return null;
    throw error;
  });
  if (warm !== null) return warm;
  if (stored === null || isEnd(stored.value.state)) return followed(ports, where, queue, stored?.value ?? null);
  const { next } = queue.value;
  if (next !== null && isAtRest(stored.value)) return superseded(ports, tenantId, queue, stored, next);
  const after = await look(ports, timing, tenantId, stored.value, { delivery, queue: queue.value });
  return committed(tenantId, queue, stored, after, ports.clock.now());
}

interface Looking {
  readonly delivery: Delivery;
  readonly queue: DeploymentQueue;
}

async function look(ports: DeploymentPorts, timing: Timing, tenantId: TenantId, stored: RuntimeDeployment, { delivery, queue }: Looking): Promise<Turn> {
  const now = ports.clock.now();
  const declared = await declaredAt(ports, { ...stored, tenantId });
  if (declared.is === 'unusable') return turn(unusable(stored, now, declared));
  const { desired } = declared;
  const step = stepOf[stored.state];
  if (step === undefined) return turn(stored);
  const begun = await awaitingAzure(ports, stored, desired.azure);
  const planned = { ...begun, services: begun.services.map((one) => withPlan(one, desired.services.find(({ name }) => name === one.service) ?? null, now)) };
  const before = underHold(planned, holdOf(queue, desired.freezes, now), now);
  const deployment = keepsItsReason(stored.state) ? before : { ...before, reason: null, needs: null };
  const run: Run = { ports, timing, tenantId, delivery, deployment, desired, isPreempted: queue.next !== null, warm: queue.warm };
  const after = await step(run).catch((error: unknown) => leftAlone(stored, error, ports.clock.now()) ?? metOutside(run, error));
  return after.deployment.awaitsAzureSince === null ? inTime(run, after) : after;
}

/** Time in which it may not move is not held against it. */
function underHold(deployment: RuntimeDeployment, hold: Hold | null, now: number): RuntimeDeployment {
  if (!isUnderway(deployment)) return { ...deployment, hold: null };
  const isOver = deployment.hold !== null && hold === null;
  return { ...deployment, hold, stateSince: isOver ? now : deployment.stateSince };
}

/** What it had not finished is owed, and the one that follows brings it. */
async function superseded(ports: DeploymentPorts, tenantId: TenantId, queue: Stored<DeploymentQueue>, stored: Stored<RuntimeDeployment>, next: string): Promise<Outcome> {
  const follower = await ports.store.load(deploymentKey(tenantId, next), runtimeDeployment);
  const reason = follower === null ? 'A newer deployment took over' : `Commit ${follower.value.commit.slice(0, 7)} took over`;
  const now = ports.clock.now();
  const ended = inState(stored.value, 'Superseded', now, { reason });
  return committed(tenantId, queue, stored, turn(ended), now);
}

function committed(tenantId: TenantId, queue: Stored<DeploymentQueue>, stored: Stored<RuntimeDeployment>, after: Turn, now: number): Outcome {
  const { deployment, emits } = announced(tenantId, stored.value, after.deployment, now);
  const own = isSameJson(deployment, stored.value) ? [] : [{ key: deploymentKey(tenantId, deployment.deploymentId), expectedVersion: stored.version, value: deployment }];
  const isOver = isEnd(deployment.state);
  const left = isOver ? { owed: owedAfter(queue.value.owed, deployment), warm: withWarm(queue.value.warm, deployment) } : {};
  const place = isOver ? [saveQueue(tenantId, deployment.environment, queue, left)] : [];
  // An end is looked at once more: another deployment may be waiting behind it.
  const next = wait(isOver ? 0 : after.againMs, `${deployment.deploymentId} is ${deployment.state}`, [...own, ...place, ...after.saves], [...emits, ...after.emits]);
  // Users are on a release that failed: this goes before the looks at those that do well.
  return { ...next, urgent: deployment.state === 'RollingBack' || deployment.services.some(isGoingBack) };
}
