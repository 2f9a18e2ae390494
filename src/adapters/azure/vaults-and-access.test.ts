import { describe, expect, test } from 'vitest';
import { azureUnderTest, contoso, place, signal, subscription, vault } from '../../../test/support/azure-under-test.ts';
import type { ScriptedAnswer, ScriptedRequest } from '../../../test/support/scripted-azure.ts';
import { assignmentName } from './secret-access.ts';

const principal = '11111111-2222-3333-4444-555555555555';
const roles = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions`;
const secretsUser = `${roles}/4633458b-17de-408a-b874-0445c86b69e6`;

describe('a vault', () => {
  test('is found through ARM by type and name', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: { value: [{ id: vault.id }] } }));
    expect(await world.vaults.vault(contoso, subscription, 'kv-storefront', signal)).toMatchObject(vault);
    expect(decodeURIComponent(world.azure.requests[0]?.path ?? '')).toContain("$filter=resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'kv-storefront'");
  });

  test.each([
    { reason: 'nothing was found', value: [] },
    { reason: 'another name came back', value: [{ id: vault.id.replace('kv-storefront', 'kv-storefront-2') }] },
    { reason: 'another type came back', value: [{ id: vault.id.replace('vaults/kv', 'managedHSMs/kv') }] },
    { reason: 'another subscription came back', value: [{ id: vault.id.replace(subscription, '99999999-0000-0000-0000-000000000000') }] },
  ])('is absent when $reason', async ({ value }) => {
    await using world = await azureUnderTest(() => ({ status: 200, body: { value } }));
    expect(await world.vaults.vault(contoso, subscription, 'kv-storefront', signal)).toBeNull();
  });

  test("is not another tenant's: nothing is asked", async () => {
    await using world = await azureUnderTest(() => ({ status: 200 }));
    const other = { id: vault.id.replace('kv-storefront', 'kv-secret'), name: 'kv-secret' };
    const outside = expect.objectContaining({ code: 'OutsideGrant' });
    await expect(world.vaults.vault(contoso, subscription, 'kv-secret', signal)).rejects.toEqual(outside);
    await expect(world.vaults.versions(contoso, other, 'a', signal)).rejects.toEqual(outside);
    await expect(world.access.mayRead(contoso, other, principal, signal)).rejects.toEqual(outside);
    await expect(world.access.grantRead(contoso, other, principal, signal)).rejects.toEqual(outside);
    expect(world.azure.connected).toEqual([]);
  });

  test('whose name and id disagree is not believed', async () => {
    await using world = await azureUnderTest(() => ({ status: 200 }));
    const forged = { ...vault, name: 'kv-secret' };
    await expect(world.vaults.versions(contoso, forged, 'a', signal)).rejects.toMatchObject({ code: 'UnexpectedAnswer' });
    expect(world.azure.connected).toEqual([]);
  });
});

describe('versions of a secret', () => {
  const challenge = { status: 401, headers: { 'www-authenticate': 'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"' } };
  const item = (version: string, created: number, more: object = {}) => ({ id: `https://kv-storefront.vault.azure.net/secrets/db/${version}`, attributes: { enabled: true, created, updated: created, ...more } });
  const answered =
    (answer: ScriptedAnswer) =>
    ({ authorization }: ScriptedRequest): ScriptedAnswer =>
      authorization === null ? challenge : answer;

  test('come newest first, without a value', async () => {
    await using world = await azureUnderTest(answered({ status: 200, body: { value: [item('a'.repeat(32), 100), item('b'.repeat(32), 300, { exp: 1_900_000_000 }), item('c'.repeat(32), 200, { enabled: false })] } }));
    const versions = await world.vaults.versions(contoso, vault, 'db', signal);
    expect(versions.map(({ version, enabled, expiresOn }) => [version[0], enabled, expiresOn])).toEqual([
      ['b', true, '2030-03-17T17:46:40.000Z'],
      ['c', false, null],
      ['a', true, null],
    ]);
    expect(world.azure.requests.every(({ method, path }) => method === 'GET' && path.startsWith('/secrets/db/versions'))).toBe(true);
    expect(new Set(world.azure.connected)).toEqual(new Set(['kv-storefront.vault.azure.net']));
  });

  test.each([
    { reason: 'an empty list', answer: { status: 200, body: { value: [] } } },
    { reason: 'a 404', answer: { status: 404, body: { error: { code: 'SecretNotFound' } } } },
  ])('are none when there is no such secret: $reason', async ({ answer }) => {
    await using world = await azureUnderTest(answered(answer));
    expect(await world.vaults.versions(contoso, vault, 'db', signal)).toEqual([]);
  });

  test('cannot be read without the right', async () => {
    await using world = await azureUnderTest(answered({ status: 403, body: { error: { code: 'Forbidden', message: 'caller is not authorized' } } }));
    await expect(world.vaults.versions(contoso, vault, 'db', signal)).rejects.toMatchObject({ name: 'NotAllowed', code: 'Forbidden' });
  });

  test.each([
    { reason: 'of another domain', resource: 'https://vault.example.com' },
    { reason: 'that only ends like the vault', resource: 'https://ault.azure.net' },
    { reason: 'of Resource Manager', resource: 'https://management.azure.com' },
  ])('get no token when the challenge names a resource $reason', async ({ resource }) => {
    await using world = await azureUnderTest(() => ({ status: 401, headers: { 'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/t", resource="${resource}"` } }));
    await expect(world.vaults.versions(contoso, vault, 'db', signal)).rejects.toThrow();
    expect(world.azure.requests.map(({ authorization }) => authorization)).toEqual([null]);
  });

  test('of a name with a path in it are refused', async () => {
    await using world = await azureUnderTest(() => ({ status: 200 }));
    await expect(world.vaults.versions(contoso, vault, '../keys', signal)).rejects.toMatchObject({ code: 'InvalidName' });
    expect(world.azure.connected).toEqual([]);
  });
});

describe('who may read a vault', () => {
  test.each([
    { reason: 'the role on the vault', scope: vault.id, roleDefinitionId: secretsUser, may: true },
    { reason: 'the role on the vault, written in another case', scope: vault.id.toUpperCase(), roleDefinitionId: secretsUser.toUpperCase(), may: true },
    { reason: 'inherited from the group', scope: vault.id.split('/providers/')[0], roleDefinitionId: secretsUser, may: true },
    { reason: 'inherited from the subscription', scope: `/subscriptions/${subscription}`, roleDefinitionId: secretsUser, may: true },
    { reason: 'inherited from the root', scope: '/', roleDefinitionId: secretsUser, may: true },
    { reason: 'a role that includes it', scope: vault.id, roleDefinitionId: `${roles}/00482a5a-887f-4fb3-b363-3b7fe8e74483`, may: true },
    { reason: 'metadata only (Key Vault Reader)', scope: vault.id, roleDefinitionId: `${roles}/21090545-7ca7-4776-b22c-e363652d74d2`, may: false },
    { reason: 'one secret of the vault only', scope: `${vault.id}/secrets/db`, roleDefinitionId: secretsUser, may: false },
    { reason: 'a vault whose name begins alike', scope: vault.id.slice(0, -1), roleDefinitionId: secretsUser, may: false },
    { reason: 'only under a condition', scope: vault.id, roleDefinitionId: secretsUser, condition: '@Resource[x] StringEquals y', may: false },
  ])('$reason: $may', async ({ may, ...properties }) => {
    await using world = await azureUnderTest(() => ({ status: 200, body: { value: [{ id: 'x', properties: { principalId: principal, ...properties } }] } }));
    expect(await world.access.mayRead(contoso, vault, principal, signal)).toBe(may);
    expect(decodeURIComponent(world.azure.requests[0]?.path ?? '')).toContain(`$filter=assignedTo('${principal}')`);
  });

  test('what is no principal id does not get into a filter', async () => {
    await using world = await azureUnderTest(() => ({ status: 200 }));
    await expect(world.access.mayRead(contoso, vault, "x') or ('1' eq '1", signal)).rejects.toMatchObject({ name: 'Rejected' });
    expect(world.azure.connected).toEqual([]);
  });

  test('is granted under the same name each time, and once', async () => {
    let granted = false;
    await using world = await azureUnderTest(() => {
      if (granted) return { status: 409, body: { error: { code: 'RoleAssignmentExists', message: '' } } };
      granted = true;
      return { status: 201, body: {} };
    });
    await world.access.grantRead(contoso, vault, principal, signal);
    await world.access.grantRead(contoso, { ...vault, id: vault.id.replace('resourceGroups', 'resourcegroups') }, principal, signal);
    const [first, second] = world.azure.requests;
    expect(JSON.parse(first?.body ?? '')).toEqual({ properties: { roleDefinitionId: secretsUser, principalId: principal, principalType: 'ServicePrincipal' } });
    expect(first?.path.toLowerCase()).toBe(second?.path.toLowerCase());
    expect(first?.path).toContain(assignmentName(vault, principal));
    expect(assignmentName(vault, principal)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('cannot be granted by who may not', async () => {
    await using world = await azureUnderTest(() => ({ status: 403, body: { error: { code: 'AuthorizationFailed' } } }));
    await expect(world.access.grantRead(contoso, vault, principal, signal)).rejects.toMatchObject({ name: 'NotAllowed', code: 'AuthorizationFailed' });
  });

  test('is nobody when the identity is not there', async () => {
    await using world = await azureUnderTest(() => ({ status: 404, body: { error: { code: 'ResourceNotFound' } } }));
    expect(await world.access.principal(contoso, place, 'id-storefront', signal)).toBeNull();
  });
});
