import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../src/kernel/comparison/canonical.ts';
import { applyMergePatch } from '../../src/kernel/comparison/merge-patch.ts';
import type { JsonObject } from '../../src/kernel/desired-state.ts';
import { interactionsOf, recordingFiles, type Interaction } from './azure-recordings.ts';
import { sharedPath } from './shared-folder.ts';

/** What was sent for one container app, and what a read showed when Azure was done with it. */
export interface AppPair {
  readonly from: string;
  readonly method: string;
  readonly desired: object;
  readonly live: object;
}

const appAddress = /\/containerapps\/[^/?]+$/;

function stateOf({ properties }: JsonObject): unknown {
  return isObject(properties) ? properties['provisioningState'] : undefined;
}

function addressOf(one: Interaction): string {
  return (one.request.url.split('?')[0] ?? '').toLowerCase();
}

/** What a read shows of this app, alone or in a list; nothing while an operation runs. */
function shownBy(one: Interaction, address: string): readonly object[] {
  const { request, response } = one;
  if (request.method !== 'GET' || response.status !== 200 || !isObject(response.body)) return [];
  const all: readonly unknown[] = addressOf(one) === address ? [response.body] : Array.isArray(response.body['value']) ? response.body['value'] : [];
  return all.filter(isObject).filter((app) => address.endsWith(String(app['id']).toLowerCase()) && stateOf(app) !== 'InProgress');
}

/** Every accepted write of a container app with every other read after it, until the next write. */
function pairsOf(file: string): AppPair[] {
  const interactions = interactionsOf(file);
  return interactions.flatMap((write, index) => {
    const { method, body } = write.request;
    const address = addressOf(write);
    if (!['PUT', 'PATCH'].includes(method) || !appAddress.test(address) || !isObject(body) || write.response.status >= 300) return [];
    const before = interactions.slice(0, index).flatMap((one) => shownBy(one, address)).at(-1);
    const rest = interactions.slice(index + 1);
    const next = rest.findIndex((one) => addressOf(one) === address && one.request.method !== 'GET');
    // What a patch does not name stays; a PUT declares everything.
    const desired = method === 'PUT' ? body : (applyMergePatch(before, body) as object);
    const reads = rest.slice(0, next === -1 ? rest.length : next).flatMap((one) => shownBy(one, address));
    const different = [...new Map(reads.map((live) => [JSON.stringify(live), live])).values()];
    return different.map((live, read) => ({ from: `recording ${file}, ${index}, read ${read}`, method, desired, live }));
  });
}

/** None where there are no recordings. */
export const recordedPairs: readonly AppPair[] = recordingFiles().filter((file) => !file.includes('error')).flatMap(pairsOf);

const examples = sharedPath('azure', 'spec-examples', 'microsoft.app-2024-03-01');
const writes = { ContainerApps_CreateOrUpdate: 'PUT', ContainerApps_ManagedBy_CreateOrUpdate: 'PUT', ContainerApps_TcpApp_CreateOrUpdate: 'PUT', ContainerApps_Patch: 'PATCH' } as const;

interface Example {
  readonly parameters: { readonly containerAppEnvelope: object };
  readonly responses: { readonly '200': { readonly body: object } };
}

/** Of the specification: the envelope with the answer of an operation that is done. None where there are no examples. */
export const examplePairs: readonly AppPair[] = existsSync(examples) ? Object.entries(writes).map(([name, method]) => {
  const { parameters, responses } = JSON.parse(readFileSync(join(examples, `${name}.json`), 'utf8')) as Example;
  const { body: live } = responses['200'];
  const sent = parameters.containerAppEnvelope;
  return { from: `example ${name}`, method, desired: method === 'PUT' ? sent : (applyMergePatch(live, sent) as object), live };
}) : [];
