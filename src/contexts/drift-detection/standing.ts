import type { DriftReader, DriftStanding } from '../../kernel/drift-standing.ts';
import { deployingAt } from './domain/deployments.ts';
import { driftFindings, findingsKey } from './domain/runtime-drift-finding.ts';
import type { DriftDetectionPorts } from './ports.ts';

/** How an environment's drift stands, from the store alone: Azure is not asked. */
export function readDrift({ store, clock }: Pick<DriftDetectionPorts, 'store' | 'clock'>): DriftReader {
  return async (tenantId, environment): Promise<DriftStanding | null> => {
    const stored = await store.load(findingsKey(tenantId, environment), driftFindings);
    if (stored === null) return null;
    const { open, scannedAt, watchedSince } = stored.value;
    const now = clock.now();
    const deploying = deployingAt(stored.value, now);
    // A stored record without it gets it with its next scan.
    return { open, scannedAt, watchedSince: watchedSince ?? scannedAt ?? new Date(now).toISOString(), suppressed: deploying === null, deploying: deploying ?? [] };
  };
}
