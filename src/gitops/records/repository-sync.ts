import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { commit, generation, name } from '../../kernel/messages/shapes.ts';
import type { AggregateKey, Store } from '../../kernel/ports.ts';
import { loadRecord, type Loaded } from './load-record.ts';

const digests = z.record(z.string(), z.string());

const syncedEnvironment = z.strictObject({
  /** Slug of the tenant that owns it. */
  tenant: name,
  /** The last commit at which the environment compiled: what is wrong since then does not replace it. */
  commit,
  digest: z.string(),
  /** By name; a document that is declared wrongly keeps the digest it had. */
  bindings: digests,
  configurations: digests,
  secrets: z.record(z.string(), z.strictObject({ digest: z.string(), version: z.string().nullable(), rest: z.string() })),
  services: digests,
  /** Of each service, the digest that it would have without the annotation that has it applied again. */
  besideReapply: digests.default({}),
  scaling: digests,
  /** Services that a policy scales. */
  scaled: z.array(z.string()).default([]),
  /** Commits of the last deployments that were asked for, the newest first: those whose reports are kept. */
  deployed: z.array(commit),
  /** The newest generation whose report was forgotten: what is still said of it and of older ones comes late, and its end was shown. */
  forgottenTo: z.number().int().nonnegative().default(0),
});

const repositorySync = z.strictObject({
  commit,
  generation,
  /** Digest of the policy that chose the files. */
  policy: z.string(),
  environments: z.record(z.string(), syncedEnvironment),
});

/** What of the default branch was turned into commands last. */
export type RepositorySync = z.infer<typeof repositorySync>;
export type SyncedEnvironment = z.infer<typeof syncedEnvironment>;

export const repositorySyncType = 'RepositorySync';

export function loadRepositorySync(store: Store, tenant: TenantId): Promise<Loaded<RepositorySync>> {
  const key: AggregateKey = { tenantId: repositoryTenantId(tenant), type: repositorySyncType, id: 'default-branch' };
  return loadRecord(store, key, repositorySync);
}
