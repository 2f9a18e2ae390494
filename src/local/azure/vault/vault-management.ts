import { resourceNotFound, ok } from '../answers.ts';
import { armPath } from '../arm/arm-path.ts';
import { paged } from '../arm/listing.ts';
import { sameName } from '../json.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { vaultType, type Vault, type VaultStore } from './vault-store.ts';

/** Vaults as Azure Resource Manager shows them. They come from seeds; making one is not modelled. */
export function vaultManagement(vaults: VaultStore, tenantId: string): (request: AzureRequest) => AzureAnswer | null {
  return (request) => {
    const { resourceGroup, rest } = armPath(request.segments);
    const [kind = '', name, ...more] = rest;
    if (!sameName(kind, 'vaults') || more.length > 0 || request.method !== 'GET') return null;
    if (name === undefined) {
      const found = vaults.list().filter((vault) => resourceGroup === null || sameName(vault.resourceGroup, resourceGroup));
      return paged(request, found.map((vault) => shown(vault, tenantId)), 100);
    }
    const vault = vaults.find(name);
    if (vault === null || !sameName(vault.resourceGroup, resourceGroup ?? '')) return resourceNotFound(vaultType, name, resourceGroup ?? '');
    return ok(shown(vault, tenantId));
  };
}

function shown({ id, name, location }: Vault, tenantId: string): object {
  return {
    id,
    name,
    type: vaultType,
    location,
    tags: {},
    properties: {
      sku: { family: 'A', name: 'standard' },
      tenantId,
      accessPolicies: [],
      enabledForDeployment: false,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enableRbacAuthorization: true,
      vaultUri: `https://${name}.vault.azure.net/`,
      provisioningState: 'Succeeded',
      publicNetworkAccess: 'Enabled',
    },
  };
}
