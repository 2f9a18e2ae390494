import type { AppId, ObservedApp } from '../../kernel/container-app.ts';
import type { AzurePlace } from '../../kernel/desired-state.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Clock, DesiredStateReader, Store } from '../../kernel/ports.ts';

export interface DriftDetectionPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly desired: DesiredStateReader;
  readonly live: LiveState;
}

export interface LiveState {
  /** Every container app of the resource group with its raw body, all pages; an empty list when the group holds none. @throws when it cannot be read. */
  apps(tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<readonly ObservedApp[]>;
  /** Replicas that run of one revision; null when there is no such revision. */
  replicas(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<number | null>;
}
