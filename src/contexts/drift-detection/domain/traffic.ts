import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { ObservedApp, TrafficWeight } from '../../../kernel/container-app.ts';
import type { DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import type { Sighting } from './runtime-drift-finding.ts';
import { bounded } from './shown-text.ts';

const place = 'properties.configuration.ingress.traffic';

/** Everything goes to the revision of the applied release, by its name. Labels without weight are people's own. */
export function traffic({ name, ingress, revisionSuffix }: DesiredService, app: ObservedApp): readonly Sighting[] {
  // An ingress that is gone is a change of its own.
  if (ingress === null || !hasIngress(app.raw)) return [];
  const expected = `${name}--${revisionSuffix}`;
  // Without entries Azure follows the latest.
  const entries: readonly TrafficWeight[] = app.traffic.length > 0 ? app.traffic : [{ revision: null, weight: 100, label: null }];
  const isExpected = (revision: string | null): boolean => revision?.toLowerCase() === expected.toLowerCase();
  const serving = entries.filter(({ weight }) => weight > 0);
  const follows = entries.some(({ revision }) => revision === null);
  const isRight = serving.length > 0 && serving.every(({ revision }) => isExpected(revision ?? app.latestReadyRevision));
  if (isRight && !follows) return [];
  const live = entries
    .filter(({ revision, weight }) => weight > 0 || revision === null)
    .map(({ revision, weight }) => `${revision ?? 'the latest revision'} ${weight} %`)
    .sort()
    .join(', ');
  return [
    {
      class: 'unexpected-traffic',
      service: name,
      path: isRight ? `${place}.latestRevision` : place,
      desired: `${expected} 100 %`,
      live: bounded(live),
      liveDigest: digestOf(live),
      summary: isRight ? 'Traffic follows the latest revision, whoever makes it' : 'Traffic goes elsewhere than the last deployment sent it',
    },
  ];
}

function hasIngress({ properties }: JsonObject): boolean {
  const configuration = isObject(properties) ? properties['configuration'] : null;
  return isObject(configuration) && isObject(configuration['ingress']);
}
