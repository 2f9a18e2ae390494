import type { Context } from '../../kernel/context.ts';
import { emit } from '../../kernel/envelope.ts';
import { findingsType } from './domain/runtime-drift-finding.ts';
import { defaultTiming, type DriftTiming } from './domain/timing.ts';
import { driftPlanner } from './plan.ts';
import type { DriftDetectionPorts } from './ports.ts';
import { whenAcknowledgeDrift } from './reactions/when-acknowledge-drift.ts';
import { whenFollowActivity } from './reactions/when-follow-activity.ts';
import { whenHealthCheckCompleted } from './reactions/when-health-check-completed.ts';
import { whenRuntimeDeploymentCompleted } from './reactions/when-runtime-deployment-completed.ts';
import { whenRuntimeDeploymentFailed } from './reactions/when-runtime-deployment-failed.ts';
import { whenRuntimeDeploymentProgressed } from './reactions/when-runtime-deployment-progressed.ts';
import { whenRuntimeDeploymentRequested } from './reactions/when-runtime-deployment-requested.ts';
import { whenRuntimeDeploymentRolledBack } from './reactions/when-runtime-deployment-rolled-back.ts';
import { whenRuntimeDeploymentSuperseded } from './reactions/when-runtime-deployment-superseded.ts';
import { whenRuntimeEnvironmentDecommissioned } from './reactions/when-runtime-environment-decommissioned.ts';
import { whenRuntimeEnvironmentProvisioned } from './reactions/when-runtime-environment-provisioned.ts';
import { whenRuntimeInventoryUpdated } from './reactions/when-runtime-inventory-updated.ts';
import { whenScanDrift } from './reactions/when-scan-drift.ts';
import { readDrift } from './standing.ts';

export function driftDetection(ports: DriftDetectionPorts, timing: DriftTiming = defaultTiming): Context {
  return {
    name: 'drift-detection',
    plan: driftPlanner,
    reactions: [
      whenScanDrift(ports, timing),
      whenFollowActivity(ports),
      whenAcknowledgeDrift(ports),
      whenRuntimeInventoryUpdated(ports),
      whenHealthCheckCompleted(ports),
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
      {
        name: 'follow-activity',
        everyMs: timing.followEveryMs,
        forEach: findingsType,
        message: (tenantId, environment) => emit('FollowActivity', tenantId, { environment }),
      },
    ],
    drift: readDrift(ports),
  };
}
