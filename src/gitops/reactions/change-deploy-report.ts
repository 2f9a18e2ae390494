import { emit, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import type { DeploymentProgress } from '../../kernel/messages/deployment.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadDeployReport, startedReport, withPrepared, withProgress, withRefusal, type Attempt, type DeployReport, type Refusal } from '../records/deploy-report.ts';
import { loadRepositorySync } from '../records/repository-sync.ts';

/** An event that says something of an attempt. */
interface Said<Payload extends Attempt> extends Pick<Envelope, 'tenantId' | 'traceId'> {
  readonly payload: Payload;
}

export function noteProgress(store: Store, event: Said<DeploymentProgress>): Promise<Outcome> {
  return change(store, event, (report) => withProgress(report, event.payload));
}

export function noteRefusal(store: Store, event: Said<Attempt & Pick<Refusal, 'reason' | 'needs'>>, about: Pick<Refusal, 'what' | 'blocks'>): Promise<Outcome> {
  const { reason, needs } = event.payload;
  return change(store, event, (report) => withRefusal(report, { ...about, reason, needs }));
}

/** Only adds to a deployment that is shown already: by itself it starts no report. */
export function notePrepared(store: Store, event: Said<Attempt>, subject: string, sentence: string): Promise<Outcome> {
  return change(store, event, (report, isShown) => (isShown ? withPrepared(report, subject, sentence) : null));
}

/** Changes the record and asks for the report. `changed` answers null when the event adds nothing. */
async function change(store: Store, { tenantId, traceId, payload }: Said<Attempt>, changed: (report: DeployReport, isShown: boolean) => DeployReport | null): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const { environment, commit, generation } = payload;
  const loaded = await loadDeployReport(store, tenant, payload);
  const known = loaded.value;
  if (known === null && (await isForgotten(store, tenant, payload))) return done();
  if (known !== null && generation < known.generation) return done();
  const report = known?.generation === generation ? known : startedReport(known, payload, traceId);
  const next = changed(report, known !== null);
  return next === null ? done() : done([loaded.save(next)], [emit('ReportDeployment', tenant, { environment, commit })]);
}

/** Its report would begin anew at what this late message says, and take the place of the end that people were shown. */
async function isForgotten(store: Store, tenant: TenantId, { environment, generation }: Attempt): Promise<boolean> {
  const sync = await loadRepositorySync(store, tenant);
  return generation <= (sync.value?.environments[environment]?.forgottenTo ?? 0);
}
