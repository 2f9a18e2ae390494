import { randomUUID } from 'node:crypto';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import { ok, refused, resourceNotFound } from '../answers.ts';
import { locationOf } from '../apps/locations.ts';
import type { Principals } from '../entra/principals.ts';
import { sameName, tagsOf, textAt } from '../json.ts';
import { ResourceStore } from '../resource-store.ts';
import type { AzureAnswer, AzureRequest, Identities } from '../world.ts';
import { armPath, type ArmPath } from './arm-path.ts';
import { paged, type ListedResource } from './listing.ts';

interface Identity extends ListedResource {
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: { readonly tenantId: string; readonly principalId: string; readonly clientId: string };
}

export interface IdentityStore extends Identities {
  handle(request: AzureRequest): AzureAnswer | null;
  list(): readonly ListedResource[];
}

const type = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const namePattern = /^[a-zA-Z0-9][-\w]{2,127}$/;

/** User-assigned identities; each is a service principal of the tenant while it exists. */
export function identityStore(subscription: string, tenantId: string, principals: Principals): IdentityStore {
  const identities = new ResourceStore<Identity>();

  const put = (group: string, name: string, body: unknown): AzureAnswer => {
    if (!namePattern.test(name)) return refused(400, 'InvalidResourceName', `The resource name '${name}' is invalid.`);
    const existing = identities.get(group, name);
    const location = existing?.location ?? locationOf(textAt(body, 'location') ?? '');
    if (location === null) return refused(400, 'LocationRequired', 'The location property is required for this definition.');
    const properties = existing?.properties ?? { tenantId, principalId: randomUUID(), clientId: randomUUID() };
    // The service itself writes `resourcegroups` in lower case here (facts/azure.md A1.4).
    const id = `/subscriptions/${subscription}/resourcegroups/${group}/providers/${type}/${name}`;
    const identity: Identity = existing ? { ...existing, tags: tagsOf(body) } : { id, name, type, group, location, tags: tagsOf(body), properties };
    identities.set(identity);
    principals.add({ principalId: properties.principalId, clientId: properties.clientId, kind: 'ServicePrincipal', name });
    return ok(shown(identity), existing ? 200 : 201);
  };
  const remove = (identity: Identity): AzureAnswer => {
    identities.remove(identity);
    principals.remove(identity.properties.principalId);
    return { status: 200 };
  };
  const one = ({ method, body }: AzureRequest, group: string, name: string): AzureAnswer | null => {
    if (method === 'PUT') return put(group, name, body);
    const identity = identities.get(group, name);
    if (method === 'DELETE') return identity ? remove(identity) : { status: 204 };
    if (method !== 'GET' && method !== 'PATCH') return null;
    if (identity === null) return resourceNotFound(type, name, group);
    if (method === 'GET') return ok(shown(identity));
    const patched = isObject(body) && 'tags' in body ? { ...identity, tags: tagsOf(body) } : identity;
    identities.set(patched);
    return ok(shown(patched));
  };

  return {
    byId(resourceId) {
      const { resourceGroup, provider, rest } = armPath(resourceId.split('/').filter(Boolean));
      const [kind = '', name = ''] = rest;
      if (provider !== 'microsoft.managedidentity' || !sameName(kind, 'userAssignedIdentities')) return null;
      const identity = identities.get(resourceGroup ?? '', name);
      return identity ? { id: identity.id, ...identity.properties } : null;
    },
    list: () => identities.all(),
    handle(request) {
      const { resourceGroup, rest }: ArmPath = armPath(request.segments);
      const [kind = '', name, ...more] = rest;
      if (!sameName(kind, 'userAssignedIdentities') || more.length > 0) return null;
      if (name !== undefined) return resourceGroup === null ? null : one(request, resourceGroup, name);
      if (request.method !== 'GET') return null;
      const all = identities.all().filter(({ group }) => resourceGroup === null || sameName(group, resourceGroup));
      return paged(request, all.map(shown), 200);
    },
  };
}

function shown({ location, tags, id, name, properties }: Identity): object {
  return { location, tags, id, name, type, properties };
}
