import { atStep, type ServiceRollout } from '../domain/service-rollout.ts';
import { hasArrived } from '../domain/stage-moves.ts';
import { leftoversOf } from '../domain/start.ts';
import { runsForNobody } from '../domain/stray.ts';
import { ended } from './end-revision.ts';
import { recordGood } from './known-good.ts';
import { appOf, declaredService, folded, warmOf, type Fold, type Run } from './run.ts';
import { unlessDisturbed } from './unless-disturbed.ts';

/** What has passed its last stage with all that would go back with it is good. Then old revisions end, one per delivery: until here all can go back. */
export async function retiring(run: Run, fold: Fold): Promise<Fold> {
  let after = fold;
  for (const rollout of fold.deployment.services) {
    if (rollout.goesBack || after.hasWritten) continue;
    if (rollout.step === 'promoted' && hasArrived(rollout, after.deployment.services)) after = folded(after, arrived(run, rollout), { saves: [await recordGood(run, rollout)], againMs: 0 });
    else if (rollout.step === 'retiring') after = await unlessDisturbed(run, after, rollout, () => retired(run, after, rollout));
  }
  return after;
}

/** Blue-green keeps what served before for a while. */
function arrived(run: Run, rollout: ServiceRollout): ServiceRollout {
  const { strategy, keepWarmMs } = declaredService(run, rollout).rollout;
  const { revision, traffic } = rollout.previous ?? { revision: null, traffic: null };
  const isKept = strategy === 'blue-green' && keepWarmMs > 0 && traffic !== null && revision !== null && revision !== rollout.revision;
  const now = run.ports.clock.now();
  return { ...atStep(rollout, 'retiring', rollout.detail), movingSince: now, warm: isKept ? { revision, until: now + keepWarmMs } : null };
}

async function retired(run: Run, fold: Fold, rollout: ServiceRollout): Promise<Fold> {
  const old = await leftover(run, rollout);
  if (old !== null && (await ended(run, rollout, old))) return folded(fold, { ...rollout, detail: `Ended ${old}` }, { wrote: true, againMs: 0 });
  const warm = rollout.warm === null ? null : `${rollout.warm.revision} stays active without traffic until ${new Date(rollout.warm.until).toISOString()}`;
  return folded(fold, atStep(rollout, 'done', old === null ? warm : `Azure keeps ${old} active`), { againMs: 0 });
}

async function leftover(run: Run, rollout: ServiceRollout): Promise<string | null> {
  const revisions = await run.ports.apps.revisions(run.tenantId, appOf(run, rollout), run.delivery.signal);
  // What served before the one that serves is nearer than what was kept for the release before.
  const warm = rollout.warm === null ? warmOf(run, rollout) : new Set([rollout.warm.revision]);
  const [old] = leftoversOf(revisions, declaredService(run, rollout), rollout.previous, warm);
  return old ?? (rollout.stray !== null && runsForNobody(revisions, rollout.stray) ? rollout.stray : null);
}
