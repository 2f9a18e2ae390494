import { reaction, type Reaction } from '../../../kernel/context.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { emit, type EmittedMessage } from '../../../kernel/envelope.ts';
import { OutOfBounds } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { done } from '../../../kernel/outcome.ts';
import { isDeploying } from '../domain/deployments.ts';
import { driftFindings, findingsKey } from '../domain/runtime-drift-finding.ts';
import { scanned, type Scanned } from '../domain/scanned.ts';
import type { DriftDetectionPorts } from '../ports.ts';
import { scan } from '../steps/scan.ts';

export function whenScanDrift(ports: DriftDetectionPorts): Reaction {
  return reaction({
    name: 'when-scan-drift',
    on: 'ScanDrift',
    latestWins: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    handle: async ({ tenantId, payload: { environment: name } }, { signal }) => {
      const key = findingsKey(tenantId, name);
      const stored = await ports.store.load(key, driftFindings);
      if (stored === null || isDeploying(stored.value, ports.clock.now())) return done();
      const { value: before, version: expectedVersion } = stored;
      const current = await ports.desired.current(tenantId, name).catch(nothingWhenOutOfBounds);
      if (current === null) return done();
      const { environment } = current;
      if (environment === null) {
        const gone = { findings: { ...before, open: [] }, opened: [], resolved: before.open.map(({ id }) => id) };
        return done([{ key, expectedVersion, value: null }], news(tenantId, name, null, gone));
      }
      const seen = await scan({ ports, tenantId, environment, before, signal });
      const after = scanned(before, { ...seen, now: ports.clock.now() });
      const isSame = digestOf(after.findings) === digestOf(before);
      return done(isSame ? [] : [{ key, expectedVersion, value: after.findings }], news(tenantId, name, environment.project, after));
    },
  });
}

/** Whoever takes the grant away knows it; the plan and the next deployment say it to everybody else. */
function nothingWhenOutOfBounds(error: unknown): null {
  if (error instanceof OutOfBounds) return null;
  throw error;
}

/** Said only when the set has changed. */
function news(tenantId: TenantId, environment: string, project: string | null, { findings, opened, resolved }: Scanned): readonly EmittedMessage[] {
  const { open } = findings;
  const about = { projectId: project ?? undefined };
  return [
    ...(resolved.length > 0 ? [emit('RuntimeDriftResolved', tenantId, { environment, open, resolved: [...resolved] }, about)] : []),
    ...(opened.length > 0 ? [emit('RuntimeDriftDetected', tenantId, { environment, open, opened: [...opened] }, about)] : []),
  ];
}
