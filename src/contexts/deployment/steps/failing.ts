import { blamed, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { goesForward, type ServiceRollout } from '../domain/service-rollout.ts';
import { isOneWith } from '../domain/stage-moves.ts';
import { backOut, type Why } from './run.ts';

/**
 * Services that failed go back, and what succeeds or goes back with them. Others go on; where none is left, it is the deployment that
 * goes back.
 */
export function failing(deployment: RuntimeDeployment, services: readonly string[], at: number, why: Why): RuntimeDeployment {
  const failed = deployment.services.filter(({ service }) => services.includes(service));
  const isOut = (one: ServiceRollout): boolean => failed.some((other) => isOneWith(one, other));
  const goOn = deployment.services.some((one) => !isOut(one) && goesForward(one));
  if (!goOn) return backOut(deployment, at, why, ({ service }) => services.includes(service));
  return { ...deployment, services: deployment.services.map((one) => (isOut(one) && goesForward(one) ? sentBack(one, at, services.includes(one.service) ? why : null) : one)) };
}

/** On a way back of its own. `why`: what it failed by itself. */
export function sentBack(rollout: ServiceRollout, at: number, why: Why | null): ServiceRollout {
  return { ...(why === null ? rollout : blamed(rollout, why.reason)), goesBack: true, movingSince: at };
}

/** It stays where it is, with the weight that it has. */
export function heldBack(rollout: ServiceRollout, reason: string): ServiceRollout {
  return { ...rollout, failure: { weight: rollout.weight, reason, gates: rollout.gates }, lookAt: null };
}
