import type { Delivery } from '../../kernel/context.ts';
import { Rejected } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { stalled, wait, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { unreadableCheck } from '../report/push-text.ts';

/** GitHub answers 404 for a commit that it told us of a moment ago. */
const lateWaitMs = 2000;
const lateAttempts = 3;

/** The end of a message whose commit GitHub refuses to show: looked at some more times, then said on the commit. @throws any other error. */
export async function afterUnreadable(
  { reports }: Pick<GitopsNeeds, 'reports'>,
  tenant: TenantId,
  commit: string,
  error: unknown,
  { attempt, signal, write }: Delivery,
): Promise<Outcome> {
  if (!(error instanceof Rejected)) throw error;
  if (attempt < lateAttempts) return wait(lateWaitMs, 'GitHub does not show the commit yet');
  await write({ commit, policy: 'report of a commit that cannot be read' }, () => reports.check(tenant, unreadableCheck(commit, error.code), signal));
  return stalled('GitHub refuses to show the commit as a whole', 'Look at the check trueup/plan of the commit, then push again.');
}
