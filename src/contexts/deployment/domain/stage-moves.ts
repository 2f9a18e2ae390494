import { atStep, goesForward, isFinished, type ServiceRollout } from './service-rollout.ts';
import type { Stage } from './stages.ts';

export function runningStage({ stages, stage }: Pick<ServiceRollout, 'stages' | 'stage'>): Stage | null {
  return stages[stage] ?? null;
}

export function isLastStage({ stages, stage }: ServiceRollout): boolean {
  return stage >= stages.length - 1;
}

/** It has the weight of its stage: judged from zero. `at`: when Azure showed the weight. */
export function stageEntered(rollout: ServiceRollout, { stage, weight, at }: { readonly stage: number; readonly weight: number; readonly at: number }): ServiceRollout {
  const { restarts } = rollout.gate;
  return {
    ...atStep(rollout, 'gating'),
    ...unjudged,
    stage,
    weight,
    stageSince: at,
    movingSince: null,
    outside: false,
    // Requests of the same minute are counted along in it.
    probes: { ...rollout.probes, ms: [] },
    // What restarted before belongs to the stage before.
    gate: { successes: 0, restarts: restarts && { first: restarts.last, last: restarts.last } },
  };
}

const unjudged = { gates: [], lookAt: null, unseenMs: 0 } satisfies Partial<ServiceRollout>;

/** The intent to give it the weight of its next stage. */
export function stageIntended(rollout: ServiceRollout, at: number): ServiceRollout {
  return { ...atStep(rollout, 'promoting'), stage: rollout.stage + 1, stageSince: null, movingSince: at };
}

/** The intent is dropped before anything was sent: it stands where it has passed, and is looked at there. */
export function stageAwaited(rollout: ServiceRollout, at: number): ServiceRollout {
  const passed = { ...atStep(rollout, 'ready', rollout.detail), stage: rollout.stage - 1, movingSince: null, lookAt: null };
  return { ...passed, stageSince: at - (runningStage(passed)?.bakeMs ?? 0) };
}

/** A look has not passed it: one that had passed before begins its time anew, and time in which nobody looked is not held against it. */
export function stageGoesOn(rollout: ServiceRollout, now: number): ServiceRollout {
  if (rollout.step === 'ready') return { ...rollout, step: 'gating', unseenMs: 0, stageSince: now - (runningStage(rollout)?.bakeMs ?? 0) };
  const since = rollout.lookAt ?? rollout.stageSince ?? now;
  return { ...rollout, unseenMs: rollout.unseenMs + Math.max(0, now - since) };
}

/**
 * What is held is judged anew from the stage in which it failed, from zero. Where somebody else changed its traffic, from the first stage:
 * no weight that it was given by another says anything.
 */
export function judgedAnew(rollout: ServiceRollout, at: number): ServiceRollout {
  const stage = rollout.outside ? 0 : rollout.stage;
  return { ...rollout, ...unjudged, stage, detail: null, failure: null, stageSince: at, probes: { ...rollout.probes, ms: [] }, gate: { successes: 0, restarts: null } };
}

/** A step in which its first stage is behind it. */
function hasProvenItself(rollout: ServiceRollout): boolean {
  return rollout.stage > 0 || rollout.step === 'ready' || hasPassed(rollout);
}

export function hasPassed(rollout: ServiceRollout): boolean {
  return rollout.step === 'promoted' || rollout.step === 'retiring' || isFinished(rollout);
}

/** What succeeds or goes back as one: all that are not independent, or one that is. */
export function isOneWith(one: ServiceRollout, other: ServiceRollout): boolean {
  return one.service === other.service || (!one.independent && !other.independent);
}

/** No traffic moves before every service that goes back with it has passed its first stage. */
export function isOpenFor(rollout: ServiceRollout, services: readonly ServiceRollout[]): boolean {
  return services.every((one) => !isOneWith(rollout, one) || !goesForward(one) || hasProvenItself(one));
}

/** Everything that would go back with it has passed its last stage. */
export function hasArrived(rollout: ServiceRollout, services: readonly ServiceRollout[]): boolean {
  return services.every((one) => !isOneWith(rollout, one) || !goesForward(one) || hasPassed(one));
}
