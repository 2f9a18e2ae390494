import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { HealthScalingPorts } from '../ports.ts';
import { watch } from '../steps/watch.ts';

export function whenRuntimeEnvironmentProvisioned(ports: HealthScalingPorts): Reaction {
  return reaction({
    name: 'when-runtime-environment-provisioned',
    on: 'RuntimeEnvironmentProvisioned',
    handle: ({ tenantId, payload }) => watch(ports, tenantId, payload.environment),
  });
}
