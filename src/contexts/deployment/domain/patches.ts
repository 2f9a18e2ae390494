import { honouredBody } from '../../../kernel/comparison/honoured-body.ts';
import { mergePatch } from '../../../kernel/comparison/merge-patch.ts';
import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import { tagNames, type ContainerAppBody, type IgnoredPath, type JsonObject } from '../../../kernel/desired-state.ts';
import type { SecretReference } from './applied-app.ts';
import type { PinnedTraffic, Previous, Release } from './service-rollout.ts';
import { wireTraffic } from './traffic.ts';

/** Tags of one application of a release. They are not in the declared body and not in its digest. */
function applicationTags({ digest, commit, generation, trace }: Omit<Release, 'body'>): Readonly<Record<string, string>> {
  return { [tagNames.digest]: digest, [tagNames.commit]: commit, [tagNames.generation]: generation, [tagNames.trace]: trace };
}

/** The whole body of an app that is not there: pinned from its first breath, so that no later template moves the traffic. */
export function createBody(release: Release, repository: string, revision: string): ContainerAppBody {
  const { body } = release;
  const { configuration } = body.properties;
  const traffic = isObject(configuration['ingress']) ? [{ revision, weight: 100, label: null }] : null;
  return {
    ...body,
    tags: { [tagNames.repository]: repository, ...body.tags, ...applicationTags(release) },
    properties: { ...body.properties, configuration: withRollout(configuration, traffic, configuration['secrets']) },
  };
}

export interface ApplyParts {
  readonly release: Release;
  /** Commit of the release that serves. */
  readonly previous: string | null;
  readonly lastApplied: ContainerAppBody | null;
  /** As the app is read. */
  readonly live: JsonObject;
  readonly repository: string;
  /** The weights as they are; null without ingress. */
  readonly traffic: readonly PinnedTraffic[] | null;
  /** Null: the list is not sent. */
  readonly secrets: readonly SecretReference[] | null;
  /** The template runs under a name that Azure chose, so it is not sent: under any other name it would be another. */
  readonly keepsTemplate: boolean;
}

/** A new template beside the one that serves: the traffic is pinned by the same write. */
export function applyPatch({ release, previous, lastApplied, live, repository, traffic, secrets, keepsTemplate }: ApplyParts): JsonObject {
  const patch = mergePatch({ lastApplied, desired: release.body, live });
  const tags = { [tagNames.repository]: repository, ...fieldsOf(patch['tags']), ...applicationTags(release), [tagNames.previous]: previous, [tagNames.rolledBack]: null };
  const { template, ...properties } = rollout(patch['properties'], traffic, secrets);
  return { ...patch, tags, properties: keepsTemplate ? properties : { ...properties, template } };
}

export interface TakeOverParts {
  readonly release: Release;
  readonly repository: string;
  /** The revision that runs, and the suffix that its template gives. */
  readonly revision: string;
  readonly template: string;
  /** Null: it is pinned, or has nothing to pin. */
  readonly pin: JsonObject | null;
}

/** Tags, and the traffic by name where it is not: nothing of it makes a revision, moves anybody or names a secret. */
export function takeOverPatch({ release, repository, revision, template, pin }: TakeOverParts): JsonObject {
  const own = { [tagNames.revision]: revision, [tagNames.template]: template, [tagNames.rolledBack]: null };
  return { ...pin, tags: { [tagNames.repository]: repository, ...release.body.tags, ...applicationTags(release), ...own } };
}

/** Several active revisions, and people stay where they are. */
export function pinPatch(traffic: readonly PinnedTraffic[] | null): JsonObject {
  const ingress = traffic === null ? {} : { ingress: { traffic: wireTraffic(traffic) } };
  return { properties: { configuration: { activeRevisionsMode: 'Multiple', ...ingress } } };
}

export function promotePatch(traffic: readonly PinnedTraffic[]): JsonObject {
  return { properties: { configuration: { ingress: { traffic: wireTraffic(traffic) } } } };
}

export interface RestoreParts {
  readonly failed: Release;
  /** The release is not to be tried again as it is. What only went back with another is. */
  readonly isQuarantined: boolean;
  readonly previous: Previous;
  readonly live: JsonObject;
  readonly ignores: readonly IgnoredPath[];
  readonly secrets: readonly SecretReference[] | null;
}

/**
 * The way back in one write: weights, template and configuration of what ran before. The same suffix with the same content makes no
 * revision, so the template goes back with what it held of others, too; elsewhere that stays as it is, and so does what somebody added
 * while the release came: it may be what they helped themselves with. Without the previous release only the weights go back.
 */
export function restorePatch({ failed, isQuarantined, previous, live, ignores, secrets }: RestoreParts): JsonObject {
  const { release, traffic } = previous;
  const tags = { ...(release === null ? forgotten() : known(applicationTags(release))), [tagNames.previous]: null, [tagNames.rolledBack]: isQuarantined ? failed.digest : null };
  if (release === null) {
    const ingress = traffic === null ? {} : { ingress: { traffic: wireTraffic(traffic) } };
    return { tags, properties: { configuration: ingress } };
  }
  const patch = mergePatch({ lastApplied: failed.body, desired: outsideTemplate(release.body, live, ignores), live: templateOf(live) });
  return { ...patch, tags: { ...fieldsOf(patch['tags']), ...tags }, properties: rollout(patch['properties'], traffic, secrets) };
}

function templateOf({ properties }: JsonObject): JsonObject {
  return { properties: { template: fieldsOf(properties)['template'] } };
}

function outsideTemplate(body: ContainerAppBody, live: JsonObject, ignores: readonly IgnoredPath[]): ContainerAppBody {
  const left = honouredBody(body, live, ignores);
  return { ...left, properties: { ...left.properties, template: body.properties.template } };
}

export interface RemakeParts {
  readonly taken: ContainerAppBody;
  readonly release: ContainerAppBody;
  readonly live: JsonObject;
  readonly traffic: readonly PinnedTraffic[] | null;
  readonly secrets: readonly SecretReference[] | null;
}

/** A revision that Azure does not keep any more, beside what serves. The tags go on naming what serves. */
export function remakePatch({ taken, release, live, traffic, secrets }: RemakeParts): JsonObject {
  const { template } = fieldsOf(mergePatch({ lastApplied: taken, desired: release, live })['properties']);
  const ingress = traffic === null ? {} : { ingress: { traffic: wireTraffic(traffic) } };
  return { properties: { template, configuration: { activeRevisionsMode: 'Multiple', ...(secrets !== null && { secrets }), ...ingress } } };
}

function forgotten(): Readonly<Record<string, null>> {
  return { [tagNames.digest]: null, [tagNames.commit]: null, [tagNames.generation]: null, [tagNames.trace]: null };
}

/** What nobody knows any more is not said. */
function known(tags: Readonly<Record<string, string>>): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, value === '' ? null : value]));
}

function rollout(properties: unknown, traffic: readonly PinnedTraffic[] | null, secrets: readonly SecretReference[] | null): JsonObject {
  const fields = fieldsOf(properties);
  return { ...fields, configuration: withRollout(fieldsOf(fields['configuration']), traffic, secrets) };
}

function withRollout({ secrets: _declared, ingress, ...rest }: JsonObject, traffic: readonly PinnedTraffic[] | null, secrets: unknown): JsonObject {
  return {
    ...rest,
    activeRevisionsMode: 'Multiple',
    ...(secrets !== null && secrets !== undefined && { secrets }),
    ...(ingress !== undefined && { ingress: isObject(ingress) && traffic !== null ? { ...ingress, traffic: wireTraffic(traffic) } : ingress }),
  };
}
