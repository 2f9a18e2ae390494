import { activityLog } from '../../src/adapters/azure/activity-log.ts';
import { armOf } from '../../src/adapters/azure/arm.ts';
import { azureCalls, type ObservedCall } from '../../src/adapters/azure/calls.ts';
import { azureClients } from '../../src/adapters/azure/clients.ts';
import { containerApps } from '../../src/adapters/azure/container-apps.ts';
import { environmentResources } from '../../src/adapters/azure/environment-resources.ts';
import { vaultMetadata } from '../../src/adapters/azure/key-vault.ts';
import { logNumbers } from '../../src/adapters/azure/log-numbers.ts';
import { operationSeal } from '../../src/adapters/azure/operation-seal.ts';
import { operationsOf } from '../../src/adapters/azure/operations.ts';
import { ownIdentity } from '../../src/adapters/azure/own-identity.ts';
import { readBudget } from '../../src/adapters/azure/read-budget.ts';
import { requestMetrics } from '../../src/adapters/azure/request-metrics.ts';
import { secretAccess } from '../../src/adapters/azure/secret-access.ts';
import { tenantCheck } from '../../src/adapters/azure/tenant-check.ts';
import { appId } from '../../src/kernel/container-app.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import { testClock } from './delivery.ts';
import { scriptedAzure, scriptedCredential, type ScriptedAnswer, type ScriptedRequest } from './scripted-azure.ts';
import { Secret } from '../../src/kernel/secret.ts';

export const contoso = tenantId(100, 7, 'contoso');
export const subscription = '00000000-0000-0000-0000-000000000000';
export const place = { subscription, resourceGroup: 'rg-storefront', managedEnvironment: 'cae-storefront' };
export const checkout = appId(place, 'checkout');
export const vault = { id: `/subscriptions/${subscription}/resourceGroups/rg-vaults/providers/Microsoft.KeyVault/vaults/kv-storefront`, name: 'kv-storefront' };
export const workspace = '0a1b2c3d-0000-4000-8000-00000000000a';
/** Application id of the adapters' credential. */
export const ownId = '11111111-0000-4000-8000-00000000a99d';
export const signal = new AbortController().signal;

/** The adapters over scripted answers: real SDK clients, a made-up Azure. */
export async function azureUnderTest(answer: (request: ScriptedRequest) => ScriptedAnswer | null) {
  const azure = await scriptedAzure(answer);
  const clock = testClock();
  const observed: ObservedCall[] = [];
  const check = tenantCheck({ of: (tenant) => (tenant === contoso ? { subscriptions: [subscription], resourceGroups: ['rg-*'], vaults: ['kv-storefront'], workspaces: [workspace], gateHosts: [] } : null) });
  const { budget, policy } = readBudget(clock);
  const clients = azureClients(scriptedCredential, azure.agent, [policy]);
  const calls = azureCalls(check, clock, (call) => observed.push(call));
  const arm = armOf(clients, calls, clock);
  const operations = operationsOf({ arm, seal: operationSeal(new Secret(new Uint8Array(32).fill(1))), clock, pollMs: 5000 });
  const resources = environmentResources(clients, calls, arm, operations);
  return {
    azure,
    observed,
    clock,
    resources,
    apps: containerApps(arm, operations),
    vaults: vaultMetadata(clients, calls),
    access: secretAccess(clients, calls, resources),
    metrics: requestMetrics(clients, calls, clock),
    logs: logNumbers(clients, calls, clock),
    activity: activityLog(clients, calls, ownIdentity(scriptedCredential, ownId), clock),
    budget,
    [Symbol.asyncDispose]: () => azure[Symbol.asyncDispose](),
  };
}
