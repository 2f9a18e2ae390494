import type { Context } from '../../kernel/context.ts';
import { emit } from '../../kernel/envelope.ts';
import { queueType } from './domain/deployment-queue.ts';
import { defaultTiming, type Timing } from './domain/timing.ts';
import { planDeployment } from './plan.ts';
import type { DeploymentPorts } from './ports.ts';
import { whenAbortDeployment } from './reactions/when-abort-deployment.ts';
import { whenAdvanceDeployment } from './reactions/when-advance-deployment.ts';
import { whenConfigurationSynced } from './reactions/when-configuration-synced.ts';
import { whenDeploy } from './reactions/when-deploy.ts';
import { whenPauseDeployments } from './reactions/when-pause-deployments.ts';
import { whenRemediateDrift } from './reactions/when-remediate-drift.ts';
import { whenResumeDeployments } from './reactions/when-resume-deployments.ts';
import { whenRollbackDeployment } from './reactions/when-rollback-deployment.ts';
import { whenRuntimeEnvironmentDecommissioned } from './reactions/when-runtime-environment-decommissioned.ts';
import { whenRuntimeEnvironmentProvisioned } from './reactions/when-runtime-environment-provisioned.ts';
import { whenRuntimeEnvironmentProvisioningFailed } from './reactions/when-runtime-environment-provisioning-failed.ts';
import { whenRuntimeTenantBindingRefused } from './reactions/when-runtime-tenant-binding-refused.ts';
import { whenRuntimeTenantBound } from './reactions/when-runtime-tenant-bound.ts';
import { whenSecretBindingRefused } from './reactions/when-secret-binding-refused.ts';
import { whenSecretBound } from './reactions/when-secret-bound.ts';
import { readStanding } from './standing.ts';

export function deployment(ports: DeploymentPorts, settings: Partial<Timing> = {}): Context {
  const timing = { ...defaultTiming, ...settings };
  return {
    name: 'deployment',
    reactions: [
      whenDeploy(ports),
      whenAdvanceDeployment(ports, timing),
      whenRollbackDeployment(ports),
      whenAbortDeployment(ports),
      whenPauseDeployments(ports),
      whenResumeDeployments(ports),
      whenRemediateDrift(ports),
      whenRuntimeEnvironmentProvisioned(ports),
      whenRuntimeEnvironmentProvisioningFailed(ports),
      whenRuntimeEnvironmentDecommissioned(ports),
      whenRuntimeTenantBound(ports),
      whenRuntimeTenantBindingRefused(ports),
      whenConfigurationSynced(ports),
      whenSecretBound(ports),
      whenSecretBindingRefused(ports),
    ],
    schedules: [
      {
        // A lost message costs time only.
        name: 'advance-deployments',
        everyMs: 120_000,
        forEach: queueType,
        message: (tenantId, environment) => emit('AdvanceDeployment', tenantId, { environment }),
      },
    ],
    plan: planDeployment(ports),
    standing: readStanding(ports),
  };
}
