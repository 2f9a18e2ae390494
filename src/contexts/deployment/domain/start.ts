import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { hasIngress, isBusy, isForeign, tagOf, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredService } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { AppliedApp } from './applied-app.ts';
import { isOurRevision, revisionName } from './app-view.ts';
import { isQuarantined, quarantineWords } from './quarantine.ts';
import { secretsFor, unknownSecrets } from './secrets.ts';
import { nothingBefore, previousOf } from './served-before.ts';
import type { PinnedTraffic, Previous } from './service-rollout.ts';
import { previewLabel } from './stages.ts';
import { takenOverAs } from './take-over.ts';
import { followsLatest, servedBy, servesOnly } from './traffic.ts';

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
  /** It runs as declared and was made by somebody else: tags are all that is missing. `revision` is the one that runs. */
  | { readonly do: 'take-over'; readonly previous: Previous; readonly revision: string }
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
  const revision = takenOverAs({ ...facts, app });
  if (revision !== null) return { do: 'take-over', previous: nothingBefore, revision };
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
