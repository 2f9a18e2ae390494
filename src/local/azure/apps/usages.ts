import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { App } from './app.ts';
import { listAt, numberAt, objectAt } from './reading.ts';

function usage(value: string, localizedValue: string, used: number, limit: number): JsonObject {
  return { name: { value, localizedValue }, usage: used, currentValue: used, limit };
}

export function regionUsages(environments: number, limit: number): readonly JsonObject[] {
  return [usage('ManagedEnvironmentCount', 'Managed Environment Count', environments, limit)];
}

/** Cores that the active revisions' replicas ask for, against the default quotas. */
export function environmentUsages(apps: readonly App[]): readonly JsonObject[] {
  const cores = apps
    .flatMap((app) => app.revisions.filter((revision) => revision.active))
    .map((revision) => revision.replicaCount * listAt(revision.template, 'containers').reduce((sum, one) => sum + (numberAt(objectAt(one, 'resources'), 'cpu') ?? 0), 0))
    .reduce((sum, one) => sum + one, 0);
  return [
    usage('ManagedEnvironmentGeneralPurposeCores', 'Managed Environment General Purpose Cores', 0, 200),
    usage('ManagedEnvironmentMemoryOptimizedCores', 'Managed Environment Memory Optimized Cores', 0, 50),
    usage('ManagedEnvironmentComputeOptimizedCores', 'Managed Environment Compute Optimized Cores', 0, 50),
    usage('ManagedEnvironmentConsumptionCores', 'Managed Environment Consumption Cores', cores, 100),
  ];
}
