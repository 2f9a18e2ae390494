import type { AppId, ObservedApp } from '../../kernel/container-app.ts';
import type { AzurePlace } from '../../kernel/desired-state.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { ObservedSecretVersion, ObservedVault } from '../../kernel/key-vault.ts';
import type { Clock, DesiredStateReader, Store } from '../../kernel/ports.ts';
import type { Telemetry } from '../../kernel/telemetry.ts';

export interface DriftDetectionPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly desired: DesiredStateReader;
  readonly live: LiveState;
  readonly activity: ActivityLog;
  readonly secrets: SecretStates;
  readonly access: SecretAccess;
  readonly budget: ReadBudget;
  readonly telemetry: Telemetry;
}

export interface LiveState {
  /** Every container app of the resource group with its raw body, all pages; an empty list when the group holds none. @throws when it cannot be read. */
  apps(tenant: TenantId, place: AzurePlace, signal: AbortSignal): Promise<readonly ObservedApp[]>;
  /** Replicas that run of one revision; null when there is no such revision. */
  replicas(tenant: TenantId, app: AppId, revision: string, signal: AbortSignal): Promise<number | null>;
}

/** A write that Azure accepted and that did not fail: one for each operation, however many events tell of it. */
export interface OutsideWrite {
  /** The same whichever of its events are read: an operation may begin before the time that is asked for and end after it. */
  readonly id: string;
  /** Name of the container app that it is about, also where the resource lies below it; null for any other resource. */
  readonly app: string | null;
  /** ARM resource id, as Azure spells it. Of a role assignment it begins with the id of what the role is on. */
  readonly resource: string;
  /** A person's sign-in name, or an application's id, as Azure names the caller. */
  readonly who: string;
  /** ISO-8601 in UTC with `Z`. */
  readonly at: string;
  /** `Microsoft.App/containerApps/write`, `Microsoft.Authorization/roleAssignments/delete`, ... */
  readonly operation: string;
  /** The caller is the credential that Trueup itself writes with. */
  readonly isOurs: boolean;
}

export interface ActivityLog {
  /**
   * Writes, actions and deletions in the resource group from `since` (ISO-8601) on, in any order, all pages. Azure tells of a write
   * minutes after it, so what is missing may come later.
   * @throws NotAllowed without the right to read the log; Throttled; Unavailable.
   */
  writes(tenant: TenantId, place: AzurePlace, since: string, signal: AbortSignal): Promise<readonly OutsideWrite[]>;
  /** Whether `who`, a caller of the log or `lastModifiedBy` of a body, is the credential that Trueup itself writes with: its object id or its application id. Without case. */
  isOurs(tenant: TenantId, who: string, signal: AbortSignal): Promise<boolean>;
}

/** Key Vault through metadata only: no method of this port can return a secret's value. */
export interface SecretStates {
  /** The vault of that name within the subscription; null when there is none. */
  vault(tenant: TenantId, subscription: string, name: string, signal: AbortSignal): Promise<ObservedVault | null>;
  /** Every version, newest first; an empty list when there is no such secret. @throws NotAllowed without the right to read metadata. */
  versions(tenant: TenantId, vault: ObservedVault, secret: string, signal: AbortSignal): Promise<readonly ObservedSecretVersion[]>;
}

/** May the workload's identity read secrets of the vault? */
export interface SecretAccess {
  /** Principal id of the user-assigned identity in the place's resource group; null when the identity is not there. */
  principal(tenant: TenantId, place: AzurePlace, identity: string, signal: AbortSignal): Promise<string | null>;
  /** By role assignments as they are at this moment, not from a memory of earlier answers. @throws NotAllowed without the right to see them. */
  mayRead(tenant: TenantId, vault: ObservedVault, principalId: string, signal: AbortSignal): Promise<boolean>;
}

/** What is left of Azure's reads of a subscription. */
export interface ReadBudget {
  /** Milliseconds that a scan should wait so that the rest is left to deployments; 0 to go on, also where nothing is known. Asks nobody and never throws. */
  waitMs(place: AzurePlace): number;
}
