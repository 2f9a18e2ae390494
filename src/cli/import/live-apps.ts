import { readFileSync } from 'node:fs';
import { azureAdapters } from '../../adapters/azure/azure-adapters.ts';
import { readAzureSettings } from '../../config.ts';
import type { JsonObject } from '../../kernel/desired-state.ts';
import { Secret } from '../../kernel/secret.ts';
import { tenantId } from '../../kernel/ids.ts';

export interface Group {
  readonly subscription: string;
  readonly resourceGroup: string;
}

/**
 * The container apps of a resource group, read with the identity that the environment variables AZURE_* name.
 * @throws {ConfigurationFault} where they are wrong, and what the adapter throws where Azure refuses.
 */
export async function liveApps({ subscription, resourceGroup }: Group, environment: Readonly<Record<string, string | undefined>>): Promise<readonly JsonObject[]> {
  const { credential, route, pollMs } = readAzureSettings(environment);
  const granted = { subscriptions: [subscription], resourceGroups: [resourceGroup], vaults: [], workspaces: [], gateHosts: [] };
  const azure = azureAdapters({
    credential,
    route: route && { port: route.port, ca: readFileSync(route.caFile, 'utf8') },
    pollMs,
    // Only operations are sealed, and nothing is written here.
    sealKey: new Secret(new Uint8Array(32)),
    clock: { now: () => Date.now() },
    grants: { of: () => granted },
  });
  const apps = await azure.live.apps(tenantId(1, 1, 'import'), { subscription, resourceGroup, managedEnvironment: '' }, { aborted: false });
  return apps.map(({ raw }) => raw);
}
