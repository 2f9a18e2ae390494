import type { DeploymentState } from '../../../kernel/messages/deployment.ts';

/**
 * Where a deployment may go from a state. From Held only a person leads on, or a newer deployment. RollingBack leads to Failed when nothing ran before or the way back is barred.
 * Ends are final: what a person takes back afterwards is a deployment of its own, which begins in RollingBack.
 */
export const transitions = {
  Requested: ['Provisioning', 'Failed', 'Superseded'],
  Provisioning: ['Configuring', 'Failed', 'Superseded'],
  Configuring: ['RollingOut', 'Failed', 'Superseded'],
  RollingOut: ['HealthGating', 'RollingBack', 'Failed', 'Superseded'],
  HealthGating: ['Promoting', 'Held', 'Completed', 'RollingBack', 'Failed', 'Superseded'],
  Promoting: ['HealthGating', 'Held', 'Completed', 'RollingBack', 'Failed', 'Superseded'],
  Held: ['HealthGating', 'RollingBack', 'Failed', 'Superseded'],
  Completed: [],
  RollingBack: ['RolledBack', 'Failed'],
  RolledBack: [],
  Failed: [],
  Superseded: [],
} as const satisfies Record<DeploymentState, readonly DeploymentState[]>;

export function mayMove(from: DeploymentState, to: DeploymentState): boolean {
  const allowed: readonly DeploymentState[] = transitions[from];
  return allowed.includes(to);
}

/** It says why it is there when it is entered, and that stays said until it is left. */
export function keepsItsReason(state: DeploymentState): boolean {
  return state === 'RollingBack' || state === 'Held';
}

const ends: ReadonlySet<DeploymentState> = new Set(['Completed', 'RolledBack', 'Failed', 'Superseded']);

export function isEnd(state: DeploymentState): boolean {
  return ends.has(state);
}
