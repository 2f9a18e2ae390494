import { z } from 'zod';
import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { digest, generation, name } from '../../../kernel/messages/shapes.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

export const tenantClearance = z.strictObject({
  environment: name,
  tenant: name,
  generation,
  /** Of the binding that was accepted; null when it was refused. */
  digest: digest.nullable(),
  reason: z.string().nullable(),
  needs: z.string().nullable(),
});

/** What tenant-isolation said last about a tenant in an environment. */
export type TenantClearance = z.infer<typeof tenantClearance>;

export function clearanceKey(owner: TenantId, environment: string, tenant: string): AggregateKey {
  return { tenantId: owner, type: 'TenantClearance', id: `${environment}.${tenant}` };
}

export type Clearance =
  | { readonly is: 'given' }
  | { readonly is: 'awaited' }
  | { readonly is: 'refused'; readonly reason: string; readonly needs: string };

/** A production environment needs its owner's binding, as declared at this very commit. */
export function clearanceOf(desired: DesiredEnvironment, known: TenantClearance | null, generation: number): Clearance {
  if (desired.stage !== 'prod') return { is: 'given' };
  const binding = desired.bindings.find(({ tenant }) => tenant === desired.tenant);
  if (binding === undefined) {
    const reason = `${desired.name} is a production environment and tenant ${desired.tenant} is not bound to it.`;
    return { is: 'refused', reason, needs: `Declare a RuntimeTenantBinding for tenant ${desired.tenant} that names ${desired.name}.` };
  }
  if (known?.digest === binding.digest) return { is: 'given' };
  if (known !== null && known.digest === null && known.generation >= generation) {
    return { is: 'refused', reason: known.reason ?? 'The binding of its tenant was refused.', needs: known.needs ?? 'Correct the binding.' };
  }
  return { is: 'awaited' };
}
