import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { ConfigurationSecretsPorts } from '../ports.ts';
import { recordStanding } from '../steps/record-standing.ts';

export function whenRuntimeEnvironmentProvisioned({ store }: ConfigurationSecretsPorts): Reaction {
  return reaction({
    name: 'when-runtime-environment-provisioned',
    on: 'RuntimeEnvironmentProvisioned',
    handle: ({ tenantId, occurredAt, payload: { environment, generation, digest } }) =>
      recordStanding(store, tenantId, { environment, generation, digest, at: occurredAt }),
  });
}
