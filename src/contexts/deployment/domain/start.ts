import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { isBusy, isForeign, tagOf, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredService } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { AppliedApp } from './applied-app.ts';
import { hasIngress, isOurRevision, revisionName } from './app-view.ts';
import { secretsFor, unknownSecrets } from './secrets.ts';
import { suffixOf, type PinnedTraffic, type Previous } from './service-rollout.ts';
import { followsLatest, mainRevision, servedBy, servesOnly } from './traffic.ts';

export interface StartFacts {
  readonly tenantId: TenantId;
  readonly environment: string;
  readonly service: DesiredService;
  readonly app: ObservedApp | null;
  readonly revisions: readonly ObservedRevision[];
  readonly known: AppliedApp;
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
  if (tagOf(app, tagNames.rolledBack) === service.digest) return rolledBackBefore(facts, previous);
  const isApplied = wasApplied(facts, app);
  if (isApplied && isServing(facts, app)) return { do: leftoversOf(facts.revisions, service, previous).length > 0 ? 'retire' : 'nothing', previous };
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

function rolledBackBefore({ service, revisions }: StartFacts, previous: Previous): Start {
  const { name } = service;
  const runs = revisions.some((one) => one.active && one.name === revisionName(service) && one.name !== previous.revision);
  return {
    do: runs && previous.revision !== null ? 'dismiss' : 'leave-out',
    previous,
    reason: `This release of ${name} was rolled back before and is not tried again as it is`,
    needs: `Merge a change of ${name}, or remove the tag ${tagNames.rolledBack} from the container app to try the same release again; then re-run the check.`,
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
export function leftoversOf(revisions: readonly ObservedRevision[], service: DesiredService, previous: Previous | null): readonly string[] {
  const isOld = ({ name, active, trafficWeight }: ObservedRevision): boolean =>
    active &&
    name !== revisionName(service) &&
    (service.ingress === null || trafficWeight === 0) &&
    (name === previous?.revision || isOurRevision(service.name, name));
  return revisions.filter(isOld).map(({ name }) => name);
}

/** What a rollback would go back to; nothing when what is there has failed itself. The weights of a person are kept as they are. */
function previousOf({ service, revisions, known }: StartFacts, app: ObservedApp): Previous {
  const nothing = { revision: null, traffic: null, release: null };
  const traffic = hasIngress(app) ? servedBy(app, revisions) : null;
  const revision = hasIngress(app) ? mainRevision(traffic ?? []) : runningRevision(app, revisions);
  const { good } = known;
  const isOwn = revision === revisionName(service) && (good === null || good.digest === service.digest);
  if (isOwn || !revisions.some(({ name, ...state }) => name === revision && !hasFailed(state))) return nothing;
  const made = good !== null && revision === revisionName({ name: service.name, revisionSuffix: suffixOf(good) });
  return { revision, traffic: traffic === null ? null : [...traffic], release: made ? good : null };
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

/** Weights to send beside a new template: as they are, or to the new revision where nothing is served. */
export function trafficBeside(app: ObservedApp, service: DesiredService, revisions: readonly ObservedRevision[]): readonly PinnedTraffic[] | null {
  if (service.ingress === null) return null;
  const served = hasIngress(app) ? servedBy(app, revisions) : null;
  return served ?? [{ revision: revisionName(service), weight: 100, label: null }];
}
