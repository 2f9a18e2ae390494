import { CronExpressionParser } from 'cron-parser';
import type { DesiredFreeze } from './desired-state.ts';

export interface FrozenUntil {
  /** Milliseconds since the epoch: the first moment that no window covers. */
  readonly until: number;
  /** Of the window that holds longest. */
  readonly reason: string | null;
}

/** Windows that follow each other without a gap count as one, as far as this many. */
const joinedAtMost = 60;

/**
 * Null outside of every window. A window begins with each occurrence of its cron, read in its time zone, and lasts its duration in
 * hours that pass: a day of 23 or 25 hours makes it neither shorter nor longer.
 */
export function frozenAt(freezes: readonly DesiredFreeze[], now: number): FrozenUntil | null {
  let frozen: FrozenUntil | null = null;
  for (let joined = 0; joined < joinedAtMost; joined += 1) {
    const further = latestEnd(freezes, frozen?.until ?? now);
    if (further === null) return frozen;
    frozen = further;
  }
  return frozen;
}

/** Of the windows that cover the moment. */
function latestEnd(freezes: readonly DesiredFreeze[], at: number): FrozenUntil | null {
  const ends = freezes.map(({ cron, timezone, durationMs, reason }) => ({ until: lastOccurrence(cron, timezone, at) + durationMs, reason }));
  return ends.filter(({ until }) => until > at).toSorted((a, b) => b.until - a.until)[0] ?? null;
}

/**
 * At that moment or before it. A local time that a change of the clocks skips is not seen from behind, only from before, where it falls into
 * the hour after; one that comes twice begins twice. So a night with a change is held rather too long than too short.
 * @throws when the cron cannot be read: the language lets none of those in.
 */
function lastOccurrence(cron: string, timezone: string, at: number): number {
  const from = (date: number) => CronExpressionParser.parse(cron, { currentDate: new Date(date), tz: timezone });
  const last = from(at + 1).prev().getTime();
  const next = from(last).next().getTime();
  return next <= at ? next : last;
}
