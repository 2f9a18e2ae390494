import type { DeploymentState } from '../../../kernel/messages/deployment.ts';

/** Milliseconds. */
export interface Timing {
  /** Between two looks at Azure. */
  readonly lookMs: number;
  /** After Azure has accepted a write, until its operation is asked for the first time; on a way back it is asked for at once. */
  readonly acceptedMs: number;
  /** After somebody else's write was met. */
  readonly conflictMs: number;
  /** While a person has to grant a right. */
  readonly blockedMs: number;
  /** While nothing may move forward, or a person has to say where to: a command is looked at when it comes. */
  readonly heldLookMs: number;
  /** For the environment, tenants, configuration and secrets to be there. */
  readonly needsMs: number;
  /** Before what has not come is asked for anew; the next time after twice as long. */
  readonly askAgainMs: number;
  /** For a newer answer to a refusal that is older than the deployment. */
  readonly refusalGraceMs: number;
  /** One long-running operation. */
  readonly operationMs: number;
  /** For a stage beyond its bake and its gates' own limits, and for a revision that is started again. */
  readonly gateMs: number;
  /** Consecutive good answers of the new revision. */
  readonly gateSuccesses: number;
  /** All writes of one state; one weight; one service's way back. */
  readonly writingMs: number;
}

const minute = 60_000;

export const defaultTiming: Timing = {
  lookMs: 2000,
  // What Azure asks for with its answer; half of all operations take 12 s (facts/azure.md A1.4, A4).
  acceptedMs: 15_000,
  conflictMs: 5000,
  blockedMs: 30_000,
  heldLookMs: minute,
  needsMs: 30 * minute,
  askAgainMs: 5 * minute,
  refusalGraceMs: minute,
  operationMs: 20 * minute,
  gateMs: 10 * minute,
  gateSuccesses: 3,
  writingMs: 45 * minute,
};

/** How long a deployment may stay in a state; null for the ends. */
export function limitOf(state: DeploymentState, timing: Timing): number | null {
  const limits: Record<DeploymentState, number | null> = {
    Requested: timing.needsMs,
    Provisioning: timing.needsMs,
    Configuring: timing.needsMs,
    RollingOut: timing.writingMs,
    // A declared bake is as long as it is: each stage has a clock of its own.
    HealthGating: null,
    Promoting: null,
    // A person ends it, or a newer commit.
    Held: null,
    RollingBack: timing.writingMs,
    Completed: null,
    RolledBack: null,
    Failed: null,
    Superseded: null,
  };
  return limits[state];
}

/** Short at first, so that a quick answer is met quickly, and longer the longer it takes. */
export function patience(waitedMs: number, timing: Timing): number {
  return Math.min(5 * timing.lookMs, Math.max(timing.lookMs / 4, waitedMs / 10));
}
