import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { ArmError } from './arm-error.ts';
import type { ManagedEnvironment } from './environment.ts';
import { listAt, objectAt, withoutNulls } from './reading.ts';

/** Shares of a managed environment are written at once; the key of an account is never shown. */
export function putStorage(request: AzureRequest, environment: ManagedEnvironment, name: string): AzureAnswer {
  const sent = objectAt(request.body, 'properties') ?? {};
  const { accountKey: _accountKey, ...azureFile } = objectAt(sent, 'azureFile') ?? {};
  const kept = { ...withoutNulls(sent), ...(sent['azureFile'] !== undefined && { azureFile }) };
  environment.storages.set(name, kept);
  return { status: 200, body: storageView(environment, name, kept) };
}

export function getStorage(environment: ManagedEnvironment, name: string): AzureAnswer {
  const found = environment.storages.get(name);
  if (found === undefined) throw new ArmError(404, 'ManagedEnvironmentStorageNotFound', `ManagedEnvironment Storage '${name}' was not found.`);
  return { status: 200, body: storageView(environment, name, found) };
}

export function listStorages(environment: ManagedEnvironment): AzureAnswer {
  return { status: 200, body: { value: [...environment.storages].map(([name, storage]) => storageView(environment, name, storage)) } };
}

export function removeStorage(environment: ManagedEnvironment, name: string): AzureAnswer {
  return { status: environment.storages.delete(name) ? 200 : 204 };
}

function storageView(environment: ManagedEnvironment, name: string, properties: JsonObject): JsonObject {
  return { id: `${environment.id}/storages/${name}`, name, type: 'Microsoft.App/managedenvironments/storages', properties };
}

export function workloadProfileStates(environment: ManagedEnvironment): AzureAnswer {
  const value = listAt(environment.properties, 'workloadProfiles').map((profile) => {
    const { name, workloadProfileType, minimumCount, maximumCount } = profile;
    const counts = minimumCount === undefined ? {} : { minimumCount, maximumCount, currentCount: minimumCount };
    return { id: `${environment.id}/workloadProfileStates/${String(name)}`, name, type: workloadProfileType, properties: { ...counts, workloadProfileType, name } };
  });
  return { status: 200, body: { value } };
}

const profileTypes = [
  { letter: 'D', category: 'GeneralPurpose', memoryPerCore: 4 },
  { letter: 'E', category: 'MemoryOptimized', memoryPerCore: 8 },
].flatMap(({ letter, category, memoryPerCore }) => [4, 8, 16, 32].map((cores) => ({ name: `${letter}${cores}`, displayName: `Dedicated-${letter}${cores}`, category, cores, memoryGiB: cores * memoryPerCore })));

export function availableProfileTypes(subscription: string, location: string): AzureAnswer {
  const all = [...profileTypes, { name: 'Consumption', displayName: 'Consumption', category: 'Consumption', cores: 4, memoryGiB: 8 }];
  const type = 'Microsoft.App/availableManagedEnvironmentsWorkloadProfileTypes';
  const value = all.map(({ name, ...properties }) => ({ location, properties, id: `/subscriptions/${subscription}/providers/${type}/${name}`, name, type }));
  return { status: 200, body: { value } };
}
