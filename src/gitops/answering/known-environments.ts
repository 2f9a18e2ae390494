import type { TenantId } from '../../kernel/ids.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadPullRequestReport } from '../records/pull-request-report.ts';
import { loadRepositorySync } from '../records/repository-sync.ts';
import type { PullRequest } from '../ports.ts';
import type { Known } from './targets.ts';

/** What the default branch declares, as it was synced last: an environment that is wrong at its head can be stopped all the same. */
export async function knownTo(store: Store, tenant: TenantId, pull: PullRequest): Promise<Known> {
  const [{ value: sync }, { value: report }] = await Promise.all([loadRepositorySync(store, tenant), loadPullRequestReport(store, tenant, pull.number)]);
  const environments = Object.entries(sync?.environments ?? {}).map(([name, { tenant: owner, commit, services }]) => ({ name, tenant: owner, commit, services: Object.keys(services) }));
  const deployed = Object.keys(report?.deployments ?? {});
  const drift = report?.drift ?? null;
  return { environments, merged: pull.merged ? environments.filter(({ name }) => deployed.includes(name)) : null, answers: drift && { environment: drift.environment, service: drift.service } };
}
