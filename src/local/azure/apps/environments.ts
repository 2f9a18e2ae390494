import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { canonicalJson } from '../../../kernel/digest.ts';
import { ResourceStore } from '../resource-store.ts';
import type { AzureAnswer, AzureRequest, World } from '../world.ts';
import { apiVersionOf } from './api-version.ts';
import { ArmError, groupNotFound, movedElsewhere, resourceNotFound } from './arm-error.ts';
import { environmentView, settledEnvironment, type ManagedEnvironment } from './environment.ts';
import { failsOnOrder } from './fault-orders.ts';
import { displayLocation, validLocation } from './locations.ts';
import { documentationAddress, domainLabel } from './names.ts';
import type { Operation, Operations } from './operations.ts';
import { objectAt } from './reading.ts';
import { sameName } from '../json.ts';
import type { Timers } from './timers.ts';
import { regionUsages } from './usages.ts';

const type = 'Microsoft.App/managedEnvironments';

interface Parts {
  readonly world: World;
  readonly timers: Timers;
  readonly operations: Operations;
  /** How many the subscription may have in a region. */
  readonly perRegion: number;
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

  usages(location: string): readonly JsonObject[] {
    return regionUsages(this.#in(location), this.#parts.perRegion);
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
    return environmentView(environment, this.#parts.world, apiVersionOf(request));
  }

  put(request: AzureRequest, group: string, name: string): AzureAnswer {
    const { world, operations } = this.#parts;
    const body = isObject(request.body) ? request.body : {};
    const location = validLocation(body, type);
    const ownGroup = world.groups.get(group)?.name;
    if (ownGroup === undefined) throw groupNotFound(group);
    const existing = this.#stored.get(group, name);
    if (existing !== null) {
      refuseWhileBusy(existing);
      if (existing.location !== location) throw movedElsewhere(existing, location);
      if (!this.#change(request, existing, body) && existing.state === 'Succeeded') return { status: 200, body: this.view(request, existing) };
    }
    if (existing === null) this.#refuseSurplus(location);
    const environment = existing ?? this.#created(request, { group: ownGroup, name, location }, body);
    this.#stored.set(environment);
    const operation = this.#begin(request, environment, existing === null ? 'Waiting' : 'Updating');
    const headers = { 'azure-asyncoperation': operations.statusAddress(request, operation), 'retry-after': '15', 'x-ms-async-operation-timeout': 'PT15M' };
    return { status: 201, headers, body: this.view(request, environment) };
  }

  patch(request: AzureRequest, group: string, name: string): AzureAnswer {
    const environment = this.found(group, name);
    refuseWhileBusy(environment);
    const { tags, properties } = environment;
    const merged = applyMergePatch({ tags, properties }, request.body);
    if (!this.#change(request, environment, isObject(merged) ? merged : {})) return { status: 200, body: this.view(request, environment) };
    return { status: 202, headers: { location: this.#parts.operations.resultAddress(request, this.#begin(request, environment, 'Updating')) } };
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

  #in(location: string): number {
    return this.all().filter((environment) => environment.location === location).length;
  }

  /** @throws ArmError when the quota of the region is used up (azure-container-apps#429). */
  #refuseSurplus(location: string): void {
    const { perRegion, world } = this.#parts;
    if (this.#in(location) < perRegion) return;
    throw new ArmError(400, 'MaxNumberOfRegionalEnvironmentsInSubExceeded', `The subscription '${world.subscription}' cannot have more than ${perRegion} Container App Environments in ${displayLocation(location)}.`);
  }

  #drop(environment: ManagedEnvironment): void {
    this.#stored.remove(environment);
    this.#parts.onDeleted(environment);
  }

  /** @returns whether anything is other than before. */
  #change(request: AzureRequest, environment: ManagedEnvironment, body: JsonObject): boolean {
    const properties = settledEnvironment(objectAt(body, 'properties') ?? {}, environment, this.#parts.world.build);
    const tags = objectAt(body, 'tags');
    if (canonicalJson([properties, tags]) === canonicalJson([environment.properties, environment.tags])) return false;
    Object.assign(environment, { properties, tags, modifiedAt: this.#parts.timers.now(), modifiedBy: this.#parts.world.authorOf(request.principalId) });
    return true;
  }

  #created(request: AzureRequest, place: { readonly group: string; readonly name: string; readonly location: string }, body: JsonObject): ManagedEnvironment {
    const now = this.#parts.timers.now();
    const author = this.#parts.world.authorOf(request.principalId);
    const id = `/subscriptions/${this.#parts.world.subscription}/resourceGroups/${place.group}/providers/${type}/${place.name}`;
    return {
      ...place,
      id,
      domain: `${domainLabel(id.toLowerCase())}.${place.location}.azurecontainerapps.io`,
      staticIp: documentationAddress(id.toLowerCase()),
      toldOutbound: 0,
      createdAt: now,
      createdBy: author,
      modifiedAt: now,
      modifiedBy: author,
      state: 'Waiting',
      tags: objectAt(body, 'tags'),
      properties: settledEnvironment(objectAt(body, 'properties') ?? {}, place, this.#parts.world.build),
      storages: new Map(),
      operation: null,
    };
  }
}

function refuseWhileBusy(environment: ManagedEnvironment): void {
  if (environment.operation === null) return;
  throw new ArmError(409, 'ManagedEnvironmentOperationInProgress', `Cannot modify Container Apps environment ${environment.name} because another operation is in progress.`);
}
