import type { JsonObject } from '../../../kernel/desired-state.ts';
import { sameName } from '../json.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { apiVersionOf } from './api-version.ts';
import type { App } from './app.ts';
import { ArmError } from './arm-error.ts';
import { replicaViews, revisionView } from './revision-view.ts';
import type { Revision } from './revision.ts';
import { settleRevisions } from './rollout.ts';

/** @throws ArmError when there is no such revision. */
export function foundRevision(app: App, name: string): Revision {
  const revision = app.revisions.find((one) => sameName(one.name, name));
  if (revision === undefined) throw new ArmError(404, 'ContainerAppRevisionNotFound', `Revision '${name}' of container app '${app.name}' was not found.`);
  return revision;
}

export function listRevisions(request: AzureRequest, app: App, subscription: string): readonly JsonObject[] {
  const matches = filterOf(request.query.get('$filter') ?? '');
  return app.revisions.filter(matches).map((revision) => revisionView(app, revision, { subscription, api: apiVersionOf(request) }));
}

/** The comparisons that make sense for a revision: `properties/active eq true`, `name eq 'app--one'`, joined by `and`. */
function filterOf(filter: string): (revision: Revision) => boolean {
  if (filter.trim() === '') return () => true;
  const tests = filter.split(/\sand\s/i).map((part) => {
    const match = /^\s*(?:properties\/)?(active|name)\s+eq\s+(?:'([^']*)'|(true|false))\s*$/i.exec(part);
    if (match === null) throw new ArmError(400, 'InvalidFilterInQueryString', `Invalid $filter '${filter}' specified in the query string.`);
    const [, field, text, flag] = match;
    return (revision: Revision) => (field?.toLowerCase() === 'name' ? revision.name === text : revision.active === (flag === 'true'));
  });
  return (revision) => tests.every((test) => test(revision));
}

export function actOnRevision(app: App, name: string, action: 'activate' | 'deactivate' | 'restart'): AzureAnswer {
  const revision = foundRevision(app, name);
  if (action === 'activate') revision.activate(app.secrets);
  else if (action === 'deactivate') revision.deactivate();
  else revision.restart(app.secrets);
  settleRevisions(app);
  return { status: 200 };
}

export function listReplicas(app: App, name: string, subscription: string): readonly JsonObject[] {
  return replicaViews(app, foundRevision(app, name), subscription);
}

export function findReplica(app: App, revision: string, name: string, subscription: string): JsonObject {
  const replica = listReplicas(app, revision, subscription).find((one) => one['name'] === name);
  if (replica === undefined) throw new ArmError(404, 'ContainerAppReplicaNotFound', `Replica '${name}' of revision '${revision}' was not found.`);
  return replica;
}
