import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { canonicalJson } from '../../../kernel/digest.ts';
import { ResourceStore } from '../resource-store.ts';
import type { AzureAnswer, AzureRequest, World } from '../world.ts';
import { acceptedWrite, apiVersionOf } from './api-version.ts';
import { ArmError, groupNotFound, resourceNotFound } from './arm-error.ts';
import { environmentView, settledEnvironment, type ManagedEnvironment } from './environment.ts';
import { failsOnOrder } from './fault-orders.ts';
import { displayLocation, locationNames, locationOf } from './locations.ts';
import { documentationAddress, domainLabel } from './names.ts';
import type { Operation, Operations } from './operations.ts';
import { objectAt, textAt } from './reading.ts';
import { sameName } from '../json.ts';
import type { Timers } from './timers.ts';

const type = 'Microsoft.App/managedEnvironments';

interface Parts {
  readonly world: World;
  readonly timers: Timers;
  readonly operations: Operations;
  /** An environment takes its apps with it. */
  readonly onDeleted: (environment: ManagedEnvironment) => void;
}

/** Every managed environment, and the writes that start operations on them. */
export class Environments {
  readonly #parts: Parts;
  readonly #stored = new ResourceStore<ManagedEnvironment>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  all(): readonly ManagedEnvironment[] {
    return this.#stored.all();
  }

  /** By resource id, without case. */
  byId(id: string): ManagedEnvironment | null {
    return this.all().find((one) => sameName(one.id, id)) ?? null;
  }

  /** @throws ArmError when there is no such environment. */
  found(group: string, name: string): ManagedEnvironment {
    const environment = this.#stored.get(group, name);
    if (environment === null) throw resourceNotFound(type, name, this.#parts.world.groups.get(group)?.name ?? group);
    return environment;
  }

  view(request: AzureRequest, environment: ManagedEnvironment): JsonObject {
    return environmentView(environment, this.#parts.world.subscription, apiVersionOf(request));
  }

  put(request: AzureRequest, group: string, name: string): AzureAnswer {
    const { world, operations } = this.#parts;
    const body = isObject(request.body) ? request.body : {};
    const location = validLocation(body);
    const ownGroup = world.groups.get(group)?.name;
    if (ownGroup === undefined) throw groupNotFound(group);
    const existing = this.#stored.get(group, name);
    if (existing !== null) {
      refuseWhileBusy(existing);
      if (existing.location !== location) throw movedElsewhere(existing, location);
      if (!this.#change(request, existing, body) && existing.state === 'Succeeded') return { status: 200, body: this.view(request, existing) };
    }
    const environment = existing ?? this.#created(request, { group: ownGroup, name, location }, body);
    this.#stored.set(environment);
    const operation = this.#begin(request, environment, existing === null ? 'Waiting' : 'Updating');
    const headers = { 'azure-asyncoperation': operations.statusAddress(request, operation), 'retry-after': '15', 'x-ms-async-operation-timeout': 'PT15M' };
    return acceptedWrite(201, headers, this.view(request, environment));
  }

  patch(request: AzureRequest, group: string, name: string): AzureAnswer {
    const environment = this.found(group, name);
    refuseWhileBusy(environment);
    const { tags, properties } = environment;
    const merged = applyMergePatch({ tags, properties }, request.body);
    if (!this.#change(request, environment, isObject(merged) ? merged : {})) return { status: 200, body: this.view(request, environment) };
    return acceptedWrite(202, { location: this.#parts.operations.resultAddress(request, this.#begin(request, environment, 'Updating')) });
  }

  remove(request: AzureRequest, group: string, name: string): AzureAnswer {
    const environment = this.#stored.get(group, name);
    if (environment === null) return { status: 204 };
    refuseWhileBusy(environment);
    const operation = this.#begin(request, environment, 'ScheduledForDelete');
    return { status: 202, headers: { location: this.#parts.operations.resultAddress(request, operation) } };
  }

  /** Starts an operation on an environment that is `state` meanwhile. */
  #begin(request: AzureRequest, environment: ManagedEnvironment, state: 'Waiting' | 'Updating' | 'ScheduledForDelete'): Operation {
    const { world, operations } = this.#parts;
    const fails = failsOnOrder(world, request);
    const operation = operations.start({
      kind: 'managedEnvironment',
      location: environment.location,
      afterMs: world.pace.environmentMs,
      finish: () => {
        Object.assign(environment, { operation: null, state: fails ? 'Failed' : 'Succeeded' });
        if (!fails && state === 'ScheduledForDelete') this.#drop(environment);
        return fails ? { code: 'ManagedEnvironmentProvisioningError', message: `Failed to provision managed environment '${environment.name}'.` } : null;
      },
      result: (asked) => (state === 'ScheduledForDelete' ? { status: 204 } : { status: 200, body: this.view(asked, environment) }),
    });
    Object.assign(environment, { state, operation });
    return operation;
  }

  #drop(environment: ManagedEnvironment): void {
    this.#stored.remove(environment);
    this.#parts.onDeleted(environment);
  }

  /** @returns whether anything is other than before. */
  #change(request: AzureRequest, environment: ManagedEnvironment, body: JsonObject): boolean {
    const properties = settledEnvironment(objectAt(body, 'properties') ?? {}, environment);
    const tags = objectAt(body, 'tags');
    if (canonicalJson([properties, tags]) === canonicalJson([environment.properties, environment.tags])) return false;
    Object.assign(environment, { properties, tags, modifiedAt: this.#parts.timers.now(), modifiedBy: request.principalId });
    return true;
  }

  #created(request: AzureRequest, place: { readonly group: string; readonly name: string; readonly location: string }, body: JsonObject): ManagedEnvironment {
    const now = this.#parts.timers.now();
    const id = `/subscriptions/${this.#parts.world.subscription}/resourceGroups/${place.group}/providers/${type}/${place.name}`;
    return {
      ...place,
      id,
      domain: `${domainLabel(id.toLowerCase())}.${place.location}.azurecontainerapps.io`,
      staticIp: documentationAddress(id.toLowerCase()),
      createdAt: now,
      createdBy: request.principalId,
      modifiedAt: now,
      modifiedBy: request.principalId,
      state: 'Waiting',
      tags: objectAt(body, 'tags'),
      properties: settledEnvironment(objectAt(body, 'properties') ?? {}, place),
      storages: new Map(),
      operation: null,
    };
  }
}

function validLocation(body: JsonObject): string {
  const written = textAt(body, 'location');
  if (written === null) throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.', false);
  const location = locationOf(written);
  if (location !== null) return location;
  const list = locationNames.map(displayLocation).join(',');
  const message = `The provided location '${written}' is not available for resource type '${type}'. List of available regions for the resource type is '${list}'.`;
  throw new ArmError(400, 'LocationNotAvailableForResourceType', message, false);
}

function refuseWhileBusy(environment: ManagedEnvironment): void {
  if (environment.operation === null) return;
  throw new ArmError(409, 'ManagedEnvironmentOperationInProgress', `Cannot modify Container Apps environment ${environment.name} because another operation is in progress.`);
}

function movedElsewhere(environment: ManagedEnvironment, location: string): ArmError {
  const message =
    `The resource '${environment.name}' already exists in location '${environment.location}' in resource group '${environment.group}'. ` +
    `A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`;
  return new ArmError(409, 'InvalidResourceLocation', message, false);
}
