import type { DriftStanding } from '../../src/kernel/drift-standing.ts';
import type { DriftFinding, ResolvedFinding } from '../../src/kernel/messages/drift-detection.ts';

/** A finding that was seen twice and that nobody has done anything about. */
export function driftFinding(overrides: Partial<DriftFinding> = {}): DriftFinding {
  return {
    id: 'f1',
    class: 'changed',
    severity: 'high',
    service: 'checkout',
    path: 'properties.template.containers[checkout].image',
    desired: 'contoso.azurecr.io/checkout:1.5.0',
    live: 'contoso.azurecr.io/checkout:9.9.9',
    summary: 'Another image runs than Git declares',
    firstSeenAt: '2026-11-24T04:55:00.000Z',
    observations: 2,
    mode: 'propose',
    changed: null,
    acknowledged: null,
    oscillations: 0,
    ...overrides,
  };
}

/** The same, put right by a deployment. */
export function resolvedFinding(overrides: Partial<ResolvedFinding> = {}): ResolvedFinding {
  const { id, service, path, summary, firstSeenAt } = driftFinding();
  return { id, service, path, summary, firstSeenAt, resolvedAt: '2026-11-24T05:30:00.000Z', how: 'remediated', ...overrides };
}

/** An environment that was just scanned. */
export function driftStanding(open: readonly DriftFinding[], overrides: Partial<DriftStanding> = {}): DriftStanding {
  return { open, scannedAt: '2026-11-24T00:00:00.000Z', watchedSince: '2026-11-20T00:00:00.000Z', suppressed: false, deploying: [], ...overrides };
}
