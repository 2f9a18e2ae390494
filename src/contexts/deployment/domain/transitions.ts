import type { DeploymentState } from '../../../kernel/messages/deployment.ts';

/**
 * Where a deployment may go from a state. RollingBack leads to Failed when nothing ran before or the way back is barred.
 * Completed may be rolled back by a command; the other ends are final.
 */
export const transitions = {
  Requested: ['Provisioning', 'Failed', 'Superseded'],
  Provisioning: ['Configuring', 'Failed', 'Superseded'],
  Configuring: ['RollingOut', 'Failed', 'Superseded'],
  RollingOut: ['HealthGating', 'RollingBack', 'Failed', 'Superseded'],
  HealthGating: ['Promoting', 'RollingBack', 'Failed', 'Superseded'],
  Promoting: ['Completed', 'RollingBack', 'Failed'],
  Completed: ['RollingBack'],
  RollingBack: ['RolledBack', 'Failed'],
  RolledBack: [],
  Failed: [],
  Superseded: [],
} as const satisfies Record<DeploymentState, readonly DeploymentState[]>;

export function mayMove(from: DeploymentState, to: DeploymentState): boolean {
  const allowed: readonly DeploymentState[] = transitions[from];
  return allowed.includes(to);
}

const ends: ReadonlySet<DeploymentState> = new Set(['Completed', 'RolledBack', 'Failed', 'Superseded']);

export function isEnd(state: DeploymentState): boolean {
  return ends.has(state);
}
