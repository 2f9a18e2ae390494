import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadRecord, type Loaded } from './load-record.ts';

const commentWritten = z.strictObject({
  /** Hash of the body. */
  hash: z.string(),
  /** ISO-8601: when it was written. */
  at: z.iso.datetime(),
});

/** The comment of a pull request as it was written last: who answers it at once is a program. */
export type CommentWritten = z.infer<typeof commentWritten>;

export function loadCommentWritten(store: Store, tenant: TenantId, number: number): Promise<Loaded<CommentWritten>> {
  return loadRecord(store, { tenantId: repositoryTenantId(tenant), type: 'CommentWritten', id: String(number) }, commentWritten);
}
