import { isThrough } from '../domain/checkpoint.ts';
import { broughtAll, inState, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { isFinished, isHeld, isInFlight, isLeftOut, isSettled, type ServiceRollout } from '../domain/service-rollout.ts';
import { runningStage } from '../domain/stage-moves.ts';
import { judging } from './judging.ts';
import { intending, moving } from './moving.ts';
import { retiring } from './retiring.ts';
import { startFold, turn, type Fold, type Run, type Turn } from './run.ts';
import { wayBackOf, yielding } from './taking-back.ts';

/**
 * Every service moves by itself from stage to stage: judged, then the next weight, saved before it is written. At most one write; what a
 * newer deployment or a failure leaves unfinished goes back by the same steps.
 */
export async function goingForward(run: Run): Promise<Turn> {
  const start: Fold = { ...startFold(run), againMs: run.timing.heldLookMs };
  const judged = run.isPreempted ? start : await judging(run, start);
  if (hasLeft(judged)) return turnOf(judged);
  const back = await wayBackOf(run, judged);
  const moved = await moving(run, back);
  if (hasLeft(moved)) return turnOf(moved);
  const yields = run.isPreempted && !isThrough(moved.deployment.services);
  if (yields) return turnOf(yielding(run, moved));
  const intended = intending(run, await retiring(run, moved));
  return turnOf({ ...intended, deployment: standing(intended.deployment, run.ports.clock.now()) });
}

/**
 * Nothing moves forward: what failed stands where it failed, until a person says where to. The others go on being judged: users are served
 * by them for as long as that takes.
 */
export async function held(run: Run): Promise<Turn> {
  const start: Fold = { ...startFold(run), againMs: run.timing.heldLookMs };
  const judged = run.isPreempted ? start : await judging(run, start);
  if (judged.deployment.state !== 'Held') return turnOf(judged);
  const back = await wayBackOf(run, judged);
  return turnOf(run.isPreempted ? yielding(run, back) : { ...back, deployment: standingHeld(run, back.deployment) });
}

/** It says what is held by now; where that went back with another, the rest goes on. */
function standingHeld(run: Run, deployment: RuntimeDeployment): RuntimeDeployment {
  const stuck = deployment.services.filter(isHeld);
  if (stuck.length === 0) return { ...inState(deployment, 'HealthGating', run.ports.clock.now()), reason: null, needs: null };
  return stuck.length === run.deployment.services.filter(isHeld).length ? deployment : { ...deployment, ...whatIsHeld(deployment, stuck) };
}

function turnOf({ deployment, againMs, saves }: Fold): Turn {
  return turn(deployment, againMs, saves);
}

function hasLeft({ deployment }: Fold): boolean {
  return deployment.state !== 'HealthGating' && deployment.state !== 'Promoting';
}

/** The state that says what is done at the moment. */
function standing(deployment: RuntimeDeployment, at: number): RuntimeDeployment {
  const { services } = deployment;
  if (services.every((one) => isFinished(one) || isLeftOut(one) || isSettled(one))) return broughtAll(deployment, at);
  const isMoving = services.some(({ step }) => step === 'promoting');
  const stuck = services.filter(isHeld);
  if (stuck.length > 0 && !services.some(isInFlight)) return inState(deployment, 'Held', at, whatIsHeld(deployment, stuck));
  const state = isMoving ? 'Promoting' : 'HealthGating';
  return deployment.state === state ? deployment : inState(deployment, state, at);
}

function whatIsHeld({ environment }: RuntimeDeployment, stuck: readonly ServiceRollout[]): { readonly reason: string; readonly needs: string } {
  const shown = stuck.slice(0, 5).map((one) => `${one.service}${one.outside ? '' : ` did not pass its gate with ${runningStage(one)?.weight ?? one.weight} % of the traffic`}: ${one.failure?.reason}`);
  return {
    reason: shown.join('. ').slice(0, 2000),
    needs: `/trueup rollback ${environment} takes the deployment back as a whole, /trueup resume ${environment} judges anew what failed${stuck.some(({ outside }) => outside) ? ', and begins anew where somebody else changed the traffic' : ''}.`,
  };
}
