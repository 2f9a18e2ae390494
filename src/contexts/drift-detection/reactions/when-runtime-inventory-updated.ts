import { reaction, type Reaction } from '../../../kernel/context.ts';
import { done, saveIfChanged } from '../../../kernel/outcome.ts';
import { driftFindings, findingsKey } from '../domain/runtime-drift-finding.ts';
import type { DriftDetectionPorts } from '../ports.ts';

/** Whose replicas are worth counting: the next scan asks. */
export function whenRuntimeInventoryUpdated({ store }: Pick<DriftDetectionPorts, 'store'>): Reaction {
  return reaction({
    name: 'when-runtime-inventory-updated',
    on: 'RuntimeInventoryUpdated',
    handle: async ({ tenantId, payload: { environment, services } }) => {
      const key = findingsKey(tenantId, environment);
      const stored = await store.load(key, driftFindings);
      if (stored === null) return done();
      const inventory = Object.fromEntries(services.map(({ service, replicas }) => [service, replicas]));
      return done(saveIfChanged(key, stored, { ...stored.value, inventory }));
    },
  });
}
