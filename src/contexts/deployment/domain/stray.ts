import { templateRevision, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import { isOurRevision, revisionName } from './app-view.ts';

interface StrayFacts {
  readonly service: DesiredService;
  readonly app: ObservedApp;
  readonly revisions: readonly ObservedRevision[];
}

/**
 * The revision that somebody else's change of the template made. The declared template takes its place and runs under the revision that
 * it has already, so nothing else would ever end this one. Null where it has traffic or a label: people may be served by it.
 */
export function strayOf({ service, app, revisions }: StrayFacts): string | null {
  const name = templateRevision(app) ?? app.latestRevision ?? '';
  const isOurs = name === revisionName(service) || isOurRevision(service.name, name);
  const isNamed = app.traffic.some(({ revision }) => revision === name);
  return !isOurs && !isNamed && runsForNobody(revisions, name) ? name : null;
}

/** Active and without traffic. */
export function runsForNobody(revisions: readonly ObservedRevision[], name: string): boolean {
  return revisions.some((one) => one.name === name && one.active && one.trafficWeight === 0);
}
