import { reaction, type Reaction } from '../../../kernel/context.ts';
import { factKeys } from '../domain/environment-readiness.ts';
import type { DeploymentPorts } from '../ports.ts';
import { recordArrival } from '../steps/record-fact.ts';

export function whenSecretBound(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-secret-bound',
    on: 'SecretBound',
    handle: ({ tenantId, occurredAt: at, payload: { environment, tenant, binding, commit, generation, digest } }, delivery) =>
      recordArrival(ports, { tenantId, environment, key: factKeys.secret(tenant, binding, digest), commit, generation, at }, delivery),
  });
}
