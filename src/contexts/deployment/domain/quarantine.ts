import { tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames } from '../../../kernel/desired-state.ts';
import type { AppliedApp } from './applied-app.ts';
import { withoutGood } from './ledger.ts';
import type { QuarantineEntry } from './quarantine-entry.ts';

const kept = 20;

/** A release was taken back. */
export function withQuarantined(known: AppliedApp, taken: QuarantineEntry): AppliedApp {
  const others = known.quarantine.filter(({ digest }) => digest !== taken.digest).map(untagged);
  return withoutGood({ ...known, quarantine: [...others, taken].slice(-kept) }, taken.digest);
}

/** Every write of a release clears the tag. What is tried although it was in quarantine was let out. */
export function withTagCleared(known: AppliedApp, applied: string): AppliedApp {
  return { ...known, quarantine: known.quarantine.filter(({ digest }) => digest !== applied).map(untagged) };
}

function untagged(entry: QuarantineEntry): QuarantineEntry {
  return { ...entry, tagged: false };
}

/** The release is refused as it is: by what is remembered, or by the tag alone where that was lost. */
export function isQuarantined({ quarantine }: Pick<AppliedApp, 'quarantine'>, app: Pick<ObservedApp, 'tags'>, digest: string): boolean {
  return tagOf(app, tagNames.rolledBack) === digest || quarantine.some((one) => one.digest === digest);
}

/** Ends of sentences about a release that is refused: since when and why, where more than the tag is left of it, and how the tag lets it out. */
export function quarantineWords({ quarantine }: Pick<AppliedApp, 'quarantine'>, app: Pick<ObservedApp, 'tags'>, digest: string): { readonly why: string; readonly byTag: string } {
  const entry = quarantine.find((one) => one.digest === digest);
  return {
    why: entry === undefined ? '' : `, at ${entry.at.slice(0, 16).replace('T', ' ')} UTC: ${entry.reason.slice(0, 500)}`,
    byTag: tagOf(app, tagNames.rolledBack) === digest ? `, or remove the tag ${tagNames.rolledBack} from the container app to try the same release again` : '',
  };
}

/**
 * Without the release that a person let out by removing the tag. Only while the app is as the way back left it: a write of which
 * nobody knows yet has cleared the tag as well.
 */
export function withLifted(known: AppliedApp, app: Pick<ObservedApp, 'tags'>): AppliedApp {
  const newest = known.quarantine.at(-1);
  if (newest === undefined || !newest.tagged || tagOf(app, tagNames.rolledBack) === newest.digest || !isAsLeft(known, app)) return known;
  return { ...known, quarantine: known.quarantine.slice(0, -1) };
}

function isAsLeft({ applied }: AppliedApp, app: Pick<ObservedApp, 'tags'>): boolean {
  const digest = tagOf(app, tagNames.digest);
  if (digest === null) return true;
  const trace = tagOf(app, tagNames.trace) ?? '';
  return applied !== null && applied.digest === digest && applied.trace === trace;
}
