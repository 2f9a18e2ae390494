import { reaction, type Reaction } from '../../../kernel/context.ts';
import { factKeys } from '../domain/environment-readiness.ts';
import type { DeploymentPorts } from '../ports.ts';
import { recordArrival } from '../steps/record-fact.ts';

export function whenRuntimeTenantBound(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-runtime-tenant-bound',
    on: 'RuntimeTenantBound',
    handle: ({ tenantId, occurredAt: at, payload: { environment, tenant, commit, generation, digest } }, delivery) =>
      recordArrival(ports, { tenantId, environment, key: factKeys.tenant(tenant, digest), commit, generation, at }, delivery),
  });
}
