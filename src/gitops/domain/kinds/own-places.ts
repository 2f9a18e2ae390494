import { fitsPath, leadsBelow } from '../../../kernel/comparison/path-pattern.ts';
import { tagNames } from '../../../kernel/desired-state.ts';

interface OwnPlace {
  readonly place: string;
  readonly why: string;
}

const ofTags = 'Trueup knows what it manages by its tags';

/** What Trueup itself lives by: a deployment that leaves any of it as it finds it could not do what it says. Of a list, any item stands for all. */
const ownPlaces: readonly OwnPlace[] = [
  ...Object.values(tagNames).map((name) => ({ place: `tags.${name}`, why: ofTags })),
  { place: 'properties.template.revisionSuffix', why: 'it names revisions by their content' },
  { place: 'properties.configuration.ingress.traffic', why: 'the rollout moves the traffic' },
  { place: 'properties.configuration.activeRevisionsMode', why: 'the rollout needs several revisions' },
  { place: 'properties.configuration.secrets[trueup]', why: 'each version of a SecretBinding is a secret of its own' },
  { place: 'properties.environmentId', why: 'the environment says it' },
];

/** What of Trueup's own a pattern takes in, or lies in; null when it is nothing. `services`: where it counts, null for everywhere. */
export function ownPlaceIn(pattern: string, services: readonly string[] | null): OwnPlace | null {
  if (/^tags\.trueup-/i.test(pattern)) return { place: pattern, why: ofTags };
  return [...ownPlaces, ...images(pattern, services)].find(({ place }) => fitsPath(pattern, place) || leadsBelow(pattern, place)) ?? null;
}

/** A service's own container is called like it; where no service is named, any container may be that. */
function images(pattern: string, services: readonly string[] | null): readonly OwnPlace[] {
  const [, named = 'main'] = /^properties\.template\.containers\[([^\]]+)\]/.exec(pattern) ?? [];
  return (services ?? [named]).map((name) => ({ place: `properties.template.containers[${name}].image`, why: 'it is the release; name the services for the container of another' }));
}
