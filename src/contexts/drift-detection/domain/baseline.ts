import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import type { DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import type { Standing } from './app-tags.ts';

/** A service as Git declared it at the commit that was applied. */
export interface Release {
  readonly service: DesiredService;
  readonly generation: number;
}

export interface Baseline {
  /** What the live app is compared with; null when nobody knows what was applied. */
  readonly against: DesiredService | null;
  /** What is wrong between Git and what was applied, whatever runs. */
  readonly between: 'nothing' | 'never-applied' | 'late' | 'rolled-back';
}

export interface Evidence {
  readonly service: DesiredService;
  readonly standing: Standing;
  /** Raw body of the live app. */
  readonly live: JsonObject;
  /** By the own record of completed deployments. */
  readonly recorded: Release | null;
  /** By the tags, where Git agrees with them. */
  readonly tagged: Release | null;
}

/** Then the releases before need not be read. */
export function isAsDeclared({ digest, rolledBack }: Standing, service: DesiredService): boolean {
  return digest === service.digest && rolledBack !== service.digest;
}

/**
 * A deployment of exactly what Git declares completed, and the app says that an older one was here after it: a write that a worker had sent
 * before it lost its lease, and that arrived late. Azure has no condition that would have refused it.
 */
export function isOverwritten({ service, standing, recorded }: Pick<Evidence, 'service' | 'standing' | 'recorded'>): boolean {
  if (recorded?.service.digest !== service.digest || standing.rolledBack === service.digest) return false;
  return standing.generation > 0 && standing.generation < recorded.generation && standing.digest !== service.digest;
}

/**
 * After a rollback Git still declares what failed: that is one finding, and live is compared with the last known-good, so that drift
 * does not fight the rollback. What was merged and never arrived is one finding, and live is compared with what was applied last.
 */
export function baselineOf({ service, standing, live, recorded, tagged }: Evidence): Baseline {
  const declared: Baseline = { against: service, between: 'nothing' };
  if (isAsDeclared(standing, service)) return declared;
  // A deployment of exactly this completed: tags that say otherwise were written by somebody else.
  if (recorded?.service.digest === service.digest) return declared;
  const against = younger(recorded, tagged)?.service ?? null;
  if (standing.rolledBack === service.digest) return { against, between: 'rolled-back' };
  if (against?.digest === service.digest) return declared;
  if (standing.digest === null && against === null) return { against: null, between: 'never-applied' };
  const differs = compareThreeWay({ lastApplied: against?.app ?? null, desired: service.app, live }).length > 0;
  return differs ? { against, between: 'late' } : declared;
}

/** A record that missed a deployment is older than the tags. */
function younger(recorded: Release | null, tagged: Release | null): Release | null {
  if (recorded === null || tagged === null) return recorded ?? tagged;
  return tagged.generation > recorded.generation ? tagged : recorded;
}
