import { reaction, type Reaction } from '../../../kernel/context.ts';
import { refreshInventory } from '../steps/inventory.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';

export function whenRefreshInventory(ports: EnvironmentInventoryPorts): Reaction {
  return reaction({
    name: 'when-refresh-inventory',
    on: 'RefreshInventory',
    latestWins: ({ payload }) => payload.environment,
    handle: ({ tenantId, payload }, { signal }) => refreshInventory(ports, { tenantId, environment: payload.environment, only: null, signal }),
  });
}
