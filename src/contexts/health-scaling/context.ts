import type { Context } from '../../kernel/context.ts';
import { emit } from '../../kernel/envelope.ts';
import { healthCheckEveryMs } from '../../kernel/health-checks.ts';
import { healthType } from './domain/health-check-result.ts';
import type { HealthScalingPorts } from './ports.ts';
import { whenApplyScalingPolicy } from './reactions/when-apply-scaling-policy.ts';
import { whenCheckHealth } from './reactions/when-check-health.ts';
import { whenRuntimeDeploymentCompleted } from './reactions/when-runtime-deployment-completed.ts';
import { whenRuntimeDeploymentFailed } from './reactions/when-runtime-deployment-failed.ts';
import { whenRuntimeDeploymentRequested } from './reactions/when-runtime-deployment-requested.ts';
import { whenRuntimeDeploymentRolledBack } from './reactions/when-runtime-deployment-rolled-back.ts';
import { whenRuntimeEnvironmentDecommissioned } from './reactions/when-runtime-environment-decommissioned.ts';
import { whenRuntimeEnvironmentProvisioned } from './reactions/when-runtime-environment-provisioned.ts';

export function healthScaling(ports: HealthScalingPorts): Context {
  return {
    name: 'health-scaling',
    reactions: [
      whenCheckHealth(ports),
      whenApplyScalingPolicy(ports),
      whenRuntimeEnvironmentProvisioned(ports),
      whenRuntimeEnvironmentDecommissioned(ports),
      whenRuntimeDeploymentRequested(ports),
      whenRuntimeDeploymentCompleted(ports),
      whenRuntimeDeploymentRolledBack(ports),
      whenRuntimeDeploymentFailed(ports),
    ],
    schedules: [
      {
        name: 'check-health',
        everyMs: healthCheckEveryMs,
        forEach: healthType,
        message: (tenantId, environment) => emit('CheckHealth', tenantId, { environment }),
      },
    ],
  };
}
