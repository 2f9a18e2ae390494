import { Rejected } from '../../../kernel/errors.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { inState, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { byHand, thenDeployed } from '../domain/what-to-do.ts';
import { backOut, turn, type Run, type Turn } from './run.ts';
import { disturbance, disturbed } from './unless-disturbed.ts';

/** Without what was declared there is no way on, and none back. */
export function unusable(deployment: RuntimeDeployment, at: number, { reason, needs }: { readonly reason: string; readonly needs: string | null }): RuntimeDeployment {
  if (deployment.state !== 'RollingBack') return backOut(deployment, at, { reason, needs });
  return inState(deployment, 'Failed', at, { reason, needs: needs === null ? byHand : `${byHand} ${needs}` });
}

/**
 * Another writer, or a missing right: both are looked at again, within the time that the state has. What is refused goes back, and the
 * way back is looked at until its time is over.
 */
export function metOutside(run: Run, error: unknown): Turn {
  const { deployment, timing, ports } = run;
  if (error instanceof Rejected) {
    if (deployment.state === 'RollingBack' || deployment.state === 'Held') return turn(deployment, timing.blockedMs);
    const reason = `Azure refuses what was asked of it${inWords(error)}`;
    return turn(backOut(deployment, ports.clock.now(), { reason, needs: thenDeployed(`Look at the container apps of ${deployment.environment} in the Azure portal.`) }));
  }
  const met = disturbance(run, error);
  if (met === null) throw error;
  return turn(disturbed(deployment, met), met.againMs);
}
