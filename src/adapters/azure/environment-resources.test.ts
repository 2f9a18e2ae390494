import { describe, expect, test } from 'vitest';
import { azureUnderTest, contoso, place, signal } from '../../../test/support/azure-under-test.ts';

const group = { id: `/subscriptions/${place.subscription}/resourceGroups/${place.resourceGroup}`, location: 'West Europe', tags: { owner: 'team-a' } };
const identity = { ...group, id: `${group.id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-a`, properties: { principalId: 'p', clientId: 'c' } };

describe('resources of an environment', () => {
  test('a group that is there keeps the tags of others', async () => {
    await using world = await azureUnderTest(({ method, body }) => ({ status: 200, body: method === 'GET' ? group : { ...group, tags: JSON.parse(body).tags } }));
    const observed = await world.resources.ensureResourceGroup(contoso, place, 'westeurope', { 'trueup-tenant': 'contoso' }, signal);
    expect(observed).toEqual({ id: group.id, location: 'westeurope', tags: { owner: 'team-a', 'trueup-tenant': 'contoso' } });
    expect(world.azure.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
  });

  test('what is as it should be is not written', async () => {
    await using world = await azureUnderTest(({ path }) => ({ status: 200, body: path.includes('ManagedIdentity') ? identity : { ...group, properties: { provisioningState: 'Succeeded' } } }));
    await world.resources.ensureResourceGroup(contoso, place, 'westeurope', { owner: 'team-a' }, signal);
    await world.resources.ensureIdentity(contoso, place, 'id-a', 'westeurope', { owner: 'team-a' }, signal);
    await world.resources.tagManagedEnvironment(contoso, place, { owner: 'team-a' }, signal);
    expect(new Set(world.azure.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  test('what is not there is created', async () => {
    await using world = await azureUnderTest(({ method, path }) => {
      if (method === 'GET') return { status: 404, body: { error: { code: 'ResourceNotFound' } } };
      return { status: 201, body: path.includes('ManagedIdentity') ? identity : group };
    });
    await world.resources.ensureResourceGroup(contoso, place, 'westeurope', { a: 'b' }, signal);
    expect(await world.resources.ensureIdentity(contoso, place, 'id-a', 'westeurope', { a: 'b' }, signal)).toMatchObject({ principalId: 'p', clientId: 'c' });
    await world.resources.createManagedEnvironment(contoso, place, 'westeurope', { a: 'b' }, signal);
    const writes = world.azure.requests.filter(({ method }) => method === 'PUT').map(({ body }) => JSON.parse(body));
    expect(writes).toMatchObject([{ location: 'westeurope', tags: { a: 'b' } }, { location: 'westeurope', tags: { a: 'b' } }, { location: 'westeurope', properties: { workloadProfiles: [{ name: 'Consumption' }] } }]);
  });

  test.each([
    { reason: 'not there', status: 404, code: 'ResourceGroupNotFound', absent: true },
    { reason: 'a subscription that the identity cannot see', status: 404, code: 'SubscriptionNotFound', absent: false },
    { reason: 'no right', status: 403, code: 'AuthorizationFailed', absent: false },
  ])('absent and unreadable are told apart by every client: $reason', async ({ status, code, absent }) => {
    await using world = await azureUnderTest(() => ({ status, body: { error: { code, message: 'words' } } }));
    const reads = [
      () => world.resources.resourceGroup(contoso, place, signal),
      () => world.resources.managedEnvironment(contoso, place, signal),
      () => world.resources.identity(contoso, place, 'id-a', signal),
    ];
    for (const read of reads) {
      if (absent) expect(await read()).toBeNull();
      else await expect(read()).rejects.toMatchObject({ name: 'NotAllowed', code });
    }
  });

  test('an environment says how far it is', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: { ...group, tags: null, properties: { provisioningState: 'Waiting', defaultDomain: 'x.westeurope.azurecontainerapps.io' } } }));
    expect(await world.resources.managedEnvironment(contoso, place, signal)).toEqual({ id: group.id, location: 'westeurope', tags: {}, provisioningState: 'Waiting', defaultDomain: 'x.westeurope.azurecontainerapps.io' });
  });
});
