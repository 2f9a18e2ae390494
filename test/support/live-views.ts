import type { LiveState } from '../../src/contexts/drift-detection/ports.ts';
import type { HealthScalingPorts, RevisionRequests, Workloads } from '../../src/contexts/health-scaling/ports.ts';
import type { MemoryApps } from './memory-apps.ts';

/** The same apps in memory as health-scaling sees them. */
export function healthViews(apps: MemoryApps, state: { environment: string | null; requests: readonly RevisionRequests[] | null }): Pick<HealthScalingPorts, 'workloads' | 'endpoints' | 'metrics' | 'scaling'> {
  const revisionState: Workloads['revisionState'] = async (...asked) => {
    const revision = await apps.revision(...asked);
    return revision && { ...revision, containers: [] };
  };
  return {
    workloads: { apps: async () => apps.list(), revision: apps.revision, revisionState, managedEnvironmentState: async () => state.environment },
    endpoints: apps.endpoints,
    metrics: { requests: async () => state.requests },
    scaling: apps,
  };
}

/** And as drift-detection does. */
export function liveView(apps: MemoryApps): LiveState {
  return {
    apps: async () => apps.list(),
    replicas: async (tenant, app, name, signal) => (await apps.revision(tenant, app, name, signal))?.replicas ?? null,
  };
}
