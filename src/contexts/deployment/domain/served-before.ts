import { hasIngress, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import type { AppliedApp } from './applied-app.ts';
import { revisionMadeBy, revisionName } from './app-view.ts';
import type { Previous } from './service-rollout.ts';
import { mainRevision, servedBy, servedWithout } from './traffic.ts';

interface BeforeFacts {
  readonly service: DesiredService;
  readonly revisions: readonly ObservedRevision[];
  readonly known: AppliedApp;
}

export const nothingBefore: Previous = { revision: null, traffic: null, release: null };

/** What a rollback would go back to; nothing when what is there has failed itself. The weights of a person are kept as they are. */
export function previousOf(facts: BeforeFacts, app: ObservedApp): Previous {
  return hasIngress(app) ? servedBefore(facts, app) : ranBefore(facts, app);
}

/** What serves, without what has not proven itself: its place in the traffic is not worth going back to. */
function servedBefore(facts: BeforeFacts, app: ObservedApp): Previous {
  const { service, revisions, known } = facts;
  const others = servedWithout(servedBy(app, revisions) ?? [], unproven(facts));
  const main = mainRevision(others ?? []);
  if (others !== null && main !== null) return isSound(facts, main) ? { revision: main, traffic: [...others], release: releaseIn(facts, main) } : nothingBefore;
  const good = goodRevision(facts);
  if (good === null || good === revisionName(service) || !isSound(facts, good)) return nothingBefore;
  return { revision: good, traffic: [{ revision: good, weight: 100, label: null }], release: known.good };
}

function ranBefore(facts: BeforeFacts, app: ObservedApp): Previous {
  const { service, known, revisions } = facts;
  const revision = runningRevision(app, revisions);
  const isOwn = revision === revisionName(service) && (known.good === null || known.good.digest === service.digest);
  if (revision === null || isOwn || !isSound(facts, revision)) return nothingBefore;
  return { revision, traffic: null, release: releaseIn(facts, revision) };
}

/** The release's own revision, and the one that was applied last when it did not come to be good. Another setting of the app makes no other revision. */
function unproven(facts: BeforeFacts): ReadonlySet<string> {
  const { service, known } = facts;
  const good = goodRevision(facts);
  const applied = known.applied === null || known.good === null ? [] : [revisionMadeBy(service.name, known.applied)];
  const own = revisionName(service);
  const isOwnAgain = own === good && known.good?.digest !== service.digest;
  return new Set([...(isOwnAgain ? [] : [own]), ...applied.filter((name) => name !== good)]);
}

function goodRevision({ service, known }: BeforeFacts): string | null {
  return known.good === null ? null : revisionMadeBy(service.name, known.good);
}

/** What made it; null when nobody knows. */
function releaseIn(facts: BeforeFacts, revision: string): Previous['release'] {
  return revision === goodRevision(facts) ? facts.known.good : null;
}

function isSound({ revisions }: BeforeFacts, revision: string): boolean {
  return revisions.some(({ name, ...state }) => name === revision && !hasFailed(state));
}

function hasFailed({ provisioningState, runningState }: Pick<ObservedRevision, 'provisioningState' | 'runningState'>): boolean {
  return provisioningState === 'Failed' || runningState === 'Failed';
}

/** Without ingress: the newest that is active. The latest of the app may have been ended by a rollback. */
function runningRevision(app: ObservedApp, revisions: readonly ObservedRevision[]): string | null {
  const active = revisions.filter((revision) => revision.active && !hasFailed(revision));
  const newest = active.toSorted((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1))[0];
  return newest?.name ?? app.latestReadyRevision ?? app.latestRevision;
}
