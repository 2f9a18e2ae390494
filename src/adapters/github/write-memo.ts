import { z } from 'zod';
import type { TenantId } from '../../kernel/ids.ts';

export const writtenSchema = z.strictObject({
  /** Hash of what was written. */
  hash: z.string(),
  /** GitHub's id of it. */
  id: z.number(),
  url: z.string(),
  /** Hash of a part that GitHub adds to and never replaces; null for none. */
  appended: z.string().nullable(),
});

/** What was written to GitHub last, and where. */
export type Written = z.infer<typeof writtenSchema>;

/** Remembers writes, so that the same content makes no call. Losing it costs a read each. */
export interface WriteMemo {
  get(tenant: TenantId, key: string): Promise<Written | null>;
  set(tenant: TenantId, key: string, written: Written): Promise<void>;
}
