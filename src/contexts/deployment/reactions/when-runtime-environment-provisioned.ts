import { reaction, type Reaction } from '../../../kernel/context.ts';
import { factKeys } from '../domain/environment-readiness.ts';
import type { DeploymentPorts } from '../ports.ts';
import { recordArrival } from '../steps/record-fact.ts';

export function whenRuntimeEnvironmentProvisioned(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-runtime-environment-provisioned',
    on: 'RuntimeEnvironmentProvisioned',
    handle: ({ tenantId, occurredAt: at, payload: { environment, commit, generation, digest } }, delivery) =>
      recordArrival(ports, { tenantId, environment, key: factKeys.environment(digest), commit, generation, at }, delivery),
  });
}
