import type { ContainerAppsAPIClient } from '@azure/arm-appcontainers';
import { fast } from '../../support/apps-through-sdk.ts';
import { until } from '../../support/apps-under-test.ts';
import { all } from '../../support/local-azure.ts';
import { appOf, environmentOf, group, location, type Drive } from './drive.ts';

/** One part of what the local Azure models, from the first call to the last; each leaves nothing that another needs. */
export type Journey = (drive: Drive) => Promise<void>;

export const environments: Journey = async (drive) => {
  const client = drive.apps();
  await environmentOf(client, 'env-alone');
  await client.managedEnvironments.get(group, 'env-alone');
  await client.managedEnvironments.update(group, 'env-alone', { location, tags: { team: 'a' } }, fast);
  await all(client.managedEnvironments.listByResourceGroup(group));
  await all(client.managedEnvironments.listBySubscription());
  await all(client.managedEnvironments.listWorkloadProfileStates(group, 'env-alone'));
  await all(client.managedEnvironmentUsages.list(group, 'env-alone'));
  await all(client.usages.list(location));
  await all(client.availableWorkloadProfiles.list(location));
  const { managedEnvironmentsStorages: storages } = client;
  const azureFile = { accountName: 'files', accountKey: 'a2V5', shareName: 'share', accessMode: 'ReadOnly' };
  await storages.createOrUpdate(group, 'env-alone', 'files', { properties: { azureFile } });
  await storages.get(group, 'env-alone', 'files');
  await storages.list(group, 'env-alone');
  await storages.delete(group, 'env-alone', 'files');
  await client.managedEnvironments.delete(group, 'env-alone', fast);
  await client.managedEnvironments.delete(group, 'env-alone', fast);
};

/** Each version shows other fields; the file describes 2024-03-01, the model 2026-07-01. */
export function appsIn(version: string): Journey {
  return async (drive) => {
    const client = drive.apps(version);
    const name = `app-${version.slice(0, 4)}`;
    const environmentId = await environmentOf(client, `env-${version.slice(0, 4)}`);
    await client.containerApps.createOrUpdate(group, name, appOf(environmentId, 'one'), fast);
    await running(client, name, `${name}--one`);
    await client.containerApps.createOrUpdate(group, name, appOf(environmentId, 'two'), fast);
    await running(client, name, `${name}--two`);
    const traffic = [{ revisionName: `${name}--one`, weight: 60 }, { revisionName: `${name}--two`, weight: 40, label: 'next' }];
    await client.containerApps.update(group, name, { location, configuration: { ingress: { traffic } } }, fast);
    await client.containerApps.get(group, name);
    await all(client.containerApps.listByResourceGroup(group));
    await all(client.containerApps.listBySubscription());
    await client.containerApps.listSecrets(group, name);
    await revisions(client, name);
    await client.containerApps.stop(group, name, fast);
    await client.containerApps.start(group, name, fast);
    await client.containerApps.delete(group, name, fast);
    await client.containerApps.delete(group, name, fast);
  };
}

async function revisions(client: ContainerAppsAPIClient, name: string): Promise<void> {
  const { containerAppsRevisions: revisionsOf, containerAppsRevisionReplicas: replicas } = client;
  await all(revisionsOf.listRevisions(group, name));
  await revisionsOf.getRevision(group, name, `${name}--one`);
  const { value } = await replicas.listReplicas(group, name, `${name}--two`);
  await replicas.getReplica(group, name, `${name}--two`, value[0]?.name ?? '');
  await revisionsOf.restartRevision(group, name, `${name}--two`);
  await revisionsOf.deactivateRevision(group, name, `${name}--one`);
  await revisionsOf.getRevision(group, name, `${name}--one`);
  await revisionsOf.activateRevision(group, name, `${name}--one`);
  await running(client, name, `${name}--one`);
}

function running(client: ContainerAppsAPIClient, name: string, revision: string): Promise<unknown> {
  return until(`${revision} running`, async () => ((await client.containerAppsRevisions.getRevision(group, name, revision)).runningState === 'Running' ? true : null));
}

/** Apps that are made otherwise: no ingress, TCP, zero replicas, an image that is not there, a workload that ends. */
export const otherApps: Journey = async (drive) => {
  const client = drive.apps('2025-01-01');
  const environmentId = await environmentOf(client, 'env-other');
  const made = (name: string, more: Parameters<typeof appOf>[2]): Promise<unknown> => client.containerApps.createOrUpdate(group, name, appOf(environmentId, 'one', more), fast);
  const containers = (image: string) => [{ name: 'main', image }];
  await Promise.all([
    made('no-ingress', { configuration: {}, template: { containers: containers('r.azurecr.io/a:1') } }),
    made('tcp', { configuration: { ingress: { external: false, transport: 'tcp', targetPort: 6379, exposedPort: 6379 } }, template: { containers: containers('r.azurecr.io/a:1') } }),
    made('zero', { template: { containers: containers('r.azurecr.io/a:1'), scale: { minReplicas: 0, maxReplicas: 1 } }, configuration: { ingress: { external: true, targetPort: 80 } } }),
    made('identity', { identity: { type: 'SystemAssigned' }, configuration: {}, template: { containers: containers('r.azurecr.io/a:1') } }),
    made('ending', { configuration: {}, template: { containers: containers('r.azurecr.io/a:1-crash') } }),
    made('no-image', { configuration: {}, template: { containers: containers('r.azurecr.io/a:1-badimage') } }).catch(() => null),
  ]);
  await all(client.containerApps.listByResourceGroup(group));
  for (const name of ['no-ingress', 'tcp', 'zero', 'identity', 'ending']) await all(client.containerAppsRevisions.listRevisions(group, name));
  await all(drive.apps('2024-08-02-preview').containerApps.listByResourceGroup(group));
};

export const metrics: Journey = async (drive) => {
  const client = drive.apps();
  const environmentId = await environmentOf(client, 'env-metrics');
  const { id = '', configuration } = await client.containerApps.createOrUpdate(group, 'measured', appOf(environmentId, 'one'), fast);
  await running(client, 'measured', 'measured--one');
  await drive.raw('GET', '/', undefined, configuration?.ingress?.fqdn);
  const query = drive.metrics();
  await query.queryResource(id, ['Requests'], { granularity: 'PT1M', aggregations: ['Total'], filter: "revisionName eq '*' and statusCodeCategory eq '*'", top: 100 });
  await query.queryResource(id, ['Replicas', 'RestartCount'], { granularity: 'PT5M', aggregations: ['Maximum'] });
  await query.queryResource(`${id}-not-there`, ['Requests']).catch(() => null);
  await query.queryResource(id, ['NoSuchMetric']).catch(() => null);
};

export const secrets: Journey = async (drive) => {
  const client = drive.secrets();
  await client.setSecret('fresh', 'first', { tags: { team: 'a' }, contentType: 'text/plain', expiresOn: new Date('2099-01-01') });
  const { properties } = await client.setSecret('fresh', 'second');
  await client.updateSecretProperties('fresh', properties.version ?? '', { enabled: false });
  await client.getSecret('fresh').catch(() => null);
  await client.getSecret('db');
  await client.getSecret('db', { version: 'a'.repeat(32) });
  await all(client.listPropertiesOfSecretVersions('db'));
  await all(client.listPropertiesOfSecrets());
  await client.getSecret('not-there').catch(() => null);
  await client.updateSecretProperties('db', 'c'.repeat(32), {}).catch(() => null);
  const nobody = drive.azure.issueToken({ audience: 'https://vault.azure.net', principalId: '00000000-0000-4000-8000-00000000dead', clientId: '00000000-0000-4000-8000-00000000dead', expiresAt: Date.now() + 3_600_000 });
  await drive.secrets({ getToken: async () => ({ token: nobody, expiresOnTimestamp: Date.now() + 3_600_000 }) }).getSecret('db').catch(() => null);
};

const faults = ['azure:429', 'azure:429-without-retry-after', 'azure:503', 'azure:forbidden'] as const;

/** What is refused, and how. Its faults strike whoever comes: it runs alone. */
export const refusals: Journey = async (drive) => {
  const client = drive.apps();
  const environmentId = await environmentOf(client, 'env-refusals');
  const refused = async (call: Promise<unknown>): Promise<void> => void (await call.then(() => Promise.reject(new Error('was not refused')), () => null));
  await refused(client.containerApps.get(group, 'not-there'));
  await refused(client.containerApps.get('rg-not-there', 'not-there'));
  await refused(all(client.containerApps.listByResourceGroup('rg-not-there')));
  await refused(client.managedEnvironments.get(group, 'not-there'));
  await refused(client.containerApps.createOrUpdate(group, 'Bad_Name', appOf(environmentId, 'one'), fast));
  await refused(client.containerApps.createOrUpdate(group, 'orphan', appOf(`${environmentId}-not-there`, 'one'), fast));
  await refused(client.containerApps.createOrUpdate(group, 'heavy', appOf(environmentId, 'one', { template: { containers: [{ name: 'main', image: 'a:1', resources: { cpu: 9, memory: '1Gi' } }] } }), fast));
  const busy = client.containerApps.createOrUpdate(group, 'busy', appOf(environmentId, 'one'), fast);
  await busy.submitted();
  await client.containerApps.update(group, 'busy', { location, tags: { at: 'once' } }, fast).catch(() => null);
  await busy;
  await refused(client.containerAppsRevisions.getRevision(group, 'busy', 'busy--not-there'));
  await refused(client.containerAppsRevisions.restartRevision(group, 'busy', 'busy--not-there'));
  for (const name of faults) {
    drive.azure.faults.ask({ name, times: 1, path: 'containerApps/busy', method: 'GET' });
    await refused(client.containerApps.get(group, 'busy'));
  }
  drive.azure.faults.ask({ name: 'azure:conflict', times: 1, path: 'containerApps/busy', method: 'PATCH' });
  await refused(client.containerApps.update(group, 'busy', { location, tags: { at: 'conflict' } }, fast));
  drive.azure.faults.ask({ name: 'azure:operation-fails', times: 1, path: 'containerApps/busy', method: 'PATCH' });
  await refused(client.containerApps.update(group, 'busy', { location, tags: { at: 'failing' } }, fast));
  drive.azure.faults.ask({ name: 'azure:status-lost', times: 1, path: null, method: null });
  await refused(client.containerApps.update(group, 'busy', { location, tags: { at: 'lost' } }, fast));
};
