import { mergePatch } from '../../../kernel/comparison/merge-patch.ts';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import { tagNames, type ContainerAppBody, type JsonObject } from '../../../kernel/desired-state.ts';
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
  readonly repository: string;
  /** The weights as they are; null without ingress. */
  readonly traffic: readonly PinnedTraffic[] | null;
  /** Null: the list is not sent. */
  readonly secrets: readonly SecretReference[] | null;
}

/** A new template beside the one that serves: the traffic is pinned by the same write. */
export function applyPatch({ release, previous, lastApplied, repository, traffic, secrets }: ApplyParts): JsonObject {
  const patch = mergePatch(lastApplied, release.body);
  const tags = { [tagNames.repository]: repository, ...fieldsOf(patch['tags']), ...applicationTags(release), [tagNames.previous]: previous, [tagNames.rolledBack]: null };
  return { ...patch, tags, properties: rollout(patch['properties'], traffic, secrets) };
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
  readonly secrets: readonly SecretReference[] | null;
}

/**
 * The way back in one write: weights, template and configuration of what ran before. The same suffix with the same content makes no
 * revision. Without the previous release only the weights go back.
 */
export function restorePatch({ failed, isQuarantined, previous, secrets }: RestoreParts): JsonObject {
  const { release, traffic } = previous;
  const tags = { ...(release === null ? forgotten() : known(applicationTags(release))), [tagNames.previous]: null, [tagNames.rolledBack]: isQuarantined ? failed.digest : null };
  if (release === null) {
    const ingress = traffic === null ? {} : { ingress: { traffic: wireTraffic(traffic) } };
    return { tags, properties: { configuration: ingress } };
  }
  const patch = mergePatch(failed.body, release.body);
  return { ...patch, tags: { ...fieldsOf(patch['tags']), ...tags }, properties: rollout(patch['properties'], traffic, secrets) };
}

export interface RemakeParts {
  readonly taken: ContainerAppBody;
  readonly release: ContainerAppBody;
  readonly traffic: readonly PinnedTraffic[] | null;
  readonly secrets: readonly SecretReference[] | null;
}

/** A revision that Azure does not keep any more, beside what serves. The tags go on naming what serves. */
export function remakePatch({ taken, release, traffic, secrets }: RemakeParts): JsonObject {
  const { template } = fieldsOf(mergePatch(taken, release)['properties']);
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

function fieldsOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
