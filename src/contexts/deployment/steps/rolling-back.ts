import { inState } from '../domain/runtime-deployment.ts';
import { isLeftOut, isSettled, type ServiceRollout } from '../domain/service-rollout.ts';
import { startFold, turn, type Fold, type Run, type Turn } from './run.ts';
import { takenBack } from './taking-back.ts';
import { unlessDisturbed } from './unless-disturbed.ts';

/**
 * Takes every service of the deployment back to the revision that ran before it. A service that had none keeps its app and its revision
 * as they are, so that a person can read its logs; nothing is ever deleted.
 */
export async function rollingBack(run: Run): Promise<Turn> {
  let fold: Fold = { ...startFold(run), againMs: run.timing.blockedMs };
  for (const rollout of run.deployment.services) {
    if (isSettled(rollout)) continue;
    const before = fold;
    fold = await unlessDisturbed(run, before, rollout, () => takenBack(run, before, rollout));
    if (fold.hasWritten) return turn(fold.deployment, fold.againMs, fold.saves);
  }
  const { deployment } = fold;
  if (!deployment.services.every(isSettled)) return turn(deployment, fold.againMs, fold.saves);
  const now = run.ports.clock.now();
  const isRestored = deployment.services.some(({ step }) => step === 'restored');
  const needs = deployment.needs ?? whatNext(deployment.services);
  return turn(inState(deployment, isRestored ? 'RolledBack' : 'Failed', now, { needs }), 0, fold.saves);
}

function whatNext(services: readonly ServiceRollout[]): string {
  const names = (some: readonly ServiceRollout[]): string => some.slice(0, 5).map(({ service }) => service).join(', ') + (some.length > 5 ? ' and others' : '');
  const went = services.filter(({ failed }) => failed);
  const innocent = services.filter((one) => !one.failed && !isLeftOut(one));
  const logs = services.some((one) => one.step === 'kept' && !isLeftOut(one)) ? 'Where nothing ran before, nothing was taken back: read the logs of the revision. ' : '';
  const fix = went.length === 0 ? 'Merge a fix.' : `Merge a fix of ${names(went)}.`;
  return `${logs}${fix}${innocent.length === 0 ? '' : ` The next deployment brings ${names(innocent)} too.`}`;
}
