import type { GateLimits } from '../../../kernel/desired-state.ts';
import { isHeld, isSettled, type ServiceRollout } from './service-rollout.ts';
import { runningStage } from './stage-moves.ts';
import type { Timing } from './timing.ts';

/** What of a service takes too long. */
type Overdue = 'stage' | 'weight' | 'way back' | 'old revisions';

export interface Late {
  readonly what: Overdue;
  /** Milliseconds that it had. */
  readonly limitMs: number;
}

/** Each stage, each weight and each way back has a clock of its own, so that a declared bake is as long as it is. Null: in time. */
export function lateIn(rollout: ServiceRollout, limits: GateLimits, now: number, timing: Timing): Late | null {
  const [what, since, limitMs] = clockOf(rollout, limits, timing);
  return what === null || since === null || now - since <= limitMs ? null : { what, limitMs };
}

function clockOf(rollout: ServiceRollout, limits: GateLimits, timing: Timing): readonly [Overdue | null, number | null, number] {
  const { step, stageSince, movingSince, goesBack, unseenMs } = rollout;
  if (goesBack) return isSettled(rollout) ? [null, null, 0] : ['way back', movingSince, timing.writingMs];
  if (step === 'promoting') return ['weight', movingSince, timing.writingMs];
  if (step === 'retiring') return ['old revisions', movingSince, timing.writingMs];
  if (step !== 'gating' || isHeld(rollout)) return [null, null, 0];
  const bakeMs = runningStage(rollout)?.bakeMs ?? 0;
  return ['stage', stageSince, unseenMs + bakeMs + Math.max(limits.inconclusiveMs, limits.noDataMs) + timing.gateMs];
}
