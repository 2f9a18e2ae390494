import { reaction, type Reaction } from '../../kernel/context.ts';
import { repositoryTenantId } from '../../kernel/ids.ts';
import { done, wait } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { askedOnceMore, loadAskedOften, putOff, putOffMs } from '../records/asked-often.ts';

/** What else the person's request leads to, a plan or a sync, writes over it where the result is another one. */
export function whenConfirmChecks({ reports, store, clock }: Pick<GitopsNeeds, 'reports' | 'store' | 'clock'>): Reaction {
  return reaction({
    on: 'ConfirmChecks',
    name: 'when-confirm-checks',
    latestWins: ({ payload }) => `confirm/${payload.commit}`,
    // Two that complete the same checks would take turns with whoever writes them anew.
    writes: ({ payload }) => `confirm/${payload.commit}`,
    async handle({ tenantId, payload: { commit } }, { signal, write }) {
      const tenant = repositoryTenantId(tenantId);
      const asked = await loadAskedOften(store, tenant, 'checks');
      const known = asked.value ?? {};
      const laterMs = putOffMs(known, commit, clock.now());
      if (laterMs > 0) return wait(laterMs, putOff);
      await write({ commit, policy: 'checks run again' }, () => reports.confirmChecks(tenant, commit, signal));
      return done([asked.save(askedOnceMore(known, commit, clock.now()))]);
    },
  });
}
