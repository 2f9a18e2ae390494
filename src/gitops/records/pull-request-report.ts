import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { commit, name } from '../../kernel/messages/shapes.ts';
import type { Save } from '../../kernel/outcome.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadRecord, savedIfOther, type Loaded } from './load-record.ts';

/** Not strict: a record may have fields of an earlier version. */
const pullRequestReport = z.object({
  head: commit.nullable(),
  /** Environments that were planned, by name: the digest of what the base declared in each, or null for none. */
  against: z.record(z.string(), z.string().nullable()),
  /** The rendered plan; details are dropped after the merge, when the check keeps them. */
  plan: z
    .strictObject({
      title: z.string(),
      summary: z.string(),
      details: z.string(),
      /** Hash of what was found, without the base's commit and the trace: the two stay while it is the same. */
      content: z.string(),
      base: commit,
      trace: z.string(),
    })
    .nullable(),
  /** Commit by environment: where what was merged went. */
  deployments: z.record(z.string(), commit),
  /** Whose drift it answers; `closed`: after its merge the drift is gone, with when each happened. */
  drift: z
    .strictObject({
      environment: name,
      service: name,
      closed: z.strictObject({ at: z.iso.datetime(), mergedAt: z.iso.datetime(), since: z.iso.datetime().nullable() }).nullable(),
    })
    .nullable()
    .default(null),
});

/** All that the one sticky comment of a pull request says, apart from how its deployments stand. */
export type PullRequestReport = z.infer<typeof pullRequestReport>;

export const emptyPullRequestReport: PullRequestReport = { head: null, against: {}, plan: null, deployments: {}, drift: null };

export function loadPullRequestReport(store: Store, tenant: TenantId, number: number): Promise<Loaded<PullRequestReport>> {
  return loadRecord(store, { tenantId: repositoryTenantId(tenant), type: 'PullRequestReport', id: String(number) }, pullRequestReport);
}

/** The write that notes whose drift it answers; none when that is known already. */
export async function linkDrift(store: Store, tenant: TenantId, number: number, drift: NonNullable<PullRequestReport['drift']>): Promise<readonly Save[]> {
  const loaded = await loadPullRequestReport(store, tenant, number);
  const report = loaded.value ?? emptyPullRequestReport;
  return savedIfOther(loaded, { ...report, drift });
}

/** The write that notes where what was merged goes; none when that is known already. */
export async function linkDeployments(store: Store, tenant: TenantId, number: number, environments: readonly string[], at: string): Promise<readonly Save[]> {
  const loaded = await loadPullRequestReport(store, tenant, number);
  const report = loaded.value ?? emptyPullRequestReport;
  if (environments.every((environment) => report.deployments[environment] === at)) return [];
  const deployments = { ...report.deployments, ...Object.fromEntries(environments.map((environment) => [environment, at])) };
  return [loaded.save({ ...report, deployments, plan: report.plan && { ...report.plan, details: '' } })];
}
