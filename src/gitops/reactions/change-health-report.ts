import { emit, type EmittedMessage, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { Store } from '../../kernel/ports.ts';
import { remediationsAfter } from '../proposals/asked-after-drift.ts';
import { emptyHealthReport, loadHealthReport, withDrift, type HealthReport } from '../records/health-report.ts';
import { healthContent } from '../report/health-text.ts';

/**
 * Notes what was measured or found and asks for the check when it would say something else. It is noted also when it is what was found
 * before: an older message that comes late is known by that. `change` answers null when the event is older than what is known;
 * `also` is what else follows from it.
 */
export async function changeHealthReport(
  store: Store,
  { tenantId }: Envelope,
  environment: string,
  change: (report: HealthReport) => HealthReport | null,
  also: (known: HealthReport) => readonly EmittedMessage[] = () => [],
): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const loaded = await loadHealthReport(store, tenant, environment);
  const known = loaded.value ?? emptyHealthReport(environment);
  const changed = change(known);
  if (changed === null) return done();
  const content = healthContent(changed);
  const isNews = content !== healthContent(known) || changed.health?.generation !== known.health?.generation;
  if (loaded.value === null && !isNews) return done();
  // What is not written yet was asked for before: whatever kept it from being written may be over.
  const isWritten = known.written?.content === content;
  return done([loaded.save(changed)], [...(isNews || !isWritten ? [emit('ReportHealth', tenant, { environment })] : []), ...also(known)]);
}

/** Notes what is open, and asks after the pull requests of services of which something else is known. */
export function noteDrift(
  store: Store,
  envelope: Envelope<'RuntimeDriftDetected'> | Envelope<'RuntimeDriftUpdated'> | Envelope<'RuntimeDriftResolved'>,
  gone: readonly string[] = [],
): Promise<Outcome> {
  const { tenantId, occurredAt, payload: { environment, open } } = envelope;
  return changeHealthReport(store, envelope, environment, (report) => withDrift(report, open, occurredAt), (known) => remediationsAfter(tenantId, environment, { before: known.drift, after: open, gone }));
}
