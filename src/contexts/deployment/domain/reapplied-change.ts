import { tagNames, type DesiredService } from '../../../kernel/desired-state.ts';
import type { Change } from '../../../kernel/plan.ts';
import { digestBesideReapply } from '../../../kernel/reapplied.ts';

/** The same change, with why it is one where the pull request only asks to apply a service again. `before`: what the base declares. */
export function reappliedChange(change: Change, before: DesiredService | undefined, after: DesiredService): Change {
  const isOnlyAsked = before !== undefined && before.reapply !== after.reapply && digestBesideReapply(before) === digestBesideReapply(after);
  if (!isOnlyAsked || change.action === 'create') return change;
  const others = change.differences.filter(({ path }) => path !== `tags.${tagNames.reapply}`);
  return { ...change, summary: `applied again, because its annotation asks for it: ${others.length === 0 ? 'nothing else differs' : change.summary}` };
}
