import type { ObservedApp } from '../../../kernel/container-app.ts';
import { promotePatch } from '../domain/patches.ts';
import { heldAsChanged, trafficChange, type OutsideChange } from '../domain/outside-change.ts';
import { blamed } from '../domain/runtime-deployment.ts';
import { isHeld, isInFlight, type PinnedTraffic, type ServiceRollout } from '../domain/service-rollout.ts';
import { isOpenFor, runningStage, stageAwaited, stageEntered, stageIntended } from '../domain/stage-moves.ts';
import { allTo, dividedWith, isServed, sharesIn, weightIn } from '../domain/traffic.ts';
import { carryOut, type Write } from './carry-out.ts';
import { failing } from './failing.ts';
import { appOf, declaredService, folded, type Fold, type Run } from './run.ts';
import { unlessDisturbed } from './unless-disturbed.ts';

/** Nothing moves forward while it is held, while a newer deployment waits, or while a person has to say what to do with one that failed. */
function mayMoveOn({ isPreempted }: Run, { deployment }: Fold): boolean {
  return !isPreempted && deployment.hold === null && !deployment.services.some(isHeld);
}

/** Carries every weight through that was intended, verified by reading. */
export async function moving(run: Run, fold: Fold): Promise<Fold> {
  let after = fold;
  for (const rollout of fold.deployment.services) {
    if (rollout.step !== 'promoting' || rollout.goesBack) continue;
    if (after.hasWritten && !isInFlight(rollout)) continue;
    after = await unlessDisturbed(run, after, rollout, () => moved(run, after, rollout));
    if (after.deployment.state !== fold.deployment.state) return after;
  }
  return after;
}

async function moved(run: Run, fold: Fold, rollout: ServiceRollout): Promise<Fold> {
  const isOpen = mayMoveOn(run, fold);
  const met: Met = { change: null };
  const carried = await carryOut(run, rollout, shift(run, rollout, met), isOpen && !fold.hasWritten);
  const now = run.ports.clock.now();
  if (met.change !== null) return folded(fold, heldAsChanged(rollout, met.change, now), { againMs: 0 });
  switch (carried.end) {
    case 'failed': {
      const reason = `Traffic could not be moved. ${carried.reason}`;
      const known = folded(fold, blamed(carried.rollout, reason)).deployment;
      return { ...fold, againMs: 0, deployment: failing(known, [rollout.service], now, { reason: `${rollout.service}: ${reason}` }) };
    }
    case 'done':
      return folded(fold, stageEntered(carried.rollout, { stage: rollout.stage, weight: weightIn(carried.app.traffic, rollout.revision ?? ''), at: now }), { againMs: 0 });
    case 'running':
      return isOpen || carried.isBusy ? folded(fold, carried.rollout, carried) : folded(fold, stageAwaited(carried.rollout, now), { againMs: 0 });
  }
}

/** What somebody else did, found in front of the write. */
interface Met {
  change: OutsideChange | null;
}

function shift(run: Run, rollout: ServiceRollout, met: Met): Write {
  return {
    isDone: (app) => isServed(app, wanted(rollout, app)),
    send: async (app) => {
      met.change = trafficChange(rollout, app);
      if (met.change !== null) return { reason: met.change.reason, needs: null };
      return run.ports.apps.patch(run.tenantId, appOf(run, rollout), promotePatch(wanted(rollout, app)), run.delivery.signal);
    },
  };
}

/** What the app is to serve in the stage that is entered. */
function wanted(rollout: ServiceRollout, app: ObservedApp): readonly PinnedTraffic[] {
  const { weight } = runningStage(rollout) ?? { weight: 100 };
  const revision = rollout.revision ?? '';
  const before = rollout.previous?.traffic ?? null;
  return weight === 100 || before === null ? allTo(revision, app) : dividedWith(sharesIn(app, before), revision, weight, app);
}

/** What has passed its stage is to have the weight of the next one: saved before it is written. Where no traffic has to move it is there. */
export function intending(run: Run, fold: Fold): Fold {
  if (!mayMoveOn(run, fold)) return fold;
  const { services } = fold.deployment;
  const open = services.filter((one) => one.step === 'ready' && !one.goesBack && isOpenFor(one, services));
  return open.reduce((all, rollout) => folded(all, intended(run, rollout), { againMs: 0 }), fold);
}

function intended(run: Run, rollout: ServiceRollout): ServiceRollout {
  const next = rollout.stages[rollout.stage + 1];
  const at = run.ports.clock.now();
  const moves = declaredService(run, rollout).ingress !== null && (rollout.outside || next?.weight !== rollout.weight);
  return moves ? stageIntended(rollout, at) : stageEntered(rollout, { stage: rollout.stage + 1, weight: rollout.weight, at });
}
