import { isObject } from '../../../kernel/comparison/canonical.ts';
import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { hasIngress, liveSuffix, tagOf, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import { tagNames, type ContainerAppBody, type DesiredService, type JsonObject } from '../../../kernel/desired-state.ts';
import type { AppliedApp } from './applied-app.ts';
import { servedBy } from './traffic.ts';

export interface TakeOverFacts {
  readonly service: DesiredService;
  readonly app: ObservedApp;
  readonly revisions: readonly ObservedRevision[];
  readonly known: Pick<AppliedApp, 'applied'>;
}

/** Somebody else made it, and it is what Git declares: nothing of it has to be made anew, whatever its revision is called. */
export function maybeTakenOver({ service, app, known }: Omit<TakeOverFacts, 'revisions'>): boolean {
  if (tagOf(app, tagNames.digest) !== null || app.provisioningState === 'Failed') return false;
  return compareThreeWay({ lastApplied: known.applied?.body ?? null, desired: asFound(service.app, app), live: app.raw, ignores: service.ignores }).length === 0;
}

/** The one revision that runs, when the template is its own. Null: what runs is not what the template says, or not that alone. */
export function takenOverAs(facts: TakeOverFacts): string | null {
  if (!maybeTakenOver(facts)) return null;
  const { app, service } = facts;
  const [name, ...others] = runningIn(facts);
  const suffix = liveSuffix(app);
  const isLatest = name === app.latestRevision && (suffix === '' || name === `${service.name}--${suffix}`);
  return name !== undefined && others.length === 0 && isLatest ? name : null;
}

/** The template runs as declared under a name that Azure chose. */
export function runsUnnamed({ service, app }: Pick<TakeOverFacts, 'service' | 'app'>): boolean {
  if (liveSuffix(app) !== '') return false;
  const differences = compareThreeWay({ lastApplied: null, desired: asFound(service.app, app), live: app.raw, ignores: service.ignores });
  return !differences.some(({ path }) => path.startsWith('properties.template'));
}

/** With ingress what has traffic, without it what is active. */
export function runningIn({ app, revisions }: Pick<TakeOverFacts, 'app' | 'revisions'>): readonly string[] {
  const active = new Set(revisions.filter((one) => one.active).map(({ name }) => name));
  if (!hasIngress(app)) return [...active];
  return (servedBy(app, revisions) ?? []).filter(({ revision, weight }) => weight > 0 && active.has(revision)).map(({ revision }) => revision);
}

/** What is declared, with all that taking it over writes, or leaves, as it is found: the tags of Trueup, the mode, the revision's name. */
function asFound(body: ContainerAppBody, app: ObservedApp): JsonObject {
  const { properties, tags } = body;
  const live = isObject(app.raw['tags']) ? app.raw['tags'] : {};
  return {
    ...body,
    tags: { ...only(tags, (name) => !isOurs(name)), ...only(live, isOurs) },
    properties: {
      ...properties,
      configuration: { ...properties.configuration, activeRevisionsMode: app.revisionsMode },
      template: { ...properties.template, revisionSuffix: liveSuffix(app) },
    },
  };
}

const ours: ReadonlySet<string> = new Set(Object.values(tagNames));

function isOurs(tag: string): boolean {
  return ours.has(tag.toLowerCase());
}

function only(tags: JsonObject, isKept: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => isKept(name)));
}
