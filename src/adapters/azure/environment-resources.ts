import * as z from 'zod';
import type { EnvironmentResources, ObservedIdentity, ObservedManagedEnvironment, ObservedResource, Tags } from '../../contexts/environment-inventory/ports.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { AzurePlace } from '../../kernel/desired-state.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Arm } from './arm.ts';
import { orNull, type Calls } from './calls.ts';
import type { Clients } from './clients.ts';
import { callTo } from './container-apps.ts';
import { armPath, groupPath, shortLocation } from './names.ts';
import type { Operations } from './operations.ts';
import { readAs } from './translate.ts';

export function environmentResources(clients: Clients, calls: Calls, arm: Arm, operations: Operations): EnvironmentResources {
  const groups = resourceGroups(clients, calls);
  const environment = (tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<ObservedManagedEnvironment | null> =>
    managedEnvironment(arm, tenant, place, signal);
  const identities = managedIdentities(clients, calls);

  return {
    resourceGroup: groups.get,
    async ensureResourceGroup(tenant, place, location, tags, signal) {
      const found = await groups.get(tenant, place, signal);
      if (found === null) return groups.create(tenant, place, location, tags, signal);
      const merged = mergedTags(found.tags, tags);
      return merged === null ? found : groups.tag(tenant, place, merged, signal);
    },
    managedEnvironment: environment,
    async createManagedEnvironment(tenant, place, location, tags, signal) {
      const call = callTo('managedEnvironments.create', tenant, place, signal);
      // Without a workload profile Azure makes an environment of the older kind, which cannot be changed later.
      const properties = { workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }], zoneRedundant: false };
      const path = environmentPath(place);
      return operations.begin(call, path, await arm.write(call, 'PUT', path, { location, tags, properties }));
    },
    async tagManagedEnvironment(tenant, place, tags, signal) {
      const found = await environment(tenant, place, signal);
      const merged = mergedTags(found?.tags ?? {}, tags);
      if (merged === null) return;
      await arm.write(callTo('managedEnvironments.tag', tenant, place, signal), 'PATCH', environmentPath(place), { tags: merged });
    },
    operation: operations.look,
    identity: identities.get,
    async ensureIdentity(tenant, place, name, location, tags, signal) {
      const found = await identities.get(tenant, place, name, signal);
      const merged = found ? mergedTags(found.tags, tags) : tags;
      if (found && merged === null) return found;
      return identities.write(tenant, place, name, found?.location ?? location, merged ?? tags, signal);
    },
  };
}

/** Other people's tags stay, and Azure replaces the whole set: all of them are sent. Null when nothing would change. */
function mergedTags(there: Tags, wanted: Tags): Record<string, string> | null {
  const changes = Object.entries(wanted).some(([name, value]) => there[name] !== value);
  return changes ? { ...there, ...wanted } : null;
}

const resourceSchema = z.object({ id: z.string(), location: z.string(), tags: z.record(z.string(), z.string()).nullish() });

function observedResource(body: unknown, call: string): ObservedResource {
  const { id, location, tags } = readAs(resourceSchema, body, call);
  return { id, location: shortLocation(location), tags: tags ?? {} };
}

function resourceGroups(clients: Clients, calls: Calls) {
  const operationsOf = (place: AzurePlace) => clients.of(place.subscription).resources.resourceGroups;
  return {
    async get(tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<ObservedResource | null> {
      const call = callTo('resourceGroups.get', tenant, place, signal);
      const found = await calls(call, (options) => orNull(operationsOf(place).get(place.resourceGroup, options)));
      return found && observedResource(found, call.operation);
    },
    async create(tenant: TenantId, place: AzurePlace, location: string, tags: Tags, signal: AbortSignal): Promise<ObservedResource> {
      const call = callTo('resourceGroups.create', tenant, place, signal);
      const written = await calls(call, (options) => operationsOf(place).createOrUpdate(place.resourceGroup, { location, tags: { ...tags } }, options));
      return observedResource(written, call.operation);
    },
    async tag(tenant: TenantId, place: AzurePlace, tags: Record<string, string>, signal: AbortSignal): Promise<ObservedResource> {
      const call = callTo('resourceGroups.tag', tenant, place, signal);
      return observedResource(await calls(call, (options) => operationsOf(place).update(place.resourceGroup, { tags }, options)), call.operation);
    },
  };
}

const environmentSchema = z.object({ properties: z.object({ provisioningState: z.string().nullish(), defaultDomain: z.string().nullish() }) });

async function managedEnvironment(arm: Arm, tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<ObservedManagedEnvironment | null> {
  const call = callTo('managedEnvironments.get', tenant, place, signal);
  const answer = await arm.get(call, environmentPath(place));
  if (answer === null) return null;
  const { provisioningState, defaultDomain } = readAs(environmentSchema, answer.body, call.operation).properties;
  return { ...observedResource(answer.body, call.operation), provisioningState: provisioningState ?? 'Unknown', defaultDomain: defaultDomain ?? '' };
}

function environmentPath(place: AzurePlace): string {
  return groupPath(place) + armPath`/providers/Microsoft.App/managedEnvironments/${place.managedEnvironment}`;
}

const identitySchema = z.object({ principalId: z.string(), clientId: z.string() });

function managedIdentities(clients: Clients, calls: Calls) {
  const operationsOf = (place: AzurePlace) => clients.of(place.subscription).identities.userAssignedIdentities;
  const observed = (body: unknown, call: string): ObservedIdentity => ({ ...observedResource(body, call), ...readAs(identitySchema, body, call) });
  return {
    async get(tenant: TenantId, place: AzurePlace, name: string, signal: AbortSignal): Promise<ObservedIdentity | null> {
      const call = callTo('identities.get', tenant, place, signal);
      const found = await calls(call, (options) => orNull(operationsOf(place).get(place.resourceGroup, checkedName(name), options)));
      return found && observed(found, call.operation);
    },
    async write(tenant: TenantId, place: AzurePlace, name: string, location: string, tags: Tags, signal: AbortSignal): Promise<ObservedIdentity> {
      const call = callTo('identities.write', tenant, place, signal);
      const parameters = { location, tags: { ...tags } };
      return observed(await calls(call, (options) => operationsOf(place).createOrUpdate(place.resourceGroup, checkedName(name), parameters, options)), call.operation);
    },
  };
}

function checkedName(name: string): string {
  return armPath`${name}`;
}
