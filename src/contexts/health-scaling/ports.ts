import type { AppId, ObservedApp, ObservedRevision } from '../../kernel/container-app.ts';
import type { AzurePlace, JsonObject } from '../../kernel/desired-state.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { OperationStatus, OperationToken } from '../../kernel/operation.ts';
import type { Clock, DesiredStateReader, Store } from '../../kernel/ports.ts';

export interface HealthScalingPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly desired: DesiredStateReader;
  readonly workloads: Workloads;
  readonly endpoints: HealthEndpoints;
  readonly metrics: RequestMetrics;
  readonly scaling: ScaleWriter;
}

export interface Workloads {
  /** Every container app of the resource group, all pages: one list per evaluation, not one read per app. */
  apps(tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<readonly ObservedApp[]>;
  revision(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<ObservedRevision | null>;
  /** The same without its replicas, in one read less: `containers` is empty. */
  revisionState(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<ObservedRevision | null>;
  /** Provisioning state of the managed environment; null when it is not there. */
  managedEnvironmentState(tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<string | null>;
}

export interface HealthEndpoints {
  /** GET `https://<fqdn><path>`; never throws for what the workload does: no answer is `status: null`. */
  probe(
    tenant: TenantId,
    target: { readonly fqdn: string; readonly path: string; readonly timeoutMs: number },
    signal: AbortSignal,
  ): Promise<{ readonly status: number | null; readonly ms: number }>;
}

export interface RequestMetrics {
  /** Requests of the last `windowMs`, per revision. Null when the service has no data for the window, which is not zero. */
  requests(tenant: TenantId, app: AppId, windowMs: number, signal: AbortSignal): Promise<readonly RevisionRequests[] | null>;
}

export interface RevisionRequests {
  readonly revision: string;
  readonly total: number;
  readonly serverErrors: number;
}

export interface ScaleWriter {
  observe(tenant: TenantId, app: AppId, signal: AbortSignal): Promise<ObservedApp | null>;
  revision(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<ObservedRevision | null>;
  /** JSON merge patch: null deletes, arrays are replaced whole. */
  patch(tenant: TenantId, app: AppId, patch: JsonObject, signal: AbortSignal): Promise<OperationToken>;
  operation(tenant: TenantId, token: OperationToken, signal: AbortSignal): Promise<OperationStatus>;
  deactivate(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<void>;
}
