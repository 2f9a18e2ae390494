import { groupNotFound, ok, refused } from '../answers.ts';
import { locationOf } from '../apps/locations.ts';
import { sameName, tagsOf, textAt } from '../json.ts';
import type { AzureAnswer, AzureRequest, ResourceGroups } from '../world.ts';
import { listed } from './listing.ts';

interface Group {
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>> | null;
}

export type GroupSeed = Pick<Group, 'name' | 'location'>;

export interface GroupStore extends ResourceGroups {
  /** For seeds: made if it is not there. */
  ensure(name: string, location: string): void;
  /** `name` is what follows `resourcegroups` in the path; null for all of them. */
  handle(request: AzureRequest, name: string | null): AzureAnswer | null;
}

const namePattern = /^[-\w.()]{0,89}[-\w()]$/;

export function groupStore(subscription: string): GroupStore {
  const groups = new Map<string, Group>();
  const find = (name: string) => groups.get(name.toLowerCase()) ?? null;
  const save = (group: Group) => void groups.set(group.name.toLowerCase(), group);
  const shown = ({ name, location, tags }: Group) => ({
    id: `/subscriptions/${subscription}/resourceGroups/${name}`,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    ...(tags && { tags }),
    properties: { provisioningState: 'Succeeded' },
  });

  const put = (name: string, body: unknown): AzureAnswer => {
    const existing = find(name);
    const refusal = refusalOf(name, existing, body);
    if (refusal) return refusal;
    const sent = textAt(body, 'location') ?? '';
    // A PUT replaces: tags that are not sent are gone.
    const group: Group = { name: existing?.name ?? name, location: locationOf(sent) ?? sent, tags: hasTags(body) ? tagsOf(body) : null };
    save(group);
    return ok(shown(group), existing ? 200 : 201);
  };
  const patch = (existing: Group, body: unknown): AzureAnswer => {
    const group = hasTags(body) ? { ...existing, tags: tagsOf(body) } : existing;
    save(group);
    return ok(shown(group));
  };

  return {
    get: find,
    ensure: (name, location) => void (find(name) ?? save({ name, location, tags: null })),
    handle(request, name) {
      const { method, body } = request;
      if (name === null) return method === 'GET' ? listed(request, [...groups.values()].map(shown)) : null;
      if (method === 'PUT') return put(name, body);
      const existing = find(name);
      if (method === 'HEAD') return { status: existing ? 204 : 404 };
      if (method !== 'GET' && method !== 'PATCH') return null;
      if (existing === null) return groupNotFound(name);
      return method === 'GET' ? ok(shown(existing)) : patch(existing, body);
    },
  };
}

function refusalOf(name: string, existing: Group | null, body: unknown): AzureAnswer | null {
  if (!namePattern.test(name)) {
    return refused(400, 'InvalidResourceGroup', `The provided resource group name '${name}' has these invalid characters or a length over 90.`);
  }
  const sent = textAt(body, 'location');
  if (sent === null || sent === '') return refused(400, 'LocationRequired', 'The location property is required for this definition.');
  const location = locationOf(sent);
  if (location === null) return refused(400, 'LocationNotAvailableForResourceGroup', `The provided location '${sent}' is not available for resource group.`);
  if (existing && !sameName(existing.location, location)) {
    const message = `Invalid resource group location '${location}'. The Resource group already exists in location '${existing.location}'.`;
    return refused(409, 'InvalidResourceGroupLocation', message);
  }
  return null;
}

function hasTags(body: unknown): boolean {
  return Object.keys(tagsOf(body)).length > 0;
}
