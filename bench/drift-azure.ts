// A program: the local Azure with a fleet of so many apps. Says where it is, and at every message how many calls the bot made since the last.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appsService, type AppsService } from '../src/local/azure/apps/apps-service.ts';
import { startLocalAzureWith } from '../src/local/azure/start.ts';
import type { AzureAnswer, AzureRequest, World } from '../src/local/azure/world.ts';
import { bodyOf, fleetOf, subscription } from './drift-fleet.ts';

const fleet = fleetOf(Number(process.argv[2]));
const directory = mkdtempSync(join(tmpdir(), 'trueup-drift-bench-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const services: AppsService[] = [];
const create = (world: World): AppsService => {
  const service = appsService(world, { workloads: 'in-process', environmentsPerRegion: 100_000 });
  services.push(service);
  return service;
};
const azure = await startLocalAzureWith({ directory, subscription, pace: { operationMs: 20, environmentMs: 20, readyMs: 20 }, resourceGroups: fleet.map(({ environment: { azure: { resourceGroup } } }) => ({ name: resourceGroup, location: 'westeurope' })) }, create);

/** Into the store of Microsoft.App, without a connection. */
async function put(id: string, body: unknown): Promise<void> {
  const request: AzureRequest = {
    method: 'PUT', host: 'management.azure.com', origin: 'https://management.azure.com', path: id, segments: id.split('/').slice(1),
    query: new Map([['api-version', '2026-07-01']]), headers: {}, body, principalId: azure.identity.principalId,
  };
  const answer: AzureAnswer | null | undefined = await services[0]?.handle(request);
  if (!answer || answer.status >= 300) throw new Error(`${id} was answered ${JSON.stringify(answer)}`);
}

for (const { environment: { azure: { resourceGroup, managedEnvironment } } } of fleet) {
  await put(`/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.App/managedEnvironments/${managedEnvironment}`, { location: 'westeurope', properties: { workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] } });
}
await sleep(1000);
for (const { environment: { azure: { resourceGroup } }, apps } of fleet) {
  for (const app of apps) await put(`/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.App/containerApps/${app.service.name}`, bodyOf(app));
  await sleep(50);
}
await sleep(3000);
azure.journal.clear();

process.on('message', () => {
  const calls = azure.journal.entries().filter(({ principalId, host }) => principalId === azure.identity.principalId && host === 'management.azure.com');
  azure.journal.clear();
  const lists = calls.filter(({ path }) => path.toLowerCase().endsWith('/containerapps')).length;
  process.send?.({ calls: calls.length, lists, refused: calls.filter(({ status }) => status >= 400).length });
});
process.once('disconnect', () => process.exit(0));
const { endpoint, header, clientId } = azure.identity;
process.send?.({ port: azure.port, ca: azure.ca, endpoint, header, clientId });
