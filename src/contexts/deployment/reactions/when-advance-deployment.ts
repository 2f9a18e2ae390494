import { reaction, type Delivery, type Reaction } from '../../../kernel/context.ts';
import { Conflict, NotAllowed, Rejected } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { DeploymentState } from '../../../kernel/messages/deployment.ts';
import { done, wait, type Outcome } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { deploymentQueue, queueKey, saveQueue, type DeploymentQueue } from '../domain/deployment-queue.ts';
import { announced, deploymentKey, inState, runtimeDeployment, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { carriedOver, owedAfter, withoutLacks } from '../domain/owed.ts';
import { isFinished, isInFlight, newRollout, type ServiceRollout } from '../domain/service-rollout.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { limitOf, type Timing } from '../domain/timing.ts';
import { isEnd, mayMove } from '../domain/transitions.ts';
import { thenDeployed } from '../domain/what-to-do.ts';
import type { DeploymentPorts } from '../ports.ts';
import { declaredAt } from '../steps/declared-at.ts';
import { healthGating } from '../steps/health-gating.ts';
import { promoting } from '../steps/promoting.ts';
import { rollingBack } from '../steps/rolling-back.ts';
import { rollingOut } from '../steps/rolling-out.ts';
import { backOut, turn, type Run, type Turn } from '../steps/run.ts';
import { configuring, provisioning, requested } from '../steps/waiting.ts';

const stepOf: Partial<Record<DeploymentState, (run: Run) => Promise<Turn>>> = {
  Requested: requested,
  Provisioning: provisioning,
  Configuring: configuring,
  RollingOut: rollingOut,
  HealthGating: healthGating,
  Promoting: promoting,
  RollingBack: rollingBack,
};

/** The step engine: one look, at most one write, then the same message again until the environment's deployment has ended. */
export function whenAdvanceDeployment(ports: DeploymentPorts, timing: Timing): Reaction {
  return reaction({
    name: 'when-advance-deployment',
    on: 'AdvanceDeployment',
    latestWins: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    writes: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    handle: async ({ tenantId, payload }, delivery) => advance(ports, timing, tenantId, payload.environment, delivery),
  });
}

async function advance(ports: DeploymentPorts, timing: Timing, tenantId: TenantId, environment: string, delivery: Delivery): Promise<Outcome> {
  const queue = await ports.store.load(queueKey(tenantId, environment), deploymentQueue);
  if (queue === null || queue.value.current === null) return done();
  const stored = await ports.store.load(deploymentKey(tenantId, queue.value.current), runtimeDeployment);
  if (stored === null || isEnd(stored.value.state)) return followed(ports, { tenantId, environment }, queue, stored?.value ?? null);
  const next = queue.value.next;
  if (next !== null && mayBeSuperseded(stored.value)) return superseded(ports, tenantId, queue, stored, next);
  const after = await look(ports, timing, tenantId, stored.value, { delivery, isPreempted: next !== null });
  return committed(tenantId, queue, stored, after);
}

interface Where {
  readonly tenantId: TenantId;
  readonly environment: string;
}

/** The next one becomes current, when there is one, and brings what the one before did not. */
async function followed({ store }: DeploymentPorts, { tenantId, environment }: Where, queue: Stored<DeploymentQueue>, before: RuntimeDeployment | null): Promise<Outcome> {
  const { next, owed } = queue.value;
  if (next === null) return done();
  const follower = await store.load(deploymentKey(tenantId, next), runtimeDeployment);
  if (follower === null) return wait(0, 'the next deployment is gone', [saveQueue(tenantId, environment, queue, { current: next, next: null })]);
  const { generation, services } = follower.value;
  const known = new Set(services.map(({ service }) => service));
  const carried = carriedOver(owed).filter((name) => !known.has(name)).map((name) => ({ ...newRollout(name), digest: owed[name]?.digest ?? null, mayStay: true }));
  // One attempt, one count: the one before went on speaking.
  const sequence = before?.generation === generation ? Math.max(follower.value.sequence, before.sequence) : follower.value.sequence;
  const value = { ...follower.value, sequence, services: [...services, ...carried] };
  const place = saveQueue(tenantId, environment, queue, { current: next, next: null, owed: withoutLacks(owed, value.services.map(({ service }) => service)) });
  return wait(0, `the next deployment of ${environment} begins`, [place, { key: deploymentKey(tenantId, next), expectedVersion: follower.version, value }]);
}

async function look(
  ports: DeploymentPorts,
  timing: Timing,
  tenantId: TenantId,
  deployment: RuntimeDeployment,
  { delivery, isPreempted }: Pick<Run, 'delivery' | 'isPreempted'>,
): Promise<Turn> {
  const declared = await declaredAt(ports, { ...deployment, tenantId });
  if (declared.is === 'unusable') return turn(unusable(deployment, ports.clock.now(), declared));
  const { desired } = declared;
  const begun = deployment.state === 'RollingBack' ? deployment : { ...deployment, reason: null, needs: null };
  const step = stepOf[deployment.state];
  if (step === undefined) return turn(deployment);
  const after = await step({ ports, timing, tenantId, delivery, deployment: begun, desired, isPreempted }).catch((error: unknown) => metOutside(error, deployment, ports.clock.now(), timing));
  return inTime(after, deployment, ports.clock.now(), timing);
}

/** Without what was declared there is no way on, and none back. */
function unusable(deployment: RuntimeDeployment, at: number, { reason, needs }: { readonly reason: string; readonly needs: string | null }): RuntimeDeployment {
  if (deployment.state !== 'RollingBack') return backOut(deployment, at, { reason, needs });
  return inState(deployment, 'Failed', at, { reason, needs: needs === null ? byHand : `${byHand} ${needs}` });
}

const byHand = 'Set the traffic of the services that are not restored to their previous revisions by hand.';

/**
 * Another writer, or a missing right: both are looked at again, within the time that the state has. What is refused goes back, and the
 * way back is looked at until its time is over.
 */
function metOutside(error: unknown, deployment: RuntimeDeployment, now: number, timing: Timing): Turn {
  const reason = (text: string): string | null => (deployment.state === 'RollingBack' ? deployment.reason : text);
  if (error instanceof Rejected) {
    const refusal = `Azure refuses what was asked of it${inWords(error)}`;
    if (deployment.state === 'RollingBack') return turn(deployment, timing.blockedMs);
    return turn(backOut(deployment, now, { reason: refusal, needs: thenDeployed(`Look at the container apps of ${deployment.environment} in the Azure portal.`) }));
  }
  if (error instanceof Conflict) return turn({ ...deployment, reason: reason('Another write is running in Azure'), needs: null }, timing.conflictMs);
  if (!(error instanceof NotAllowed)) throw error;
  const needs = `Give Trueup's identity the rights on the resource group of ${deployment.environment} that the installation guide lists; it goes on by itself.`;
  return turn({ ...deployment, reason: reason('Azure denies access'), needs }, timing.blockedMs);
}

/**
 * What has taken too long goes back, or ends; a way back that takes too long needs a person. Judged after a look, so that time in which
 * nobody looked is not held against a release.
 */
function inTime(after: Turn, before: RuntimeDeployment, now: number, timing: Timing): Turn {
  const { deployment } = after;
  const limit = limitOf(deployment.state, timing);
  if (limit === null || deployment.state !== before.state || now - deployment.stateSince <= limit) return after;
  const within = limit < 120_000 ? `${Math.round(limit / 1000)} seconds` : `${Math.round(limit / 60_000)} minutes`;
  if (deployment.state === 'RollingBack') {
    return { ...after, deployment: inState(deployment, 'Failed', now, { reason: `The way back did not end within ${within}`, needs: byHand }) };
  }
  const open = deployment.services.filter((one) => !isFinished(one) && one.step !== 'ready' && one.detail !== null);
  const details = open.slice(0, 5).map(({ service, detail }) => `${service}: ${detail}`);
  const known = deployment.reason === null ? details : [deployment.reason, ...details];
  return { ...after, deployment: backOut(deployment, now, { reason: [`Not done within ${within}`, ...known].join('. '), needs: deployment.needs }, isHeldUpIn(deployment.state)) };
}

/** Its own gate or write did not end; what never began is not to blame. */
function isHeldUpIn(state: DeploymentState): (rollout: ServiceRollout) => boolean {
  if (state === 'HealthGating') return ({ step }) => step === 'gating';
  return ({ step, sent }) => ['creating', 'pinning', 'applying', 'promoting'].includes(step) && sent > 0;
}

/** A checkpoint: nothing of it is on its way, and it is not past the point where finishing is shorter than starting again. */
function mayBeSuperseded(deployment: RuntimeDeployment): boolean {
  return mayMove(deployment.state, 'Superseded') && !deployment.services.some(isInFlight);
}

/** What it had not finished is owed, and the one that follows brings it. */
async function superseded(ports: DeploymentPorts, tenantId: TenantId, queue: Stored<DeploymentQueue>, stored: Stored<RuntimeDeployment>, next: string): Promise<Outcome> {
  const follower = await ports.store.load(deploymentKey(tenantId, next), runtimeDeployment);
  const reason = follower === null ? 'A newer deployment took over' : `Commit ${follower.value.commit.slice(0, 7)} took over`;
  const ended = inState(stored.value, 'Superseded', ports.clock.now(), { reason });
  return committed(tenantId, queue, stored, turn(ended));
}

function committed(tenantId: TenantId, queue: Stored<DeploymentQueue>, stored: Stored<RuntimeDeployment>, after: Turn): Outcome {
  const { deployment, emits } = announced(tenantId, stored.value, after.deployment);
  const isSame = JSON.stringify(deployment) === JSON.stringify(stored.value);
  const own = isSame ? [] : [{ key: deploymentKey(tenantId, deployment.deploymentId), expectedVersion: stored.version, value: deployment }];
  const isOver = isEnd(deployment.state);
  const owed = isOver ? [saveQueue(tenantId, deployment.environment, queue, { owed: owedAfter(queue.value.owed, deployment) })] : [];
  // An end is looked at once more: another deployment may be waiting behind it.
  return wait(isOver ? 0 : after.againMs, `${deployment.deploymentId} is ${deployment.state}`, [...own, ...owed, ...after.saves], [...emits, ...after.emits]);
}
