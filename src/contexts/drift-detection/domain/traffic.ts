import { hasIngress, templateRevision, type ObservedApp, type TrafficWeight } from '../../../kernel/container-app.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import type { Sighting } from './runtime-drift-finding.ts';
import { bounded } from './shown-text.ts';
import { leavesTemplate } from './sightings.ts';

const place = 'properties.configuration.ingress.traffic';

/**
 * Everything goes to the revision of the applied release, by its name. Labels without weight are people's own. `made`: the revision that
 * the last deployment made; where Git leaves a part of the template to others, that one is as right as the one of the template that is live.
 */
export function traffic(service: DesiredService, app: ObservedApp, made: string | null): readonly Sighting[] {
  const { name, ingress, revisionSuffix } = service;
  // An ingress that is gone is a change of its own.
  if (ingress === null || !hasIngress(app)) return [];
  const expected = `${name}--${revisionSuffix}`;
  // Without entries Azure follows the latest.
  const entries: readonly TrafficWeight[] = app.traffic.length > 0 ? app.traffic : [{ revision: null, weight: 100, label: null }];
  const right = new Set([expected, ...(leavesTemplate(service) ? [made, templateRevision(app)] : [])].map((revision) => revision?.toLowerCase()));
  const isExpected = (revision: string | null): boolean => revision !== null && right.has(revision.toLowerCase());
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
