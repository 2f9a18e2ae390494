import { reaction, type Reaction } from '../../../kernel/context.ts';
import { factKeys } from '../domain/environment-readiness.ts';
import type { DeploymentPorts } from '../ports.ts';
import { recordRefusal } from '../steps/record-fact.ts';

export function whenSecretBindingRefused(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-secret-binding-refused',
    on: 'SecretBindingRefused',
    handle: ({ tenantId, occurredAt: at, payload }) =>
      recordRefusal(ports, { ...payload, tenantId, at }, ({ secrets }) => {
        const secret = secrets.find(({ name, tenant }) => name === payload.binding && tenant === payload.tenant);
        return secret === undefined ? null : factKeys.secret(secret.tenant, secret.name, secret.digest);
      }),
  });
}
