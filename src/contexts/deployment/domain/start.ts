import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { isBusy, isForeign, tagOf, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredService } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { AppliedApp } from './applied-app.ts';
import { hasIngress, isOurRevision, revisionMadeBy, revisionName } from './app-view.ts';
import { isQuarantined, quarantineWords } from './quarantine.ts';
import { secretsFor, unknownSecrets } from './secrets.ts';
import type { PinnedTraffic, Previous } from './service-rollout.ts';
import { previewLabel } from './stages.ts';
import { followsLatest, mainRevision, servedBy, servedWithout, servesOnly } from './traffic.ts';

export interface StartFacts {
  readonly tenantId: TenantId;
  readonly environment: string;
  readonly service: DesiredService;
  readonly app: ObservedApp | null;
  readonly revisions: readonly ObservedRevision[];
  readonly known: AppliedApp;
  /** Revisions that are kept active on purpose. */
  readonly warm: ReadonlySet<string>;
  /** `known` was found again through the app's tags: where the release is the same, nobody asked for a write, and what differs is drift. */
  readonly isRecovered: boolean;
}

export type Start =
  | { readonly do: 'create' }
  | { readonly do: 'look-again'; readonly detail: string }
  | ({ readonly do: 'refuse' } & Refusal)
  /** It was rolled back before; `dismiss`: and its revision still runs. */
  | ({ readonly do: 'leave-out' | 'dismiss'; readonly previous: Previous } & Refusal)
  /** `retire`: it serves, and old revisions run beside it. */
  | { readonly do: 'pin' | 'apply' | 'adopt' | 'retire' | 'nothing'; readonly previous: Previous };

interface Refusal {
  readonly reason: string;
  readonly needs: string;
}

/** What a service needs first, from what Azure shows: the same for a first delivery, a repeated one and one after everything was forgotten. */
export function startOf(facts: StartFacts): Start {
  const { app, service } = facts;
  if (app === null) return { do: 'create' };
  if (isForeign(app, facts.tenantId, facts.environment)) return refusedAsForeign(service.name);
  if (isBusy(app)) return { do: 'look-again', detail: 'Another write to the container app is running' };
  const previous = previousOf(facts, app);
  if (isQuarantined(facts.known, app, service.digest)) return rolledBackBefore(facts, app, previous);
  const isApplied = wasApplied(facts, app);
  if (isApplied && isServing(facts, app)) return { do: whatServes(facts, previous), previous };
  const secrets = secretsFor({ app, body: service.app, known: facts.known, revisions: facts.revisions });
  if ('unknown' in secrets) return { do: 'refuse', ...unknownSecrets(secrets) };
  if (needsPin(app)) return { do: 'pin', previous };
  return { do: isApplied ? 'adopt' : 'apply', previous };
}

function refusedAsForeign(name: string): Start {
  return {
    do: 'refuse',
    reason: `The container app ${name} is managed by another repository or environment: its tags say so`,
    needs: `Give the service another name or resource group, or remove the tags ${tagNames.repository} and ${tagNames.environment} from the container app if it is yours; then re-run the check.`,
  };
}

/** It has the traffic. Good it is only when it has passed its last stage: a newer deployment may have come in its watch. */
function whatServes({ known, service, revisions, warm, isRecovered }: StartFacts, previous: Previous): 'adopt' | 'retire' | 'nothing' {
  if (known.good?.digest !== service.digest) return 'adopt';
  if (leftoversOf(revisions, service, previous, warm).length === 0) return 'nothing';
  return isRecovered ? 'adopt' : 'retire';
}

function rolledBackBefore({ service, revisions, known }: StartFacts, app: ObservedApp, previous: Previous): Start {
  const { name } = service;
  const { why, byTag } = quarantineWords(known, app, service.digest);
  const runs = revisions.some((one) => one.active && one.name === revisionName(service) && one.name !== previous.revision);
  return {
    do: runs && previous.revision !== null ? 'dismiss' : 'leave-out',
    previous,
    reason: `This release of ${name} was rolled back before and is not tried again as it is${why}`,
    needs: `Merge a change of ${name}${byTag}; then re-run the check.`,
  };
}

/** Single mode replaces what runs, and an entry that follows the latest moves people at once: both end before anything is made. */
export function needsPin(app: ObservedApp): boolean {
  return app.revisionsMode === 'Single' || (hasIngress(app) && followsLatest(app));
}

/** Its revision is ready and has all the traffic. */
function isServing(facts: StartFacts, app: ObservedApp): boolean {
  const { service } = facts;
  const revision = ownRevision(facts);
  if (revision === null || app.revisionsMode === 'Single') return false;
  const ready = revision.active && revision.provisioningState === 'Provisioned' && revision.runningState !== 'Failed' && revision.healthState !== 'Unhealthy';
  return ready && (service.ingress === null || servesOnly(app, revision.name));
}

/** The release is on the app already, and nothing was changed since; maybe it was not promoted. */
function wasApplied(facts: StartFacts, app: ObservedApp): boolean {
  const { service, known } = facts;
  if (tagOf(app, tagNames.digest) !== service.digest || ownRevision(facts) === null || app.provisioningState === 'Failed') return false;
  return facts.isRecovered || compareThreeWay({ lastApplied: known.applied?.body ?? null, desired: service.app, live: app.raw }).length === 0;
}

function ownRevision({ revisions, service }: StartFacts): ObservedRevision | null {
  return revisions.find(({ name }) => name === revisionName(service)) ?? null;
}

/** Active beside the release's own and without traffic: what served before, and what an earlier deployment left behind. A person's revisions stay. */
export function leftoversOf(revisions: readonly ObservedRevision[], service: DesiredService, previous: Previous | null, warm: ReadonlySet<string>): readonly string[] {
  const isOld = ({ name, active, trafficWeight }: ObservedRevision): boolean =>
    active &&
    !warm.has(name) &&
    name !== revisionName(service) &&
    (service.ingress === null || trafficWeight === 0) &&
    (name === previous?.revision || isOurRevision(service.name, name));
  return revisions.filter(isOld).map(({ name }) => name);
}

/** Another revision has the traffic, so that the release shares it from the first weight on. */
export function servesBeside(previous: Previous | null, service: DesiredService): boolean {
  return previous !== null && previous.traffic !== null && previous.revision !== revisionName(service);
}

const nothingBefore: Previous = { revision: null, traffic: null, release: null };

/** What a rollback would go back to; nothing when what is there has failed itself. The weights of a person are kept as they are. */
function previousOf(facts: StartFacts, app: ObservedApp): Previous {
  return hasIngress(app) ? servedBefore(facts, app) : ranBefore(facts, app);
}

/** What serves, without what has not proven itself: its place in the traffic is not worth going back to. */
function servedBefore(facts: StartFacts, app: ObservedApp): Previous {
  const { service, revisions, known } = facts;
  const others = servedWithout(servedBy(app, revisions) ?? [], unproven(facts));
  const main = mainRevision(others ?? []);
  if (others !== null && main !== null) return isSound(facts, main) ? { revision: main, traffic: [...others], release: releaseIn(facts, main) } : nothingBefore;
  const good = goodRevision(facts);
  if (good === null || good === revisionName(service) || !isSound(facts, good)) return nothingBefore;
  return { revision: good, traffic: [{ revision: good, weight: 100, label: null }], release: known.good };
}

function ranBefore(facts: StartFacts, app: ObservedApp): Previous {
  const { service, known, revisions } = facts;
  const revision = runningRevision(app, revisions);
  const isOwn = revision === revisionName(service) && (known.good === null || known.good.digest === service.digest);
  if (revision === null || isOwn || !isSound(facts, revision)) return nothingBefore;
  return { revision, traffic: null, release: releaseIn(facts, revision) };
}

/** The release's own revision, and the one that was applied last when it did not come to be good. Another setting of the app makes no other revision. */
function unproven(facts: StartFacts): ReadonlySet<string> {
  const { service, known } = facts;
  const good = goodRevision(facts);
  const applied = known.applied === null || known.good === null ? [] : [revisionMadeBy(service.name, known.applied)];
  const own = revisionName(service);
  const isOwnAgain = own === good && known.good?.digest !== service.digest;
  return new Set([...(isOwnAgain ? [] : [own]), ...applied.filter((name) => name !== good)]);
}

function goodRevision({ service, known }: StartFacts): string | null {
  return known.good === null ? null : revisionMadeBy(service.name, known.good);
}

/** What made it; null when nobody knows. */
function releaseIn(facts: StartFacts, revision: string): Previous['release'] {
  return revision === goodRevision(facts) ? facts.known.good : null;
}

function isSound({ revisions }: StartFacts, revision: string): boolean {
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

/**
 * Weights to send beside a new template: as they are, or to the new revision where nothing is served. `preview`: with its label on the new
 * one, so that it has an address before it has traffic.
 */
export function trafficBeside(app: ObservedApp, service: DesiredService, revisions: readonly ObservedRevision[], preview: boolean): readonly PinnedTraffic[] | null {
  if (service.ingress === null) return null;
  const own = revisionName(service);
  const served = hasIngress(app) ? servedBy(app, revisions) : null;
  if (served === null) return [{ revision: own, weight: 100, label: null }];
  return preview && !served.some(({ revision }) => revision === own) ? [...served, { revision: own, weight: 0, label: previewLabel }] : served;
}
