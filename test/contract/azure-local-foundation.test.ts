import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LocalAzure } from '../../src/local/azure/start.ts';
import type { FaultName } from '../../src/local/azure/control/fault-descriptions.ts';
import { all, failure, latestVersion as version, localAzure, type LocalAzureUnderTest } from '../support/local-azure.ts';

let local: LocalAzureUnderTest;
let azure: LocalAzure;
beforeAll(async () => {
  local = await localAzure();
  ({ azure } = local);
});
afterEach(() => azure.faults.clear());
afterAll(() => local[Symbol.asyncDispose]());

const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';
const roleId = (id: string) => `/subscriptions/${azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;

describe('resource groups', () => {
  test('are made, read, changed and listed', async () => {
    const { resourceGroups } = local.resources();
    expect(await resourceGroups.createOrUpdate('rg-made', { location: 'West Europe', tags: { a: '1' } })).toMatchObject({
      id: `/subscriptions/${azure.subscription}/resourceGroups/rg-made`,
      location: 'westeurope',
      tags: { a: '1' },
      properties: { provisioningState: 'Succeeded' },
    });
    expect(await resourceGroups.get('RG-MADE')).toMatchObject({ name: 'rg-made' });
    expect(await resourceGroups.update('rg-made', { tags: { b: '2' } })).toMatchObject({ location: 'westeurope', tags: { b: '2' } });
    expect((await all(resourceGroups.list())).map(({ name }) => name).sort()).toEqual(['rg-made', 'rg-shared']);
    expect((await all(resourceGroups.list({ filter: "tagName eq 'b' and tagValue eq '2'" }))).map(({ name }) => name)).toEqual(['rg-made']);
  });

  test('stay in their region', async () => {
    expect(await failure(local.resources().resourceGroups.createOrUpdate('rg-shared', { location: 'eastus' }))).toMatchObject({ statusCode: 409, code: 'InvalidResourceGroupLocation' });
  });

  test('that are absent are said to be', async () => {
    expect(await failure(local.resources().resourceGroups.get('rg-none'))).toMatchObject({ statusCode: 404, code: 'ResourceGroupNotFound' });
    expect(await failure(local.identities().userAssignedIdentities.get('rg-none', 'id-a'))).toMatchObject({ statusCode: 404, code: 'ResourceGroupNotFound' });
  });
});

describe('the index of resources', () => {
  test.each([
    { reason: 'a vault by its name, without case', filter: "resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'KV-storefront'", names: ['kv-storefront'] },
    { reason: 'a vault that is not there', filter: "resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'kv-other'", names: [] },
    { reason: 'what another service holds', filter: "resourceType eq 'Microsoft.App/containerApps'", names: ['checkout'] },
    { reason: 'by tag', filter: "tagName eq 'trueup-service' and tagValue eq 'checkout'", names: ['checkout'] },
  ])('finds $reason', async ({ filter, names }) => {
    expect((await all(local.resources().resources.list({ filter }))).map(({ name }) => name)).toEqual(names);
  });

  test('refuses a filter that it does not understand', async () => {
    expect(await failure(all(local.resources().resources.list({ filter: 'name like kv' })))).toMatchObject({ statusCode: 400, code: 'InvalidFilterInQueryString' });
  });
});

describe('user-assigned identities', () => {
  test('are principals of their own and keep their ids', async () => {
    const { userAssignedIdentities } = local.identities();
    const made = await userAssignedIdentities.createOrUpdate('rg-shared', 'id-storefront', { location: 'westeurope', tags: { a: '1' } });
    expect(made).toMatchObject({ name: 'id-storefront', tenantId: azure.tenantId, type: 'Microsoft.ManagedIdentity/userAssignedIdentities' });
    expect(made.id).toContain('/resourcegroups/rg-shared/');
    expect(await userAssignedIdentities.createOrUpdate('rg-shared', 'id-storefront', { location: 'westeurope' })).toMatchObject({ principalId: made.principalId, clientId: made.clientId });
    expect(local.world.identities.byId((made.id ?? '').replace('resourcegroups', 'resourceGroups'))).toMatchObject({ principalId: made.principalId });
    expect((await all(userAssignedIdentities.listByResourceGroup('rg-shared'))).map(({ name }) => name)).toEqual(['id-storefront']);
    await userAssignedIdentities.delete('rg-shared', 'id-storefront');
    expect(await failure(userAssignedIdentities.get('rg-shared', 'id-storefront'))).toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
  });
});

describe('role assignments', () => {
  const name = '11111111-1111-4111-8111-111111111111';

  test('open a secret to a workload, once, and are listed', async () => {
    const { principalId = '' } = await local.identities().userAssignedIdentities.createOrUpdate('rg-shared', 'id-reader', { location: 'westeurope' });
    const url = `https://kv-storefront.vault.azure.net/secrets/api-key/${version}`;
    expect(local.world.vaults.read(principalId, url)).toEqual({ ok: false, code: 'Forbidden' });

    const wanted = { roleDefinitionId: roleId(secretsUser), principalId, principalType: 'ServicePrincipal' };
    const { roleAssignments } = local.authorization();
    expect(await roleAssignments.create(local.vaultId, name, wanted)).toMatchObject({ scope: local.vaultId, principalId, name });
    expect(await roleAssignments.create(local.vaultId, name, wanted)).toMatchObject({ name });
    expect(await failure(roleAssignments.create(local.vaultId, '22222222-2222-4222-8222-222222222222', wanted))).toMatchObject({ statusCode: 409, code: 'RoleAssignmentExists' });

    expect(local.world.vaults.read(principalId, url)).toEqual({ ok: true, value: 'third', version });
    expect(local.world.vaults.read(principalId, 'https://kv-storefront.vault.azure.net/secrets/api-key')).toMatchObject({ version });
    expect(local.world.vaults.read(principalId, `https://kv-storefront.vault.azure.net/secrets/api-key/${'b'.repeat(32)}`)).toEqual({ ok: false, code: 'SecretDisabled' });
    expect(local.world.vaults.read(principalId, 'https://kv-storefront.vault.azure.net/secrets/none')).toEqual({ ok: false, code: 'SecretNotFound' });
    expect(local.world.vaults.read(principalId, 'https://kv-none.vault.azure.net/secrets/none')).toEqual({ ok: false, code: 'VaultNotFound' });

    expect(await roleAssignments.get(local.vaultId, name)).toMatchObject({ roleDefinitionId: roleId(secretsUser) });
    const filters = [`assignedTo('${principalId}')`, `principalId eq '${principalId}'`];
    for (const filter of filters) expect((await all(roleAssignments.listForScope(local.vaultId, { filter }))).map((one) => one.name)).toEqual([name]);
    expect(await all(roleAssignments.listForSubscription({ filter: `atScope() and principalId eq '${principalId}'` }))).toEqual([]);

    await roleAssignments.delete(local.vaultId, name);
    expect(local.world.vaults.read(principalId, url)).toEqual({ ok: false, code: 'Forbidden' });
  });

  test.each([
    { reason: 'an unknown role', change: { roleDefinitionId: roleIdOf('99999999-9999-4999-8999-999999999999') }, code: 'RoleDefinitionDoesNotExist' },
    { reason: 'a principal that Entra does not know, without its type', change: { principalType: '' }, code: 'PrincipalNotFound' },
    { reason: 'a principal that is no id', change: { principalId: 'somebody' }, code: 'InvalidPrincipalId' },
  ])('are refused for $reason', async ({ change, code }) => {
    const wanted = { roleDefinitionId: roleIdOf(secretsUser), principalId: '33333333-3333-4333-8333-333333333333', principalType: 'ServicePrincipal', ...change };
    expect(await failure(local.authorization().roleAssignments.create(local.vaultId, '44444444-4444-4444-8444-444444444444', wanted))).toMatchObject({ statusCode: 400, code });
  });

  function roleIdOf(id: string): string {
    return `/providers/Microsoft.Authorization/roleDefinitions/${id}`;
  }
});

describe('the front', () => {
  test.each([
    { reason: 'another host', host: 'example.com' },
    { reason: 'a name that only starts like one', host: 'management.azure.com.example.com' },
    { reason: 'another cloud', host: 'management.usgovcloudapi.net' },
  ])('fails the handshake for $reason', async ({ host }) => {
    await expect(local.raw('/', { host })).rejects.toThrow(/ECONNRESET|socket|disconnected|alert/i);
  });

  test.each([
    { reason: 'what is not modelled', address: '/subscriptions/SUB/resourceGroups/rg-shared/providers/Microsoft.Sql/servers?api-version=2021-11-01', status: 501, code: 'NotModelled' },
    { reason: 'a request without api-version', address: '/subscriptions/SUB/resourceGroups', status: 400, code: 'MissingApiVersionParameter' },
    { reason: 'an api-version that is no date', address: '/subscriptions/SUB/resourceGroups?api-version=latest', status: 400, code: 'InvalidApiVersionParameter' },
    { reason: 'another subscription', address: '/subscriptions/other/resourceGroups?api-version=2021-04-01', status: 404, code: 'SubscriptionNotFound' },
    { reason: 'a path that cannot be decoded', address: '/subscriptions/%E0%A4%A?api-version=2021-04-01', status: 400, code: 'InvalidRequestUri' },
  ])('answers $status to $reason', async ({ address, status, code }) => {
    const answer = await local.raw(address.replace('SUB', azure.subscription));
    expect({ status: answer.status, code: (JSON.parse(answer.body) as { error: { code: string } }).error.code }).toEqual({ status, code });
    expect(answer.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('refuses broken and huge bodies', async () => {
    const address = `/subscriptions/${azure.subscription}/resourcegroups/rg-x?api-version=2025-04-01`;
    expect((await local.raw(address, { method: 'PUT', body: '{"location":' })).status).toBe(400);
    expect((await local.raw(address, { method: 'PUT', body: JSON.stringify({ location: 'x'.repeat(5_000_000) }) })).status).toBe(413);
  });

  test('counts what is left of the buckets', async () => {
    const address = `/subscriptions/${azure.subscription}/resourcegroups?api-version=2025-04-01`;
    const left = async () => Number((await local.raw(address)).headers['x-ms-ratelimit-remaining-subscription-reads']);
    const [first, second] = [await left(), await left()];
    expect(first).toBeLessThan(250);
    expect(second).toBeLessThanOrEqual(first);
  });

  test('passes hosts of container apps on to the ingress', async () => {
    expect((await local.raw('/health', { host: 'checkout.happybay-1a2b3c4d.westeurope.azurecontainerapps.io' })).body).toBe('from the ingress');
  });

  test('writes the certificate to trust', async () => {
    expect(await readFile(azure.caFile, 'utf8')).toBe(azure.ca);
  });
});

describe('faults', () => {
  const read = () => local.resources().resourceGroups.get('rg-shared');
  const write = () => local.resources().resourceGroups.createOrUpdate('rg-shared', { location: 'westeurope' });

  test.each<{ name: FaultName; call: () => Promise<unknown>; wanted: object; retryAfter: string | undefined }>([
    { name: 'azure:429', call: read, wanted: { statusCode: 429, code: 'SubscriptionRequestsThrottled' }, retryAfter: '1' },
    { name: 'azure:429-without-retry-after', call: read, wanted: { statusCode: 429, code: 'TooManyRequests' }, retryAfter: undefined },
    { name: 'azure:503', call: read, wanted: { statusCode: 503, code: 'ServiceUnavailable' }, retryAfter: undefined },
    { name: 'azure:forbidden', call: read, wanted: { statusCode: 403, code: 'AuthorizationFailed' }, retryAfter: undefined },
    { name: 'azure:conflict', call: write, wanted: { statusCode: 409, code: 'ContainerAppOperationInProgress' }, retryAfter: undefined },
    { name: 'azure:reset', call: read, wanted: { statusCode: undefined, code: 'ECONNRESET' }, retryAfter: undefined },
  ])('$name hits as often as asked', async ({ name, call, wanted, retryAfter }) => {
    azure.faults.ask({ name, times: 1, path: '/resourceGroups/RG-shared', method: null });
    await all(local.resources().resourceGroups.list());
    const error = await failure(call());
    expect(error).toMatchObject(wanted);
    expect(error.response?.headers.get('retry-after')).toBe(retryAfter);
    expect(await call()).toMatchObject({ name: 'rg-shared' });
  });

  test('azure:hang holds the request until the client leaves', async () => {
    azure.faults.ask({ name: 'azure:hang', times: 1, path: null, method: null });
    azure.journal.clear();
    await expect(local.resources().resourceGroups.get('rg-shared', { abortSignal: AbortSignal.timeout(150) })).rejects.toThrow(/abort/i);
    await expect.poll(() => azure.journal.entries().map(({ status }) => status), { message: 'the cut request is in the journal' }).toEqual([0]);
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain;charset=UTF-8'])('are asked for in JSON that is called %s, as curl and fetch call it', async (contentType) => {
    expect((await local.raw('/local/faults', { method: 'POST', token: null, body: '{"name":"azure:503"}', contentType })).status).toBe(201);
    expect((await local.raw('/local/faults', { method: 'DELETE', token: null })).status).toBe(204);
  });

  test('are asked for over HTTP as well', async () => {
    const asked = await local.raw('/local/faults', { method: 'POST', token: null, body: '{"name":"azure:503","times":2}' });
    expect(asked.status).toBe(201);
    expect(azure.faults.list()).toMatchObject([{ name: 'azure:503', times: 2, path: null, method: null }]);
    expect((await local.raw('/local/faults', { method: 'POST', token: null, body: '{"name":"azure:nonsense"}' })).status).toBe(422);
    expect((await local.raw('/local/faults', { method: 'DELETE', token: null })).status).toBe(204);
    expect(azure.faults.list()).toEqual([]);
    expect(JSON.parse((await local.raw('/local/journal', { token: null })).body)).toHaveProperty('entries');
  });
});
