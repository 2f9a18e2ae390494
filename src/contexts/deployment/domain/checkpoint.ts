import type { DeploymentState } from '../../../kernel/messages/deployment.ts';
import type { RuntimeDeployment } from './runtime-deployment.ts';
import { goesForward, isDivided, isGoingBack, isHeld, isInFlight, type ServiceRollout } from './service-rollout.ts';
import { hasPassed, isLastStage } from './stage-moves.ts';
import { mayMove } from './transitions.ts';

const stepwise: ReadonlySet<DeploymentState> = new Set(['HealthGating', 'Promoting', 'Held']);

/**
 * A newer deployment may take over: nothing is on its way, nobody is left divided between two releases, and it is not past the point
 * where finishing is shorter than starting again.
 */
export function isAtRest({ state, services }: Pick<RuntimeDeployment, 'state' | 'services'>): boolean {
  if (!mayMove(state, 'Superseded') || services.some((one) => isInFlight(one) || isGoingBack(one))) return false;
  return !stepwise.has(state) || !(isThrough(services) || services.some(isUnresolved));
}

/** Everything that goes forward has passed its last stage: only old revisions are left to end. */
export function isThrough(services: readonly ServiceRollout[]): boolean {
  const onward = services.filter(goesForward);
  return onward.length > 0 && onward.every(hasPassed);
}

function isUnresolved(one: ServiceRollout): boolean {
  return goesForward(one) && (one.step === 'promoting' || isDivided(one));
}

/** Something of it still has to be written forward. */
export function isUnderway({ state, services }: Pick<RuntimeDeployment, 'state' | 'services'>): boolean {
  if (state === 'RollingOut') return true;
  return (state === 'HealthGating' || state === 'Promoting') && services.some((one) => goesForward(one) && !isHeld(one) && !isLastStage(one));
}
