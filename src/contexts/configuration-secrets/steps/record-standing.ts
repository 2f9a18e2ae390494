import type { TenantId } from '../../../kernel/ids.ts';
import { done, saveIfChanged, type Outcome } from '../../../kernel/outcome.ts';
import type { Store } from '../../../kernel/ports.ts';
import { environmentStanding, standingKey, type EnvironmentStanding } from '../domain/environment-standing.ts';

/** Events may come late and in any order: an older generation says nothing. */
export async function recordStanding(store: Store, owner: TenantId, standing: EnvironmentStanding): Promise<Outcome> {
  const key = standingKey(owner, standing.environment);
  const stored = await store.load(key, environmentStanding);
  if (stored !== null && stored.value.generation > standing.generation) return done();
  return done(saveIfChanged(key, stored, standing));
}
