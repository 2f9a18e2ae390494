import { isObject } from '../../../kernel/comparison/canonical.ts';
import { tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames } from '../../../kernel/desired-state.ts';
import { revisionMadeBy } from './app-view.ts';
import type { AppliedApp } from './applied-app.ts';
import { servingEntry, type Serving } from './ledger.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { newRollout, type Previous, type Release, type ServiceRollout } from './service-rollout.ts';
import { inTheirWords, type Wish } from './taken-back.ts';
import { allTo } from './traffic.ts';

export interface BackFacts {
  readonly app: ObservedApp;
  readonly known: AppliedApp;
  readonly serving: Serving;
  /** The entry that it goes back to; its release is null when its body is known to nobody any more. */
  readonly target: LedgerEntry;
  /** How the deployment that brought it tells of it. */
  readonly brought: Pick<ServiceRollout, 'tenant' | 'url' | 'strategy' | 'independent'>;
}

/** A service at the begin of its way back from what serves to an earlier release. */
export function backRollout({ app, known, serving, target, brought }: BackFacts, wish: Wish): ServiceRollout {
  const entry = servingEntry(known, serving);
  const taken = takenFrom(known, serving, entry);
  const isKnown = serving.digest !== null || entry !== null;
  const { tenant, url, strategy, independent } = brought;
  return {
    ...newRollout(app.id.name),
    tenant,
    url,
    strategy,
    independent,
    image: entry?.image ?? (taken === null ? '' : imageOf(taken)),
    configuration: entry?.configuration ?? null,
    secrets: entry?.secrets ?? [],
    revision: serving.revision,
    digest: isKnown ? (taken?.digest ?? null) : null,
    previous: previousFrom(target, app),
    step: 'reviving',
    detail: `Back to ${target.image}, of commit ${target.commit.slice(0, 7)}`,
    touched: true,
    // Only what has a name can be refused by it.
    failed: isKnown,
    taken,
    weight: 100,
    failure: { weight: 100, reason: inTheirWords(wish), gates: [] },
  };
}

/**
 * What the app was applied as last: the base of the write that goes back. Under the name of what serves, so that this is what is refused
 * from then on; under none where nobody knows what serves.
 */
function takenFrom(known: AppliedApp, serving: Serving, entry: LedgerEntry | null): Release | null {
  const { applied } = known;
  if (applied === null || serving.digest !== null) return applied;
  if (entry === null) return { ...applied, digest: '', trace: '' };
  return { ...(entry.release ?? applied), digest: entry.digest, commit: entry.commit, body: applied.body };
}

function previousFrom({ revision, release }: LedgerEntry, app: ObservedApp): Previous {
  return { revision, traffic: hasTraffic(release, app) ? [...allTo(revision, app)] : null, release };
}

/** As it will be then: the way back takes the app's settings back too. */
function hasTraffic(release: Release | null, app: ObservedApp): boolean {
  return release === null ? app.traffic.length > 0 : isObject(release.body.properties.configuration['ingress']);
}

function imageOf({ body }: Release): string {
  const { containers } = body.properties.template;
  const first: unknown = Array.isArray(containers) ? containers[0] : null;
  return isObject(first) && typeof first['image'] === 'string' ? first['image'] : '';
}

/** By what Azure shows. `revision`: the one that serves most. */
export function servingOf(app: ObservedApp, { applied }: AppliedApp, revision: string | null): Serving {
  const isApplied = applied !== null && revision === revisionMadeBy(app.id.name, applied) && tagOf(app, tagNames.digest) === applied.digest;
  return { revision, digest: isApplied ? applied.digest : null };
}
