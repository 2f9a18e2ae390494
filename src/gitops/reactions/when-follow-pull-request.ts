import { reaction, type Reaction } from '../../kernel/context.ts';
import { repositoryTenantId } from '../../kernel/ids.ts';
import { done } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { look } from '../proposals/asked-after-drift.ts';
import { loadPullRequestReport } from '../records/pull-request-report.ts';

/** Who writes the pull request that answers drift sees what people made of it. */
export function whenFollowPullRequest({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'FollowPullRequest',
    name: 'when-follow-pull-request',
    latestWins: ({ payload }) => `follow/${payload.number}`,
    async handle({ tenantId, payload }) {
      const tenant = repositoryTenantId(tenantId);
      const { value } = await loadPullRequestReport(store, tenant, payload.number);
      const drift = value?.drift ?? null;
      return drift === null ? done() : done([], [look(tenant, drift.environment, drift.service)]);
    },
  });
}
