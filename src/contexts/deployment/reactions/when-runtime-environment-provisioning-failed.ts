import { reaction, type Reaction } from '../../../kernel/context.ts';
import { factKeys } from '../domain/environment-readiness.ts';
import type { DeploymentPorts } from '../ports.ts';
import { recordRefusal } from '../steps/record-fact.ts';

export function whenRuntimeEnvironmentProvisioningFailed(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-runtime-environment-provisioning-failed',
    on: 'RuntimeEnvironmentProvisioningFailed',
    handle: ({ tenantId, occurredAt: at, payload }) => recordRefusal(ports, { ...payload, tenantId, at }, ({ digest }) => factKeys.environment(digest)),
  });
}
