import { blaming, inState, type RuntimeDeployment } from './runtime-deployment.ts';
import { goesForward, isGoingBack, type ServiceRollout } from './service-rollout.ts';
import { isEnd, mayMove } from './transitions.ts';

export interface Wish {
  /** GitHub login, or what asked in its stead. */
  readonly by: string;
  readonly reason: string;
}

/** What is shown of, and kept with, a release that a person took back. */
export function inTheirWords({ by, reason }: Wish): string {
  return `${by} took it back: ${reason}`.slice(0, 1000);
}

/**
 * A deployment that runs, on its way back because a person says so; at its end where nothing was written. Whoever takes it back wants
 * none of it tried again by itself. Null when it is on its way back already, or has ended.
 */
export function takenBackBy(deployment: RuntimeDeployment, wish: Wish, at: number): RuntimeDeployment | null {
  if (isEnd(deployment.state) || deployment.state === 'RollingBack') return null;
  const isMeant = (one: ServiceRollout): boolean => goesForward(one) || isGoingBack(one);
  const blamed = { ...blaming(deployment, isMeant, inTheirWords(wish)), needs: null };
  const goesBack = mayMove(deployment.state, 'RollingBack') && blamed.services.some(({ touched }) => touched);
  return inState(blamed, goesBack ? 'RollingBack' : 'Failed', at, { reason: inTheirWords(wish) });
}
