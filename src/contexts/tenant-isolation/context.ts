import type { Context } from '../../kernel/context.ts';
import { declaredProblems } from './domain/bounds.ts';
import { boundedDesired, boundedPlanner, tenantGuard } from './guard.ts';
import { tenantPlanner } from './plan.ts';
import type { TenantIsolationPorts } from './ports.ts';
import { whenBindTenant } from './reactions/when-bind-tenant.ts';

/** `desired` must be the unbounded reader: what lies out of bounds is to be refused in words here, not hidden. */
export function tenantIsolation(ports: TenantIsolationPorts): Context {
  return { name: 'tenant-isolation', reactions: [whenBindTenant(ports)], schedules: [], plan: tenantPlanner(ports) };
}

export { boundedDesired, boundedPlanner, declaredProblems, tenantGuard };
