import type { ObservedApp, ObservedRevision } from '../../src/kernel/container-app.ts';
import { Conflict } from '../../src/kernel/errors.ts';
import type { OperationToken } from '../../src/kernel/operation.ts';
import { assertWriting } from './write-scope.ts';
import type {
  EnvironmentResources,
  InventoryReader,
  ObservedIdentity,
  ObservedManagedEnvironment,
  ObservedResource,
  Tags,
} from '../../src/contexts/environment-inventory/ports.ts';

export interface MemoryEnvironment {
  readonly resources: EnvironmentResources;
  readonly inventory: InventoryReader;
  readonly groups: Map<string, ObservedResource>;
  readonly environments: Map<string, ObservedManagedEnvironment>;
  readonly identities: Map<string, ObservedIdentity>;
  readonly apps: ObservedApp[];
  readonly revisions: Map<string, ObservedRevision>;
  /** Every write that changed something, in order. */
  readonly writes: string[];
  /** Names of calls, reads too. */
  readonly calls: string[];
  /** Looks at a creation before it ends; null: it never ends. */
  looks: number | null;
  /** How creations end; a failed one leaves the environment behind as `Failed`. */
  ends: 'Succeeded' | 'Failed';
  snapshot(): object;
}

/** Resource groups, managed environments and identities as Azure keeps them: names without case, creation takes a few looks. */
export function memoryEnvironment(): MemoryEnvironment {
  const groups = new Map<string, ObservedResource>();
  const environments = new Map<string, ObservedManagedEnvironment>();
  const identities = new Map<string, ObservedIdentity>();
  const writes: string[] = [];
  const calls: string[] = [];
  const apps: ObservedApp[] = [];
  const revisions = new Map<string, ObservedRevision>();
  const key = (...names: string[]) => names.join('/').toLowerCase();
  const merged = <R extends ObservedResource>(resource: R, tags: Tags): R => ({ ...resource, tags: { ...resource.tags, ...tags } });
  let seen = 0;

  const look = (name: string): void => {
    const environment = environments.get(name);
    if (environment?.provisioningState !== 'Waiting') return;
    seen += 1;
    if (world.looks === null || seen <= world.looks) return;
    const defaultDomain = world.ends === 'Succeeded' ? 'blue.westeurope.azurecontainerapps.io' : '';
    environments.set(name, { ...environment, provisioningState: world.ends, defaultDomain });
  };

  const world: MemoryEnvironment = {
    groups,
    environments,
    identities,
    apps,
    revisions,
    writes,
    calls,
    looks: 2,
    ends: 'Succeeded',
    snapshot: () => structuredClone({ groups: [...groups], environments: [...environments], identities: [...identities] }),
    inventory: {
      async apps() {
        calls.push('apps');
        return [...apps];
      },
      async revision(_tenant, app, revision) {
        calls.push(`revision ${app.name}`);
        return revisions.get(revision) ?? null;
      },
    },
    resources: {
      async resourceGroup(_tenant, place) {
        calls.push('resourceGroup');
        return groups.get(key(place.resourceGroup)) ?? null;
      },
      async ensureResourceGroup(_tenant, place, location, tags) {
        assertWriting('ensureResourceGroup');
        writes.push(`ensureResourceGroup ${place.resourceGroup}`);
        const group = merged(groups.get(key(place.resourceGroup)) ?? { id: `/groups/${place.resourceGroup}`, location, tags: {} }, tags);
        groups.set(key(place.resourceGroup), group);
        return group;
      },
      async managedEnvironment(_tenant, place) {
        calls.push('managedEnvironment');
        const name = key(place.resourceGroup, place.managedEnvironment);
        look(name);
        return environments.get(name) ?? null;
      },
      async createManagedEnvironment(_tenant, place, location, tags) {
        assertWriting('createManagedEnvironment');
        const name = key(place.resourceGroup, place.managedEnvironment);
        if (environments.get(name)?.provisioningState === 'Waiting') throw new Conflict('the environment is being created', {});
        writes.push(`createManagedEnvironment ${place.managedEnvironment}`);
        const id = `/environments/${place.managedEnvironment}`;
        environments.set(name, { id, location, tags, provisioningState: 'Waiting', defaultDomain: '' });
        seen = 0;
        // A test's own token: the port only says that it is opaque.
        return name as OperationToken;
      },
      async tagManagedEnvironment(_tenant, place, tags) {
        assertWriting('tagManagedEnvironment');
        writes.push(`tagManagedEnvironment ${place.managedEnvironment}`);
        const name = key(place.resourceGroup, place.managedEnvironment);
        const environment = environments.get(name);
        if (environment) environments.set(name, merged(environment, tags));
      },
      async operation(_tenant, token) {
        calls.push('operation');
        look(token);
        const state = environments.get(token)?.provisioningState;
        if (state === 'Waiting') return { status: 'running', lookAgainMs: 5000 };
        return state === 'Failed' ? { status: 'failed', code: 'ManagedEnvironmentCapacityError', field: null } : { status: 'succeeded' };
      },
      async identity(_tenant, place, name) {
        calls.push(`identity ${name}`);
        return identities.get(key(place.resourceGroup, name)) ?? null;
      },
      async ensureIdentity(_tenant, place, name, location, tags) {
        assertWriting('ensureIdentity');
        writes.push(`ensureIdentity ${name}`);
        const fresh = { id: `/identities/${name}`, location, tags: {}, principalId: `principal-${name}`, clientId: `client-${name}` };
        const identity = merged(identities.get(key(place.resourceGroup, name)) ?? fresh, tags);
        identities.set(key(place.resourceGroup, name), identity);
        return identity;
      },
    },
  };
  return world;
}
