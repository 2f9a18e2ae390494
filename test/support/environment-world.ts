import { whenProvisionEnvironment } from '../../src/contexts/environment-inventory/reactions/when-provision-environment.ts';
import { whenRuntimeTenantBound } from '../../src/contexts/environment-inventory/reactions/when-runtime-tenant-bound.ts';
import type { EnvironmentInventoryPorts } from '../../src/contexts/environment-inventory/ports.ts';
import type { DesiredEnvironment } from '../../src/kernel/desired-state.ts';
import { envelopeOf, failOnce, runToEnd, testClock, type Faults, type Run, type TestClock } from './delivery.ts';
import { desiredEnvironment, desiredTenantBinding, memoryDesired } from './desired.ts';
import { owner } from './grants.ts';
import { memoryEnvironment, type MemoryEnvironment } from './memory-environment.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';

export const commit = 'a'.repeat(40);
const binding = desiredTenantBinding();
export const prod = desiredEnvironment({ stage: 'prod', bindings: [binding] });

export interface EnvironmentWorld {
  readonly store: MemoryStore;
  readonly clock: TestClock;
  readonly azure: MemoryEnvironment;
  readonly ports: EnvironmentInventoryPorts;
  /** What Git declares from here on. */
  declare(generation: number, ...environments: readonly DesiredEnvironment[]): void;
  /** Delivers ProvisionEnvironment for `staging` until it ends. */
  provision(generation?: number, limit?: number): Promise<Run>;
  /** tenant-isolation accepts the binding that `prod` declares. */
  bound(generation?: number): Promise<Run>;
}

/** `staging` as it is declared, or nothing, over an Azure without anything in it. */
export function environmentWorld(environment: DesiredEnvironment | null, faults: Faults = failOnce(0, 'before')): EnvironmentWorld {
  const store = memoryStore();
  const clock = testClock();
  const azure = memoryEnvironment();
  const desired = memoryDesired();
  const ports = { store: faults.wrap(store), clock, desired: faults.wrap(desired), resources: faults.wrap(azure.resources), inventory: azure.inventory };
  const declare = (generation: number, ...environments: readonly DesiredEnvironment[]): void => desired.declare(commit, generation, ...environments);
  declare(1, ...(environment === null ? [] : [environment]));
  return {
    store,
    clock,
    azure,
    ports,
    declare,
    provision: (generation = 1, limit) =>
      runToEnd(whenProvisionEnvironment(ports), envelopeOf('ProvisionEnvironment', owner, { environment: 'staging', commit, generation }), { store, clock }, limit === undefined ? {} : { limit }),
    bound: (generation = 1) =>
      runToEnd(whenRuntimeTenantBound(ports), envelopeOf('RuntimeTenantBound', owner, { tenant: 'contoso', environment: 'staging', commit, generation, isolation: 'pool', digest: binding.digest }), { store, clock }),
  };
}
