import type { Context } from '../../kernel/context.ts';
import { configurationPlanner } from './plan.ts';
import type { ConfigurationSecretsPorts } from './ports.ts';
import { whenBindSecret } from './reactions/when-bind-secret.ts';
import { whenPublishConfiguration } from './reactions/when-publish-configuration.ts';
import { whenRotateSecret } from './reactions/when-rotate-secret.ts';
import { whenRuntimeEnvironmentProvisioned } from './reactions/when-runtime-environment-provisioned.ts';
import { whenRuntimeEnvironmentProvisioningFailed } from './reactions/when-runtime-environment-provisioning-failed.ts';

export function configurationSecrets(ports: ConfigurationSecretsPorts): Context {
  return {
    name: 'configuration-secrets',
    reactions: [
      whenPublishConfiguration(ports),
      whenBindSecret(ports),
      whenRotateSecret(ports),
      whenRuntimeEnvironmentProvisioned(ports),
      whenRuntimeEnvironmentProvisioningFailed(ports),
    ],
    schedules: [],
    plan: configurationPlanner(ports),
  };
}
