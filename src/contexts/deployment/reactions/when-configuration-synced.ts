import { reaction, type Reaction } from '../../../kernel/context.ts';
import { factKeys } from '../domain/environment-readiness.ts';
import type { DeploymentPorts } from '../ports.ts';
import { recordArrival } from '../steps/record-fact.ts';

export function whenConfigurationSynced(ports: DeploymentPorts): Reaction {
  return reaction({
    name: 'when-configuration-synced',
    on: 'ConfigurationSynced',
    handle: ({ tenantId, occurredAt: at, payload: { environment, tenant, configuration, version, commit, generation } }, delivery) =>
      recordArrival(ports, { tenantId, environment, key: factKeys.configuration(tenant, configuration, version), commit, generation, at }, delivery),
  });
}
