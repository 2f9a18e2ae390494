import type { Context } from '../../kernel/context.ts';
import { emit } from '../../kernel/envelope.ts';
import { findingsType } from './domain/runtime-drift-finding.ts';
import type { DriftDetectionPorts } from './ports.ts';
import { whenHealthCheckCompleted } from './reactions/when-health-check-completed.ts';
import { whenRuntimeDeploymentCompleted } from './reactions/when-runtime-deployment-completed.ts';
import { whenRuntimeDeploymentFailed } from './reactions/when-runtime-deployment-failed.ts';
import { whenRuntimeDeploymentProgressed } from './reactions/when-runtime-deployment-progressed.ts';
import { whenRuntimeDeploymentRequested } from './reactions/when-runtime-deployment-requested.ts';
import { whenRuntimeDeploymentRolledBack } from './reactions/when-runtime-deployment-rolled-back.ts';
import { whenRuntimeDeploymentSuperseded } from './reactions/when-runtime-deployment-superseded.ts';
import { whenRuntimeEnvironmentDecommissioned } from './reactions/when-runtime-environment-decommissioned.ts';
import { whenRuntimeEnvironmentProvisioned } from './reactions/when-runtime-environment-provisioned.ts';
import { whenScanDrift } from './reactions/when-scan-drift.ts';

export function driftDetection(ports: DriftDetectionPorts): Context {
  return {
    name: 'drift-detection',
    reactions: [
      whenScanDrift(ports),
      whenHealthCheckCompleted(),
      whenRuntimeDeploymentRequested(ports),
      whenRuntimeDeploymentProgressed(ports),
      whenRuntimeDeploymentCompleted(ports),
      whenRuntimeDeploymentRolledBack(ports),
      whenRuntimeDeploymentFailed(ports),
      whenRuntimeDeploymentSuperseded(ports),
      whenRuntimeEnvironmentProvisioned(ports),
      whenRuntimeEnvironmentDecommissioned(),
    ],
    schedules: [
      {
        name: 'scan-drift',
        everyMs: 5 * 60_000,
        forEach: findingsType,
        message: (tenantId, environment) => emit('ScanDrift', tenantId, { environment }),
      },
    ],
  };
}
