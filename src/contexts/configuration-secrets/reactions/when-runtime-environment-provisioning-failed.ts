import { reaction, type Reaction } from '../../../kernel/context.ts';
import type { ConfigurationSecretsPorts } from '../ports.ts';
import { recordStanding } from '../steps/record-standing.ts';

export function whenRuntimeEnvironmentProvisioningFailed({ store }: ConfigurationSecretsPorts): Reaction {
  return reaction({
    name: 'when-runtime-environment-provisioning-failed',
    on: 'RuntimeEnvironmentProvisioningFailed',
    handle: ({ tenantId, occurredAt, payload: { environment, generation } }) =>
      recordStanding(store, tenantId, { environment, generation, digest: null, at: occurredAt }),
  });
}
