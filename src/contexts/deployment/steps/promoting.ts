import type { Save } from '../../../kernel/outcome.ts';
import { appliedApp, appliedKey, nothingApplied } from '../domain/applied-app.ts';
import { promotePatch } from '../domain/patches.ts';
import { broughtAll } from '../domain/runtime-deployment.ts';
import { atStep, isFinished, isInFlight, isLeftOut, type ServiceRollout } from '../domain/service-rollout.ts';
import { leftoversOf } from '../domain/start.ts';
import { allTo, servesOnly } from '../domain/traffic.ts';
import { carryOut, type Write } from './carry-out.ts';
import { ended } from './end-revision.ts';
import { saveKnown, withApplied } from './known-app.ts';
import { appOf, backOutOf, declaredService, folded, releaseOf, startFold, turn, type Fold, type Run, type Turn } from './run.ts';

/** Moves the traffic of every service, verified by reading; old revisions end only when all have moved, so that until then all can go back. */
export async function promoting(run: Run): Promise<Turn> {
  const { services } = run.deployment;
  if (services.some(({ step }) => step === 'ready')) return intend(run);
  if (services.some(({ step }) => step === 'promoting')) return move(run);
  return retire(run);
}

function intend(run: Run): Turn {
  const isServed = (rollout: ServiceRollout): boolean => declaredService(run, rollout).ingress !== null;
  const services = run.deployment.services.map((one) => (one.step === 'ready' ? atStep(one, isServed(one) ? 'promoting' : 'promoted') : one));
  return turn({ ...run.deployment, services });
}

async function move(run: Run): Promise<Turn> {
  let fold = startFold(run);
  for (const rollout of run.deployment.services) {
    if (rollout.step !== 'promoting') continue;
    if (fold.hasWritten && !isInFlight(rollout)) continue;
    const carried = await carryOut(run, rollout, shift(run, rollout), !fold.hasWritten);
    if (carried.end === 'failed') {
      const reason = `${rollout.service}: traffic could not be moved. ${carried.reason}`;
      return turn(backOutOf(folded(fold, carried.rollout).deployment, rollout, run.ports.clock.now(), { reason }), 0, fold.saves);
    }
    fold = carried.end === 'done' ? folded(fold, atStep(carried.rollout, 'promoted'), { againMs: 0 }) : folded(fold, carried.rollout, carried);
  }
  return turn(fold.deployment, fold.againMs, fold.saves);
}

function shift(run: Run, rollout: ServiceRollout): Write {
  const revision = rollout.revision ?? '';
  return {
    isDone: (app) => servesOnly(app, revision),
    send: (app) => run.ports.apps.patch(run.tenantId, appOf(run, rollout), promotePatch(allTo(revision, app)), run.delivery.signal),
  };
}

/** One old revision per delivery, until none is left. */
async function retire(run: Run): Promise<Turn> {
  let fold: Fold = { ...startFold(run), againMs: 0 };
  for (const rollout of run.deployment.services) {
    if (rollout.step !== 'promoted' && rollout.step !== 'retiring') continue;
    const old = await leftover(run, rollout);
    if (old !== null && (await ended(run, rollout, old))) {
      return turn(folded(fold, { ...rollout, step: 'retiring', detail: `Ended ${old}` }).deployment, 0, fold.saves);
    }
    fold = folded(fold, atStep(rollout, 'done', old === null ? null : `Azure keeps ${old} active`), { saves: [await asGood(run, rollout)] });
  }
  const { deployment } = fold;
  return turn(deployment.services.every((one) => isFinished(one) || isLeftOut(one)) ? broughtAll(deployment, run.ports.clock.now()) : deployment, 0, fold.saves);
}

async function leftover(run: Run, rollout: ServiceRollout): Promise<string | null> {
  const revisions = await run.ports.apps.revisions(run.tenantId, appOf(run, rollout), run.delivery.signal);
  return leftoversOf(revisions, declaredService(run, rollout), rollout.previous)[0] ?? null;
}

/** What a later rollback goes back to. */
async function asGood(run: Run, rollout: ServiceRollout): Promise<Save> {
  const { environment } = run.deployment;
  const release = releaseOf(run, declaredService(run, rollout));
  const stored = await run.ports.store.load(appliedKey(run.tenantId, environment, rollout.service), appliedApp);
  const known = withApplied(stored?.value ?? nothingApplied, release);
  return saveKnown(run.tenantId, environment, rollout.service, { version: stored?.version ?? 0 }, { ...known, good: release });
}
