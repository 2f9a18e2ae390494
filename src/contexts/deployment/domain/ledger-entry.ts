import { z } from 'zod';
import { release } from './service-rollout.ts';

const ledgerEntry = z.strictObject({
  image: z.string(),
  digest: z.string(),
  commit: z.string(),
  revision: z.string(),
  configuration: z.strictObject({ name: z.string(), version: z.string() }).nullable(),
  secrets: z.array(z.strictObject({ binding: z.string(), version: z.string().nullable() })),
  /** One sentence: what it was judged by. */
  verdict: z.string(),
  /** ISO-8601. */
  at: z.string(),
  /** Null of an older one: Git has its body at the commit. */
  release: release.nullable(),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** Known-good releases of a service, newest last, each digest once. */
export const ledger = z.array(ledgerEntry);
