import { isObject } from '../../../kernel/comparison/canonical.ts';
import { locationOf } from '../apps/locations.ts';
import { tagsOf, textAt } from '../json.ts';
import type { AzureAnswer, AzureRequest, AzureService } from '../world.ts';
import type { ListedResource } from './listing.ts';

interface ResourceIndexOptions {
  readonly subscription: string;
  /** Microsoft.App. */
  readonly apps: AzureService;
  readonly others: () => readonly ListedResource[];
}

const firstQuery: ReadonlyMap<string, string> = new Map([['api-version', '2024-03-01']]);
const appTypes = ['managedEnvironments', 'containerApps'];

/** ARM's own index of all resources. Microsoft.App is asked as a client would ask it, since its resources are its own. */
export function resourceIndex({ subscription, apps, others }: ResourceIndexOptions): (request: AzureRequest) => Promise<readonly ListedResource[]> {
  return async (request) => {
    const lists = await Promise.all(appTypes.map((type) => listedBy(apps, request, `/subscriptions/${subscription}/providers/Microsoft.App/${type}`)));
    return [...others(), ...lists.flat()];
  };
}

async function listedBy(apps: AzureService, request: AzureRequest, path: string): Promise<readonly ListedResource[]> {
  const found: ListedResource[] = [];
  let query: ReadonlyMap<string, string> | null = firstQuery;
  while (query !== null) {
    const { body } = (await read(apps, request, path, query)) ?? {};
    if (isObject(body) && Array.isArray(body['value'])) found.push(...body['value'].flatMap(resourceOf));
    const next = textAt(body, 'nextLink');
    query = next === null ? null : new Map(new URL(next).searchParams);
  }
  return found;
}

/** The index writes regions in short. */
function resourceOf(body: unknown): readonly ListedResource[] {
  const [id, name, type, location] = ['id', 'name', 'type', 'location'].map((key) => textAt(body, key) ?? '');
  return id && name && type ? [{ id, name, type, location: locationOf(location ?? '') ?? location ?? '', tags: tagsOf(body) }] : [];
}

/** A resource that ARM knows, which is one that answers a GET; null for others. */
export async function resourceAt(service: AzureService, request: AzureRequest, path: string): Promise<ListedResource | null> {
  const answer = await read(service, request, path, firstQuery);
  return answer?.status === 200 ? (resourceOf(answer.body)[0] ?? null) : null;
}

/** As the client that sent `request` would read `path`. */
async function read(service: AzureService, request: AzureRequest, path: string, query: ReadonlyMap<string, string>): Promise<AzureAnswer | null> {
  return service({ ...request, method: 'GET', path, segments: path.split('/').filter(Boolean), query, body: null });
}
