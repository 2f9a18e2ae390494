import { Conflict, NotAllowed, NotSent } from '../../../kernel/errors.ts';
import type { RuntimeDeployment } from '../domain/runtime-deployment.ts';
import type { ServiceRollout } from '../domain/service-rollout.ts';
import { keepsItsReason } from '../domain/transitions.ts';
import { folded, type Fold, type Run } from './run.ts';

/** Another writer at one app, or a missing right, keeps no other service from being looked at: it is tried again within its own time. */
export async function unlessDisturbed(run: Run, fold: Fold, rollout: ServiceRollout, work: () => Promise<Fold>): Promise<Fold> {
  try {
    return await work();
  } catch (error) {
    const met = disturbance(run, error);
    if (met === null) throw error;
    const { deployment, ...after } = folded(fold, { ...rollout, detail: met.reason }, { againMs: met.againMs });
    return { ...after, deployment: disturbed(deployment, met) };
  }
}

export function disturbed(deployment: RuntimeDeployment, { reason, needs }: Disturbance): RuntimeDeployment {
  return keepsItsReason(deployment.state) ? { ...deployment, needs: needs ?? deployment.needs } : { ...deployment, reason, needs };
}

interface Disturbance {
  readonly reason: string;
  readonly needs: string | null;
  readonly againMs: number;
}

/** Null for everything else. */
export function disturbance({ timing, deployment }: Pick<Run, 'timing' | 'deployment'>, error: unknown): Disturbance | null {
  // Nobody else is in the way: a worker that drains, mostly, whose successor goes on.
  if (error instanceof NotSent) return { reason: 'Stopped before anything was sent; it goes on by itself', needs: null, againMs: Math.min(1000, timing.conflictMs) };
  if (error instanceof Conflict) return { reason: 'Another write is running in Azure', needs: null, againMs: timing.conflictMs };
  if (!(error instanceof NotAllowed)) return null;
  const needs = `Give Trueup's identity the rights on the resource group of ${deployment.environment} that the installation guide lists; it goes on by itself.`;
  return { reason: 'Azure denies access', needs, againMs: timing.blockedMs };
}
