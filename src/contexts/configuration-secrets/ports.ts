import type { AzurePlace } from '../../kernel/desired-state.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { ObservedSecretVersion, ObservedVault } from '../../kernel/key-vault.ts';
import type { Clock, DesiredStateReader, Store } from '../../kernel/ports.ts';

export interface ConfigurationSecretsPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly desired: DesiredStateReader;
  readonly vaults: VaultMetadata;
  readonly access: SecretAccess;
}

/** Key Vault through metadata only: no method of this port can return a secret's value. */
export interface VaultMetadata {
  /** The vault of that name within the subscription, found through ARM; null when there is none. */
  vault(tenant: TenantId, subscription: string, name: string, signal: AbortSignal): Promise<ObservedVault | null>;
  /** Every version, newest first; an empty list when there is no such secret. @throws NotAllowed without the right to read metadata. */
  versions(tenant: TenantId, vault: ObservedVault, secret: string, signal: AbortSignal): Promise<readonly ObservedSecretVersion[]>;
}

/** May the workload's identity read secrets of the vault? */
export interface SecretAccess {
  /** Principal id of the identity; null when the identity is not there. */
  principal(tenant: TenantId, place: AzurePlace, identity: string, signal: AbortSignal): Promise<string | null>;
  mayRead(tenant: TenantId, vault: ObservedVault, principalId: string, signal: AbortSignal): Promise<boolean>;
  /** Assigns "Key Vault Secrets User" on the vault; repeating it changes nothing. @throws NotAllowed when the bot may not. */
  grantRead(tenant: TenantId, vault: ObservedVault, principalId: string, signal: AbortSignal): Promise<void>;
}
