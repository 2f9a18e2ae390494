import type { IgnoredPath } from '../desired-state.ts';
import type { FieldDifference } from '../plan.ts';
import { differencesOf } from './differences.ts';
import { honouredBody } from './honoured-body.ts';

/** Bodies of one container app in ARM's wire shape: what was applied last (null when nobody knows), what Git declares, what runs (null: nothing). */
export interface ThreeBodies {
  readonly lastApplied: object | null;
  readonly desired: object;
  readonly live: object | null;
  /** Places that Git leaves to somebody else: live is right there, whatever it says. */
  readonly ignores?: readonly IgnoredPath[];
}

/**
 * Where live is not as declared. A live value that nobody declared is a difference, too: everywhere that a write may set one, unless it is
 * what absent means, or a rule leaves it to others. The same rules decide what `mergePatch` sends, so that applying it leaves no
 * difference. Live values that Git does not know are shown as fingerprints where they might be secret.
 */
export function compareThreeWay({ lastApplied, desired, live, ignores = [] }: ThreeBodies): FieldDifference[] {
  return differencesOf({ lastApplied: lastApplied ?? {}, desired: honouredBody(desired, live, ignores), live: live ?? {} });
}
