import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerAppsAPIClient, restorePoller, type ContainerApp } from '@azure/arm-appcontainers';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceManagementClient } from '@azure/arm-resources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azureAgent } from '../../src/adapters/azure/route.ts';
import { startLocalAzure, type LocalAzure } from '../../src/local/azure/start.ts';
import { httpCall, type HttpAnswer } from '../../src/cli/demo/http-call.ts';
import { until } from '../support/apps-under-test.ts';

const group = 'rg-contract';
const location = 'westeurope';
const fast = { updateIntervalInMs: 20 };

let directory: string;
let azure: LocalAzure;
let agent: https.Agent;
let client: ContainerAppsAPIClient;
let environmentId: string;
let domain: string;
let identityId: string;

const credential = { getToken: async () => ({ token: azure.token, expiresOnTimestamp: Date.now() + 3_600_000 }) };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-azure-'));
  const secrets = [{ name: 'db', versions: [{ version: 'v1', value: 'between us' }] }];
  const vaults = [{ name: 'kv-contract', resourceGroup: group, location, secrets }];
  azure = await startLocalAzure({ directory, vaults, pace: { operationMs: 20, environmentMs: 20, readyMs: 40 } });
  agent = azureAgent({ port: azure.port, ca: azure.ca });
  const options = { agent };
  await new ResourceManagementClient(credential, azure.subscription, options).resourceGroups.createOrUpdate(group, { location });
  const identity = await new ManagedServiceIdentityClient(credential, azure.subscription, options).userAssignedIdentities.createOrUpdate(group, 'app-identity', { location });
  identityId = identity.id ?? '';
  client = new ContainerAppsAPIClient(credential, azure.subscription, options);
  const environment = await client.managedEnvironments.createOrUpdate(group, 'env', { location, workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] }, fast);
  environmentId = environment.id ?? '';
  domain = environment.defaultDomain ?? '';
});

afterAll(async () => {
  agent.destroy();
  await azure[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** The app's identity may read secrets of the vault from here on. */
async function grantSecrets(): Promise<void> {
  const scope = `/subscriptions/${azure.subscription}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/kv-contract`;
  const { principalId } = await new ManagedServiceIdentityClient(credential, azure.subscription, { agent }).userAssignedIdentities.get(group, 'app-identity');
  const roleDefinitionId = `/subscriptions/${azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`;
  const roles = new AuthorizationManagementClient(credential, azure.subscription, { agent }).roleAssignments;
  await roles.create(scope, randomUUID(), { roleDefinitionId, principalId: principalId ?? '', principalType: 'ServicePrincipal' });
}

function app(image: string, suffix: string, more: Partial<ContainerApp> = {}): ContainerApp {
  return {
    location,
    environmentId,
    configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080 } },
    template: { revisionSuffix: suffix, containers: [{ name: 'main', image }] },
    ...more,
  };
}

function untilRunning(name: string, revision: string): Promise<unknown> {
  return until(`${revision} running`, async () => ((await client.containerAppsRevisions.getRevision(group, name, revision)).runningState === 'Running' ? true : null));
}

function visit(host: string): Promise<HttpAnswer> {
  return httpCall(`https://${host}/`, { agent });
}

describe('the SDK against the local Microsoft.App', () => {
  it('creates, patches, reads, lists and deletes', async () => {
    const created = await client.containerApps.createOrUpdate(group, 'first', app('r.azurecr.io/a:1', 'one'), fast);
    expect(created).toMatchObject({ provisioningState: 'Succeeded', latestRevisionName: 'first--one', configuration: { ingress: { fqdn: `first.${domain}`, transport: 'Auto' } } });
    const patched = await client.containerApps.update(group, 'first', { location, tags: { team: 'a' } }, fast);
    expect(patched).toMatchObject({ tags: { team: 'a' }, latestRevisionName: 'first--one' });
    const names: (string | undefined)[] = [];
    for await (const one of client.containerApps.listByResourceGroup(group)) names.push(one.name);
    expect(names).toEqual(['first']);
    await client.containerApps.delete(group, 'first', fast);
    await expect(client.containerApps.get(group, 'first')).rejects.toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
    await client.containerApps.delete(group, 'first', fast);
  });

  it('reaches a workload by its address, whose certificate is trusted', async () => {
    await client.containerApps.createOrUpdate(group, 'second', app('r.azurecr.io/a:1', 'one'), fast);
    await untilRunning('second', 'second--one');
    const answer = await visit(`second.${domain}`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ app: 'second', revision: 'second--one', image: 'r.azurecr.io/a:1' });
    expect((await visit(`nobody.${domain}`)).status).toBe(404);
  });

  it('shifts traffic, deactivates and restarts revisions', async () => {
    await client.containerApps.createOrUpdate(group, 'third', app('r.azurecr.io/a:1', 'one'), fast);
    await untilRunning('third', 'third--one');
    await client.containerApps.createOrUpdate(group, 'third', app('r.azurecr.io/a:2', 'two'), fast);
    await untilRunning('third', 'third--two');
    const traffic = [{ revisionName: 'third--one', weight: 100 }, { revisionName: 'third--two', weight: 0, label: 'next' }];
    await client.containerApps.update(group, 'third', { location, configuration: { ingress: { traffic } } }, fast);
    expect((await visit(`third.${domain}`)).body).toContain('third--one');
    expect((await visit(`third---next.${domain}`)).body).toContain('third--two');
    await client.containerAppsRevisions.restartRevision(group, 'third', 'third--one');
    await client.containerAppsRevisions.deactivateRevision(group, 'third', 'third--two');
    expect(await client.containerAppsRevisions.getRevision(group, 'third', 'third--two')).toMatchObject({ active: false, replicas: 0, runningState: 'Stopped' });
    const { value: replicas } = await client.containerAppsRevisionReplicas.listReplicas(group, 'third', 'third--one');
    expect(replicas).toHaveLength(1);
  });

  it('takes an operation up again where another process left it, and sends nothing twice', async () => {
    const poller = client.containerApps.createOrUpdate(group, 'fourth', app('r.azurecr.io/a:1', 'one'), fast);
    await poller.submitted();
    const state = await poller.serialize();
    const before = azure.journal.entries().filter((entry) => entry.method === 'PUT').length;
    const later = new ContainerAppsAPIClient(credential, azure.subscription, { agent });
    expect(await restorePoller(later, state, later.containerApps.createOrUpdate, fast)).toMatchObject({ name: 'fourth', provisioningState: 'Succeeded' });
    expect(azure.journal.entries().filter((entry) => entry.method === 'PUT')).toHaveLength(before);
  });

  it('refuses with the codes of the real service', async () => {
    const wrong = app('r.azurecr.io/a:1', 'one', { configuration: { secrets: [{ name: 'db' }] } });
    await expect(client.containerApps.createOrUpdate(group, 'fifth', wrong, fast)).rejects.toMatchObject({ statusCode: 400, code: 'ContainerAppSecretInvalid' });
  });

  it('reads a secret of Key Vault once the identity may, and fails the operation before', async () => {
    const wanted: ContainerApp = {
      ...app('r.azurecr.io/a:1', 'one'),
      configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080 }, secrets: [{ name: 'db', keyVaultUrl: 'https://kv-contract.vault.azure.net/secrets/db/v1', identity: identityId }] },
      template: { revisionSuffix: 'one', containers: [{ name: 'main', image: 'r.azurecr.io/a:1', env: [{ name: 'DB', secretRef: 'db' }] }] },
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } },
    };
    await expect(client.containerApps.createOrUpdate(group, 'sixth', wanted, fast)).rejects.toThrow(/Unable to get value using Managed identity/);
    await grantSecrets();
    const created = await client.containerApps.createOrUpdate(group, 'sixth', wanted, fast);
    expect(created.configuration?.secrets).toEqual([{ name: 'db', keyVaultUrl: 'https://kv-contract.vault.azure.net/secrets/db/v1', identity: identityId }]);
    await untilRunning('sixth', 'sixth--one');
    const { body } = await visit(`sixth.${domain}`);
    expect(JSON.parse(body)).toMatchObject({ env: ['DB'], secrets: [{ name: 'db', sha256: createHash('sha256').update('between us').digest('hex').slice(0, 12), version: 'v1' }] });
    expect(body).not.toContain('between us');
  });

  it('tells of a crash in the revision, not in the operation', async () => {
    expect(await client.containerApps.createOrUpdate(group, 'seventh', app('r.azurecr.io/a:1-crash', 'one'), fast)).toMatchObject({ provisioningState: 'Succeeded' });
    const failed = await until('the revision failing', async () => {
      const revision = await client.containerAppsRevisions.getRevision(group, 'seventh', 'seventh--one');
      return revision.provisioningState === 'Failed' ? revision : null;
    });
    expect(failed).toMatchObject({ active: true, healthState: 'Unhealthy', runningState: 'Failed', provisioningError: 'Container crashing: main' });
    expect((await visit(`seventh.${domain}`)).status).toBe(503);
  });

  it('lists page by page', async () => {
    const names = Array.from({ length: 33 }, (_, index) => `many-${index}`);
    await Promise.all(names.map((name) => client.containerApps.createOrUpdate(group, name, app('r.azurecr.io/a:1', 'one'), { updateIntervalInMs: 200 })));
    const listed: string[] = [];
    for await (const one of client.containerApps.listBySubscription()) listed.push(one.name ?? '');
    expect(listed).toEqual(expect.arrayContaining(names));
    expect(new Set(listed).size).toBe(listed.length);
  });
});
