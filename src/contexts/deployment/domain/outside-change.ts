import type { ObservedApp, ObservedRevision } from '../../../kernel/container-app.ts';
import { isOurRevision } from './app-view.ts';
import { atStep, type ServiceRollout } from './service-rollout.ts';
import { weightIn } from './traffic.ts';

/** What somebody else did to a release that is being rolled out. */
export interface OutsideChange {
  /** One sentence, for people. */
  readonly reason: string;
  /** Percent of the traffic that the release has by now. */
  readonly weight: number;
}

/** Null: the app serves what was set last. Where nothing served before, all that there is goes to the release, and there is nothing to compare. */
export function trafficChange(rollout: ServiceRollout, app: ObservedApp): OutsideChange | null {
  const before = rollout.previous?.traffic ?? null;
  if (before === null || rollout.outside) return null;
  const revision = rollout.revision ?? '';
  const weight = weightIn(app.traffic, revision);
  if (weight !== rollout.weight) return { reason: `Somebody else set its traffic: the release has ${weight} % instead of ${rollout.weight} %`, weight };
  const isKnown = (name: string | null): boolean => name === revision || before.some((one) => one.revision === name);
  // Before its first weight an older release that was never good may still have a share.
  const isLeftover = (name: string | null): boolean => weight === 0 && name !== null && isOurRevision(app.id.name, name);
  const stranger = app.traffic.find((one) => one.weight > 0 && !isKnown(one.revision) && !isLeftover(one.revision));
  if (stranger === undefined) return null;
  return { reason: `Somebody else set its traffic: ${stranger.revision ?? 'whatever revision is the latest'} has ${stranger.weight} %`, weight };
}

/** It ran, so whoever ended it wants it gone. */
export function isEndedByOthers(rollout: ServiceRollout, revision: ObservedRevision | null): boolean {
  return revision !== null && !revision.active && rollout.stage > 0 && !rollout.outside;
}

/** Frozen with the traffic that it has, until a person says where to: what a person did in the middle of a rollout is not undone unasked. */
export function heldAsChanged(rollout: ServiceRollout, { reason, weight }: OutsideChange, at: number): ServiceRollout {
  const stage = rollout.step === 'promoting' ? rollout.stage - 1 : rollout.stage;
  const stageSince = rollout.stageSince ?? at;
  return { ...atStep(rollout, 'gating'), stage, stageSince, movingSince: null, weight, failure: { weight, reason, gates: rollout.gates }, lookAt: null, outside: true };
}
