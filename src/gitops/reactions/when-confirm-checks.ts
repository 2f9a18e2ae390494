import { reaction, type Reaction } from '../../kernel/context.ts';
import { repositoryTenantId } from '../../kernel/ids.ts';
import { done } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';

/** What else the person's request leads to, a plan or a sync, writes over it where the result is another one. */
export function whenConfirmChecks({ reports }: Pick<GitopsNeeds, 'reports'>): Reaction {
  return reaction({
    on: 'ConfirmChecks',
    name: 'when-confirm-checks',
    latestWins: ({ payload }) => `confirm/${payload.commit}`,
    async handle({ tenantId, payload }, { signal }) {
      await reports.confirmChecks(repositoryTenantId(tenantId), payload.commit, signal);
      return done();
    },
  });
}
