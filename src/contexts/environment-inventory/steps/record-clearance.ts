import type { TenantId } from '../../../kernel/ids.ts';
import { done, saveIfChanged, type Outcome } from '../../../kernel/outcome.ts';
import type { Store } from '../../../kernel/ports.ts';
import { clearanceKey, tenantClearance, type TenantClearance } from '../domain/tenant-clearance.ts';

/** Events may come late and in any order: an older generation says nothing. */
export async function recordClearance(store: Store, owner: TenantId, clearance: TenantClearance): Promise<Outcome> {
  const key = clearanceKey(owner, clearance.environment, clearance.tenant);
  const stored = await store.load(key, tenantClearance);
  if (stored !== null && stored.value.generation > clearance.generation) return done();
  return done(saveIfChanged(key, stored, clearance));
}
