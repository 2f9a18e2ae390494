import type { DeploymentReport } from '../../gitops/ports.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Repositories } from './repositories.ts';
import type { WriteMemo } from './write-memo.ts';

type WriteDeployment = (tenant: TenantId, report: DeploymentReport, signal: AbortSignal) => Promise<string>;

/** One GitHub Deployment per environment and commit, and a status for each change of its state. */
export function deploymentWriter(repositories: Repositories, memo: WriteMemo): WriteDeployment {
  return async (tenant, report, signal) => {
    const key = `deployment:${report.environment}:${report.commit}`;
    const hash = digestOf(report);
    const { htmlUrl } = await repositories.names(tenant);
    const url = `${htmlUrl}/deployments/activity_log?environment=${encodeURIComponent(report.environment)}`;
    const known = await memo.get(tenant, key);
    if (known?.hash === hash) return url;
    const id = known?.id ?? (await find(repositories, tenant, report)) ?? (await create(repositories, tenant, report, signal));
    if (known !== null || !(await isSaid(repositories, tenant, id, report))) await say(repositories, tenant, id, report, signal);
    await memo.set(tenant, key, { hash, id, url, appended: null });
    return url;
  };
}

async function find(repositories: Repositories, tenant: TenantId, { commit, environment }: DeploymentReport): Promise<number | null> {
  const { data } = await repositories.call(tenant, 'listing deployments', (client, at) => client.rest.repos.listDeployments({ ...at, sha: commit, environment, task: 'deploy', per_page: 1 }));
  return data[0]?.id ?? null;
}

async function create(repositories: Repositories, tenant: TenantId, { commit, environment }: DeploymentReport, signal: AbortSignal): Promise<number> {
  const { data } = await repositories.call(tenant, 'creating a deployment', (client, at) =>
    client.rest.repos.createDeployment({
      ...at,
      ref: commit,
      environment,
      task: 'deploy',
      // The merge is the decision: GitHub must neither merge anything else nor wait for checks that report this very deployment.
      auto_merge: false,
      required_contexts: [],
      description: 'Deployed by Trueup',
      request: { signal },
    }),
  );
  if (!('id' in data)) throw new TypeError('GitHub merged instead of creating a deployment');
  return data.id;
}

/** Whether the newest status says the same already: asked only when nobody remembers. */
async function isSaid(repositories: Repositories, tenant: TenantId, id: number, report: DeploymentReport): Promise<boolean> {
  const { data } = await repositories.call(tenant, 'listing deployment statuses', (client, at) => client.rest.repos.listDeploymentStatuses({ ...at, deployment_id: id, per_page: 1 }));
  const [newest] = data;
  return newest?.state === report.state && newest.description === report.description;
}

async function say(repositories: Repositories, tenant: TenantId, id: number, report: DeploymentReport, signal: AbortSignal): Promise<void> {
  const { state, description, environmentUrl, logUrl, environment } = report;
  await repositories.call(tenant, 'writing a deployment status', (client, at) =>
    client.rest.repos.createDeploymentStatus({
      ...at,
      deployment_id: id,
      state,
      description,
      environment,
      ...(environmentUrl !== null && { environment_url: environmentUrl }),
      ...(logUrl !== null && { log_url: logUrl }),
      request: { signal },
    }),
  );
}
