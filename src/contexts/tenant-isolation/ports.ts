import type { TenantId } from '../../kernel/ids.ts';
import type { DesiredStateReader, Store } from '../../kernel/ports.ts';

export interface TenantIsolationPorts {
  readonly store: Store;
  readonly desired: DesiredStateReader;
  readonly grants: Grants;
}

/** What the operator of this installation of Trueup allows a tenant of a repository to touch. Manifests cannot widen it. */
export interface Grants {
  /** Null: nothing is granted, and everything that tenant declares is refused. The id must name a tenant, not only a repository. */
  of(tenant: TenantId): Grant | null;
  /** What everybody else is granted: another slug, or the same one in another repository. */
  others(tenant: TenantId): readonly OtherGrant[];
}

export interface OtherGrant {
  /** A slug. */
  readonly tenant: string;
  readonly vaults: Grant['vaults'];
}

export interface Grant {
  readonly subscriptions: readonly string[];
  /** Names, or prefixes that end in `*`. */
  readonly resourceGroups: readonly string[];
  /** Key Vault names, or prefixes that end in `*`. */
  readonly vaults: readonly string[];
  /** Ids of Log Analytics workspaces that its gates may query. */
  readonly workspaces: readonly string[];
  /** Host names that its gates may ask for a verdict; `*.` at the front stands for everything below. */
  readonly gateHosts: readonly string[];
}
