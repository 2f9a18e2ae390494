import type { Context, Schedule } from '../../kernel/context.ts';
import { emit } from '../../kernel/envelope.ts';
import { runtimeEnvironmentType } from './domain/runtime-environment.ts';
import { environmentPlanner } from './plan.ts';
import type { EnvironmentInventoryPorts } from './ports.ts';
import { whenProvisionEnvironment } from './reactions/when-provision-environment.ts';
import { whenRefreshInventory } from './reactions/when-refresh-inventory.ts';
import { whenRuntimeDeploymentCompleted } from './reactions/when-runtime-deployment-completed.ts';
import { whenRuntimeDeploymentFailed } from './reactions/when-runtime-deployment-failed.ts';
import { whenRuntimeDeploymentRolledBack } from './reactions/when-runtime-deployment-rolled-back.ts';
import { whenRuntimeTenantBindingRefused } from './reactions/when-runtime-tenant-binding-refused.ts';
import { whenRuntimeTenantBound } from './reactions/when-runtime-tenant-bound.ts';
import { whenUnmanageEnvironment } from './reactions/when-unmanage-environment.ts';

const refresh: Schedule = {
  name: 'refresh-inventory',
  everyMs: 5 * 60_000,
  forEach: runtimeEnvironmentType,
  message: (tenantId, id) => emit('RefreshInventory', tenantId, { environment: id }),
};

export function environmentInventory(ports: EnvironmentInventoryPorts): Context {
  return {
    name: 'environment-inventory',
    reactions: [
      whenProvisionEnvironment(ports),
      whenUnmanageEnvironment(ports),
      whenRefreshInventory(ports),
      whenRuntimeDeploymentCompleted(ports),
      whenRuntimeDeploymentRolledBack(ports),
      whenRuntimeDeploymentFailed(ports),
      whenRuntimeTenantBound(ports),
      whenRuntimeTenantBindingRefused(ports),
    ],
    schedules: [refresh],
    plan: environmentPlanner(ports),
  };
}
