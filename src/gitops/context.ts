import type { Context, Schedule } from '../kernel/context.ts';
import { emit } from '../kernel/envelope.ts';
import type { GitopsNeeds } from './needs.ts';
import { whenAnswerComment } from './reactions/when-answer-comment.ts';
import { whenConfirmChecks } from './reactions/when-confirm-checks.ts';
import { whenConfigurationSynced } from './reactions/when-configuration-synced.ts';
import { whenFollowPullRequest } from './reactions/when-follow-pull-request.ts';
import { whenHealthCheckCompleted } from './reactions/when-health-check-completed.ts';
import { whenPlanPullRequest } from './reactions/when-plan-pull-request.ts';
import { whenPressButton } from './reactions/when-press-button.ts';
import { whenProposePromotion } from './reactions/when-propose-promotion.ts';
import { whenProposeRemediation } from './reactions/when-propose-remediation.ts';
import { whenProposeRevert } from './reactions/when-propose-revert.ts';
import { whenReportDeployment } from './reactions/when-report-deployment.ts';
import { whenReportHealth } from './reactions/when-report-health.ts';
import { whenReportQuarantine } from './reactions/when-report-quarantine.ts';
import { whenReportPullRequest } from './reactions/when-report-pull-request.ts';
import { whenRepositorySynced } from './reactions/when-repository-synced.ts';
import { whenResyncInstallation } from './reactions/when-resync-installation.ts';
import { whenRuntimeDeploymentCompleted } from './reactions/when-runtime-deployment-completed.ts';
import { whenRuntimeDeploymentFailed } from './reactions/when-runtime-deployment-failed.ts';
import { whenRuntimeDeploymentProgressed } from './reactions/when-runtime-deployment-progressed.ts';
import { whenRuntimeDeploymentRequested } from './reactions/when-runtime-deployment-requested.ts';
import { whenRuntimeDeploymentRolledBack } from './reactions/when-runtime-deployment-rolled-back.ts';
import { whenRuntimeDeploymentSuperseded } from './reactions/when-runtime-deployment-superseded.ts';
import { whenRuntimeDriftDetected } from './reactions/when-runtime-drift-detected.ts';
import { whenRuntimeDriftResolved } from './reactions/when-runtime-drift-resolved.ts';
import { whenRuntimeDriftUpdated } from './reactions/when-runtime-drift-updated.ts';
import { whenRuntimeEnvironmentProvisioned } from './reactions/when-runtime-environment-provisioned.ts';
import { whenRuntimeEnvironmentProvisioningFailed } from './reactions/when-runtime-environment-provisioning-failed.ts';
import { whenRuntimeTenantBindingRefused } from './reactions/when-runtime-tenant-binding-refused.ts';
import { whenRuntimeTenantBound } from './reactions/when-runtime-tenant-bound.ts';
import { whenScalingPolicyApplied } from './reactions/when-scaling-policy-applied.ts';
import { whenScalingPolicyRefused } from './reactions/when-scaling-policy-refused.ts';
import { whenSecretBindingRefused } from './reactions/when-secret-binding-refused.ts';
import { whenSecretBound } from './reactions/when-secret-bound.ts';
import { whenSyncRepository } from './reactions/when-sync-repository.ts';
import { healthReportType } from './records/health-report.ts';
import { repositorySyncType } from './records/repository-sync.ts';

/** The anti-corruption layer to Git: manifests in, checks, comments and deployments out. */
export function gitops(needs: GitopsNeeds): Context {
  const reactions = [
    whenSyncRepository,
    whenRepositorySynced,
    whenResyncInstallation,
    whenPlanPullRequest,
    whenAnswerComment,
    whenConfirmChecks,
    whenReportPullRequest,
    whenReportDeployment,
    whenReportHealth,
    whenReportQuarantine,
    whenProposeRevert,
    whenProposePromotion,
    whenProposeRemediation,
    whenFollowPullRequest,
    whenPressButton,
    whenRuntimeDeploymentRequested,
    whenRuntimeDeploymentProgressed,
    whenRuntimeDeploymentCompleted,
    whenRuntimeDeploymentRolledBack,
    whenRuntimeDeploymentFailed,
    whenRuntimeDeploymentSuperseded,
    whenRuntimeEnvironmentProvisioned,
    whenRuntimeEnvironmentProvisioningFailed,
    whenRuntimeTenantBound,
    whenRuntimeTenantBindingRefused,
    whenConfigurationSynced,
    whenSecretBound,
    whenSecretBindingRefused,
    whenScalingPolicyApplied,
    whenScalingPolicyRefused,
    whenHealthCheckCompleted,
    whenRuntimeDriftDetected,
    whenRuntimeDriftUpdated,
    whenRuntimeDriftResolved,
  ];
  return { name: 'gitops', reactions: reactions.map((when) => when(needs)), schedules: [resync, reportHealth] };
}

/** GitHub never sends a webhook again by itself. */
const resync: Schedule = {
  name: 'resync',
  everyMs: 5 * 60_000,
  forEach: repositorySyncType,
  message: (tenantId) => emit('SyncRepository', tenantId, { reason: 'resync' }),
};

/** A verdict also gets old while nobody says anything. */
const reportHealth: Schedule = {
  name: 'report-health',
  everyMs: 5 * 60_000,
  forEach: healthReportType,
  message: (tenantId, environment) => emit('ReportHealth', tenantId, { environment }),
};
