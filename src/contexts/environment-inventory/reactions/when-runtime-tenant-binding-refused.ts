import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';
import { recordClearance } from '../steps/record-clearance.ts';

export function whenRuntimeTenantBindingRefused({ store }: EnvironmentInventoryPorts): Reaction {
  return reaction({
    name: 'when-runtime-tenant-binding-refused',
    on: 'RuntimeTenantBindingRefused',
    handle: ({ tenantId, payload }) => {
      const { environment, tenant, generation, reason, needs } = payload;
      return recordClearance(store, tenantId, { environment, tenant, generation, digest: null, reason, needs });
    },
  });
}
