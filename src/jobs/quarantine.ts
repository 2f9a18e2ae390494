import { z } from 'zod';
import type { CommitLog, CrashLog } from '../kernel/delivery-ports.ts';
import { causedBy, emit, scheduledOrigin, seal, type Envelope } from '../kernel/envelope.ts';
import { isTenantId, tenantScope } from '../kernel/ids.ts';
import { gitopsMessages } from '../kernel/messages/gitops.ts';
import type { PayloadOf } from '../kernel/messages/catalogue.ts';
import type { Clock, Ids } from '../kernel/ports.ts';
import type { DeliveryOf } from './deliver.ts';

type Report = PayloadOf<'ReportQuarantine'>;

/** Says to gitops what is held back, and that it is not any more. */
export interface QuarantineReports {
  quarantined(of: DeliveryOf, run: { readonly key: string; readonly job: string; readonly crashes: number; readonly since: number }): Promise<void>;
  /** `kept` as the log of crashes gave it back. */
  lifted(cause: Envelope | null, kept: readonly string[]): Promise<void>;
}

interface ReportsOptions {
  readonly commits: CommitLog;
  readonly crashes: CrashLog;
  readonly clock: Clock;
  readonly ids: Ids;
}

const kept = z.strictObject({ tenantId: z.string().refine(isTenantId), report: gitopsMessages.ReportQuarantine.schema });

export function quarantineReports({ commits, crashes, clock, ids }: ReportsOptions): QuarantineReports {
  async function send(cause: Envelope | null, tenantId: Envelope['tenantId'], report: Report): Promise<void> {
    // Without a repository there is no commit to write it on; and what reports must not report itself.
    if (tenantScope(tenantId).repositoryId === null || report.message === 'ReportQuarantine') return;
    const origin = cause === null ? scheduledOrigin('quarantine', ids) : causedBy(cause);
    const envelope = seal(emit('ReportQuarantine', tenantId, report), origin, ids.uuid(), clock);
    await commits.commit({ saves: [], emits: [envelope], applied: null, lease: null });
  }

  return {
    async quarantined({ envelope, subscription }, run) {
      const { tenantId, eventType, payload } = envelope;
      const report: Report = {
        key: run.key,
        state: 'quarantined',
        context: subscription.context,
        reaction: subscription.reaction.name,
        message: eventType,
        environment: ('environment' in payload ? payload.environment : null) ?? null,
        commit: ('commit' in payload ? payload.commit : null) ?? null,
        number: 'number' in payload ? payload.number : null,
        job: run.job,
        crashes: run.crashes,
        since: new Date(run.since).toISOString(),
      };
      // Told first: a process that ends in between tells it again, and the check is the same.
      await send(envelope, tenantId, report);
      await crashes.quarantine(run.key, JSON.stringify({ tenantId, report } satisfies z.input<typeof kept>));
    },
    async lifted(cause, texts) {
      for (const { tenantId, report } of texts.map(readKept)) await send(cause, tenantId, { ...report, state: 'lifted' });
    },
  };
}

/** @throws {z.ZodError} when it is not what `quarantined` keeps. */
export function readKept(text: string): z.infer<typeof kept> {
  return kept.parse(JSON.parse(text));
}
