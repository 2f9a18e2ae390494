import { reaction, type Reaction } from '../../../kernel/context.ts';
import { done, saveIfChanged } from '../../../kernel/outcome.ts';
import { withAcknowledgement } from '../domain/acknowledgement.ts';
import { newsOf } from '../domain/news.ts';
import { driftFindings, findingsKey } from '../domain/runtime-drift-finding.ts';
import type { DriftDetectionPorts } from '../ports.ts';

/** What was resolved meanwhile needs no acknowledgement. */
export function whenAcknowledgeDrift({ store, clock }: Pick<DriftDetectionPorts, 'store' | 'clock'>): Reaction {
  return reaction({
    name: 'when-acknowledge-drift',
    on: 'AcknowledgeDrift',
    handle: async ({ tenantId, projectId, payload }) => {
      const key = findingsKey(tenantId, payload.environment);
      const stored = await store.load(key, driftFindings);
      if (stored === null) return done();
      const after = withAcknowledgement(stored.value, payload, clock.now());
      if (after === stored.value) return done();
      return done(saveIfChanged(key, stored, after), newsOf(tenantId, payload.environment, projectId ?? null, { before: stored.value, after, opened: [], resolved: [] }));
    },
  });
}
