import type { Grant, Grants } from '../../src/contexts/tenant-isolation/ports.ts';
import { parseTenantId, tenantScope } from '../../src/kernel/ids.ts';
import { subscription } from './desired.ts';

/** The tenant that owns the environments of `desired.ts`, in a repository of its own. */
export const owner = parseTenantId('100.7.contoso');

export function grant(overrides: Partial<Grant> = {}): Grant {
  return { subscriptions: [subscription], resourceGroups: ['rg-storefront-*'], vaults: ['kv-storefront'], workspaces: [], gateHosts: [], ...overrides };
}

/** By the tenant's whole id, as the operator's file holds them. */
export function memoryGrants(entries: Readonly<Record<string, Grant>> = { [owner]: grant(), '100.7.fabrikam': grant({ vaults: ['kv-fabrikam'] }) }): Grants {
  return {
    of: (tenant) => entries[tenant] ?? null,
    others: (tenant) => Object.entries(entries).filter(([id]) => id !== tenant).map(([id, { vaults }]) => ({ tenant: tenantScope(parseTenantId(id)).tenant ?? '', vaults })),
  };
}
