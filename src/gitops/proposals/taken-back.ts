import type { DeploymentProgress, ServiceProgress } from '../../kernel/messages/deployment.ts';

type Progress = Pick<DeploymentProgress, 'state' | 'services'>;

/** What of a deployment was taken back, so that Git says what does not run. */
export interface TakenBack {
  /** Services whose own release failed. */
  readonly failed: readonly ServiceProgress[];
  /** Those, and where all went back every service that did. */
  readonly services: readonly ServiceProgress[];
  /** All services went back, not only those. */
  readonly isWhole: boolean;
}

/** Null when nothing was: what never came to its place needs no revert, a person puts right what stands in its way. */
export function takenBack({ state, services }: Progress): TakenBack | null {
  const back = services.filter(({ step }) => step === 'restored');
  const failed = back.filter(({ failure }) => failure !== null);
  if (state === 'RolledBack') return back.length === 0 ? null : { failed: failed.length > 0 ? failed : back, services: back, isWhole: true };
  return state === 'Failed' && failed.length > 0 ? { failed, services: failed, isWhole: false } : null;
}
