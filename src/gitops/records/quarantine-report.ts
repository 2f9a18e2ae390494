import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { gitopsMessages } from '../../kernel/messages/gitops.ts';
import { commit } from '../../kernel/messages/shapes.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadRecord, type Loaded } from './load-record.ts';

const held = gitopsMessages.ReportQuarantine.schema
  .pick({ key: true, context: true, reaction: true, message: true, environment: true, number: true, job: true, crashes: true, since: true })
  .extend({ /** Where its check is. */ commit });

const quarantineReport = z.strictObject({ held: z.array(held) });

/** One piece of work that is not done any more, because it ended its process again and again. */
export type HeldWork = z.infer<typeof held>;

/** What is held back of a repository. */
export type QuarantineReport = z.infer<typeof quarantineReport>;

export function loadQuarantineReport(store: Store, tenant: TenantId): Promise<Loaded<QuarantineReport>> {
  return loadRecord(store, { tenantId: repositoryTenantId(tenant), type: 'QuarantineReport', id: 'quarantine' }, quarantineReport);
}
