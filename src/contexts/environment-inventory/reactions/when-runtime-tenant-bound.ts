import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';
import { recordClearance } from '../steps/record-clearance.ts';

export function whenRuntimeTenantBound({ store }: EnvironmentInventoryPorts): Reaction {
  return reaction({
    name: 'when-runtime-tenant-bound',
    on: 'RuntimeTenantBound',
    handle: ({ tenantId, payload }) => {
      const { environment, tenant, generation, digest } = payload;
      return recordClearance(store, tenantId, { environment, tenant, generation, digest, reason: null, needs: null });
    },
  });
}
