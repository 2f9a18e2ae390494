import { honoured } from './comparison/honoured.ts';
import { liveSuffix, tagOf, type ObservedApp } from './container-app.ts';
import { tagNames, type DesiredService } from './desired-state.ts';

/**
 * The service as its app is to be: with what Git leaves to others as it is live, and by the names that the app has. An app that was taken
 * over as it ran has a revision whose name does not follow from its template; its tags say which one it is, and of which template. Every
 * comparison of a service with its app goes through this: another name for the same template would be another revision.
 */
export function asItRuns(service: DesiredService, app: Pick<ObservedApp, 'tags' | 'raw'>): DesiredService {
  const left = honoured(service, app.raw);
  const named = runningAs(left, takenOverRevision(left, app));
  // Azure shows no suffix where it chose the name itself; that is no difference.
  return named === left || liveSuffix(app) !== '' ? named : withSuffix(named, '');
}

/** Name of the revision that runs the declared template since the app was taken over; null where the name follows from the template. */
export function takenOverRevision({ name, revisionSuffix }: Pick<DesiredService, 'name' | 'revisionSuffix'>, app: Pick<ObservedApp, 'tags'>): string | null {
  const revision = tagOf(app, tagNames.revision);
  return revision !== null && isRevisionOf(name, revision) && tagOf(app, tagNames.template) === revisionSuffix ? revision : null;
}

/** As a write has to name it: the same template under the name of a revision that is there makes no other revision. */
export function runningAs(service: DesiredService, revision: string | null): DesiredService {
  if (revision === null) return service;
  const revisionSuffix = revision.slice(service.name.length + 2);
  return { ...withSuffix(service, revisionSuffix), revisionSuffix };
}

/** Tags are everybody's to write. */
function isRevisionOf(app: string, revision: string): boolean {
  return revision.startsWith(`${app}--`) && /^[a-z0-9][a-z0-9-]*$/.test(revision.slice(app.length + 2));
}

function withSuffix(service: DesiredService, revisionSuffix: string): DesiredService {
  const { properties } = service.app;
  return { ...service, app: { ...service.app, properties: { ...properties, template: { ...properties.template, revisionSuffix } } } };
}
