import type { ObservedApp, ObservedRevision, AppId } from '../../kernel/container-app.ts';
import type { AzurePlace } from '../../kernel/desired-state.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { OperationStatus, OperationToken } from '../../kernel/operation.ts';
import type { Clock, DesiredStateReader, Store } from '../../kernel/ports.ts';

export interface EnvironmentInventoryPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly desired: DesiredStateReader;
  readonly resources: EnvironmentResources;
  readonly inventory: InventoryReader;
}

export type Tags = Readonly<Record<string, string>>;

export interface ObservedResource {
  readonly id: string;
  /** Short form, lower case: `westeurope`. */
  readonly location: string;
  readonly tags: Tags;
}

export interface ObservedManagedEnvironment extends ObservedResource {
  /** `Succeeded`, `Waiting`, `InfrastructureSetupInProgress`, `Failed`, ... */
  readonly provisioningState: string;
  readonly defaultDomain: string;
}

export interface ObservedIdentity extends ObservedResource {
  readonly principalId: string;
  readonly clientId: string;
}

/** Observing changes nothing and answers null for "not there"; ensuring may be repeated. Nothing here deletes. All throw `kernel/errors.ts`. */
export interface EnvironmentResources {
  resourceGroup(tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<ObservedResource | null>;
  /** Creates the group, or merges the tags into those of the one that is there. */
  ensureResourceGroup(tenant: TenantId, place: AzurePlace, location: string, tags: Tags, signal: AbortSignal): Promise<ObservedResource>;
  managedEnvironment(tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<ObservedManagedEnvironment | null>;
  createManagedEnvironment(tenant: TenantId, place: AzurePlace, location: string, tags: Tags, signal: AbortSignal): Promise<OperationToken>;
  /** Merges tags into those of an environment that is there. */
  tagManagedEnvironment(tenant: TenantId, place: AzurePlace, tags: Tags, signal: AbortSignal): Promise<void>;
  operation(tenant: TenantId, token: OperationToken, signal: AbortSignal): Promise<OperationStatus>;
  identity(tenant: TenantId, place: AzurePlace, name: string, signal: AbortSignal): Promise<ObservedIdentity | null>;
  ensureIdentity(tenant: TenantId, place: AzurePlace, name: string, location: string, tags: Tags, signal: AbortSignal): Promise<ObservedIdentity>;
}

export interface InventoryReader {
  /** Every container app of the resource group, all pages. */
  apps(tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<readonly ObservedApp[]>;
  /** With its replicas; null when there is no such revision. */
  revision(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<ObservedRevision | null>;
}
