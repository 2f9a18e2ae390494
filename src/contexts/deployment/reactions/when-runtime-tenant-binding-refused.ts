import { reaction, type Reaction } from '../../../kernel/context.ts';
import { factKeys } from '../domain/environment-readiness.ts';
import type { DeploymentPorts } from '../ports.ts';
import { recordRefusal } from '../steps/record-fact.ts';

export function whenRuntimeTenantBindingRefused(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-runtime-tenant-binding-refused',
    on: 'RuntimeTenantBindingRefused',
    handle: ({ tenantId, occurredAt: at, payload }) =>
      recordRefusal(ports, { ...payload, tenantId, at }, ({ bindings }) => {
        const binding = bindings.find(({ tenant }) => tenant === payload.tenant);
        return binding === undefined ? null : factKeys.tenant(binding.tenant, binding.digest);
      }),
  });
}
