import { isObject } from '../../src/kernel/comparison/canonical.ts';
import { fieldsOf } from '../../src/kernel/comparison/named-field.ts';
import type { JsonObject } from '../../src/kernel/desired-state.ts';
import { interactionsOf, recordingFiles } from './azure-recordings.ts';

export interface RecordedApp {
  readonly file: string;
  readonly body: JsonObject;
}

/** Every state of an app that a recording shows, as if its environment and its identities were in its own resource group and its image pinned. */
export function recordedApps(): readonly RecordedApp[] {
  const all = recordingFiles().flatMap((file) => interactionsOf(file).flatMap(({ request, response }) => {
    const isApp = request.method === 'GET' && /\/containerapps\/[^/?]+(?:\?|$)/i.test(request.url) && response.status === 200;
    return isApp && isObject(response.body) && isObject(fieldsOf(response.body['properties'])['template']) ? [{ file, body: atHome(response.body) }] : [];
  }));
  return [...new Map(all.map((one) => [JSON.stringify(one.body), one])).values()];
}

function atHome(body: JsonObject): JsonObject {
  const home = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(String(body['id']))?.[0] ?? '';
  const moved = JSON.stringify(body)
    .replaceAll(/\/subscriptions\/[^/"]+\/resourcegroups\/[^/"]+(?=\/providers\/Microsoft\.(?:App\/managedEnvironments|ManagedIdentity)\/)/gi, home)
    .replaceAll(' (Stage)', '')
    .replaceAll(/"image":"([^":]+)(?::latest)?"/g, '"image":"$1:1"');
  return JSON.parse(moved) as JsonObject; // of an object
}
