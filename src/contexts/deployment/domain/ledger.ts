import type { AppliedApp } from './applied-app.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { Release } from './service-rollout.ts';

const kept = 10;
const keptWithBody = 5;

/** A release has passed its last stage: from here on it is what a rollback goes back to. */
export function withGood(known: AppliedApp, passed: LedgerEntry): AppliedApp {
  const ledger = shortened([...known.ledger.filter(({ digest }) => digest !== passed.digest), passed]);
  return { ...known, ledger, good: passed.release ?? known.good };
}

/** It is not known good any more: what was good before it is. */
export function withoutGood(known: AppliedApp, digest: string): AppliedApp {
  if (!known.ledger.some((one) => one.digest === digest)) return known;
  const ledger = known.ledger.filter((one) => one.digest !== digest);
  return { ...known, ledger, good: ledger.at(-1)?.release ?? null };
}

/** What serves again is the newest known-good release, wherever in the ledger it stood. Null: only the traffic went back. */
export function withWayBack(known: AppliedApp, release: Release | null): AppliedApp {
  if (release === null) return known;
  const entry = known.ledger.find(({ digest }) => digest === release.digest);
  const back = { ...known, applied: release, good: release };
  return entry === undefined ? back : withGood(back, { ...entry, release });
}

function shortened(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.slice(-kept).map((one, index, { length }) => (index >= length - keptWithBody ? one : { ...one, release: null }));
}

/** What serves. `digest` is null when it is not what was applied last: weights were set by hand, or a revision was made by hand. */
export interface Serving {
  readonly revision: string | null;
  readonly digest: string | null;
}

/** The entry of what serves; null when that is not known good. One template may have served with several settings of the app. */
export function servingEntry({ ledger }: Pick<AppliedApp, 'ledger'>, { revision, digest }: Serving): LedgerEntry | null {
  return ledger.findLast((one) => (digest === null ? one.revision === revision : one.digest === digest)) ?? null;
}

/** What a rollback goes back to: the newest known-good release before the one that serves. Null when there is none. */
export function goodBefore(known: Pick<AppliedApp, 'ledger'>, serving: Serving): LedgerEntry | null {
  const entry = servingEntry(known, serving);
  const before = entry === null ? known.ledger : known.ledger.slice(0, known.ledger.indexOf(entry));
  return before.at(-1) ?? null;
}
