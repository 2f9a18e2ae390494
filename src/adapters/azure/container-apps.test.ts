import { describe, expect, test } from 'vitest';
import { azureUnderTest, checkout, contoso, place, signal } from '../../../test/support/azure-under-test.ts';
import { appId } from '../../kernel/container-app.ts';
import { tenantId } from '../../kernel/ids.ts';

const appPath = `/subscriptions/${place.subscription}/resourceGroups/${place.resourceGroup}/providers/Microsoft.App/containerApps`;

function app(name: string, overrides: object = {}): object {
  return { id: `${appPath.replace('containerApps', 'containerapps')}/${name}`, name, location: 'West Europe', properties: {}, ...overrides };
}

describe('container apps', () => {
  test('a body is sent as it was given, with what no SDK model knows', async () => {
    await using world = await azureUnderTest(() => ({ status: 201, body: app('checkout') }));
    const body = {
      location: 'westeurope',
      tags: {},
      identity: {},
      properties: { environmentId: 'e', configuration: { fromTheFuture: [1, null] }, template: { containers: [{ name: 'a', imageType: 'ContainerImage' }] } },
    };
    await world.apps.create(contoso, checkout, body, signal);
    await world.apps.patch(contoso, checkout, { tags: { gone: null } }, signal);
    expect(world.azure.requests.map(({ method, body }) => [method, body])).toEqual([
      ['PUT', JSON.stringify(body)],
      ['PATCH', '{"tags":{"gone":null}}'],
    ]);
  });

  test('every page of a list is read, and nothing else', async () => {
    await using world = await azureUnderTest(({ path }) => {
      const page = Number(/page=(\d)/.exec(path)?.[1] ?? 1);
      const nextLink = page < 3 ? `https://management.azure.com${appPath}?api-version=2025-01-01&page=${page + 1}` : null;
      return { status: 200, body: { value: [app(`app-${page}`)], nextLink } };
    });
    expect((await world.apps.apps(contoso, place, signal)).map(({ id }) => id.name)).toEqual(['app-1', 'app-2', 'app-3']);
    expect(world.azure.requests).toHaveLength(3);
  });

  test('a group that is not there holds no apps, one that cannot be seen is an error', async () => {
    let code = 'ResourceGroupNotFound';
    await using world = await azureUnderTest(() => ({ status: 404, body: { error: { code, message: '' } } }));
    expect(await world.apps.apps(contoso, place, signal)).toEqual([]);
    code = 'SubscriptionNotFound';
    await expect(world.apps.apps(contoso, place, signal)).rejects.toMatchObject({ name: 'NotAllowed' });
  });

  test('a page that is lost in the middle is an error, not a shorter list', async () => {
    await using world = await azureUnderTest(({ path }) =>
      path.includes('page=2') ? { status: 404 } : { status: 200, body: { value: [app('a')], nextLink: `https://management.azure.com${appPath}?page=2` } },
    );
    await expect(world.apps.apps(contoso, place, signal)).rejects.toMatchObject({ code: 'UnexpectedAnswer' });
  });

  test.each([
    { reason: 'an app of another group', body: app('checkout', { id: `${appPath.replace('rg-storefront', 'rg-other')}/checkout` }) },
    { reason: 'another app', body: app('orders') },
    { reason: 'something that is no app', body: { id: `${appPath}/checkout/revisions/x`, name: 'x', properties: {} } },
    { reason: 'no JSON', body: '<html>' },
  ])('an answer that is not what was asked for is unreadable: $reason', async ({ body }) => {
    await using world = await azureUnderTest(() => ({ status: 200, body }));
    await expect(world.apps.observe(contoso, checkout, signal)).rejects.toMatchObject({ name: 'Unavailable', code: 'UnexpectedAnswer' });
  });

  test.each([
    { reason: 'another tenant', tenant: tenantId(100, 7, 'fabrikam'), id: checkout },
    { reason: 'another group', tenant: contoso, id: { ...checkout, resourceGroup: 'other' } },
    { reason: 'another subscription', tenant: contoso, id: { ...checkout, subscription: '11111111-1111-1111-1111-111111111111' } },
  ])('nothing is sent for $reason', async ({ tenant, id }) => {
    await using world = await azureUnderTest(() => ({ status: 200 }));
    const outside = expect.objectContaining({ name: 'NotAllowed', code: 'OutsideGrant' });
    await expect(world.apps.observe(tenant, id, signal)).rejects.toEqual(outside);
    await expect(world.apps.apps(tenant, { ...place, ...id }, signal)).rejects.toEqual(outside);
    await expect(world.apps.patch(tenant, id, {}, signal)).rejects.toEqual(outside);
    await expect(world.apps.activate(tenant, id, 'r', signal)).rejects.toEqual(outside);
    await expect(world.resources.ensureResourceGroup(tenant, { ...place, ...id }, 'westeurope', {}, signal)).rejects.toEqual(outside);
    await expect(world.metrics.requests(tenant, id, 60_000, signal)).rejects.toEqual(outside);
    expect(world.azure.connected).toEqual([]);
  });

  test('a name that would lead to another resource is refused before anything is sent', async () => {
    await using world = await azureUnderTest(() => ({ status: 200 }));
    for (const name of ['..', '../../x', 'a/b', 'a?b', '%2e%2e', '', 'a\u0000']) {
      await expect(world.apps.observe(contoso, appId(place, name), signal), name).rejects.toMatchObject({ name: 'Rejected', code: 'InvalidName' });
      await expect(world.apps.revision(contoso, checkout, name, signal), name).rejects.toMatchObject({ code: 'InvalidName' });
      await expect(world.resources.identity(contoso, place, name, signal), name).rejects.toMatchObject({ code: 'InvalidName' });
    }
    expect(world.azure.connected).toEqual([]);
  });

  test('nothing is retried here', async () => {
    await using world = await azureUnderTest(() => ({ status: 503, headers: { 'retry-after': '0' } }));
    await expect(world.apps.observe(contoso, checkout, signal)).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(world.resources.resourceGroup(contoso, place, signal)).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(world.resources.identity(contoso, place, 'id-a', signal)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(world.azure.requests).toHaveLength(3);
  });

  test('a connection that breaks and a caller that gives up are no answer', async () => {
    await using world = await azureUnderTest(() => null);
    await expect(world.apps.observe(contoso, checkout, signal)).rejects.toMatchObject({ name: 'Unavailable', code: 'ECONNRESET' });
    await expect(world.apps.observe(contoso, checkout, AbortSignal.abort())).rejects.toMatchObject({ name: 'Unavailable', code: 'Aborted' });
  });

  test('every request is seen, with its status and without its body', async () => {
    await using world = await azureUnderTest(({ method }) => (method === 'GET' ? { status: 404 } : { status: 409, body: { error: { code: 'ContainerAppOperationInProgress' } } }));
    await world.apps.observe(contoso, checkout, signal);
    await world.resources.resourceGroup(contoso, place, signal);
    await world.apps.patch(contoso, checkout, {}, signal).catch(() => undefined);
    expect(world.observed).toMatchObject([
      { operation: 'containerApps.get', status: 404, tenant: contoso },
      { operation: 'resourceGroups.get', status: 404, tenant: contoso },
      { operation: 'containerApps.patch', status: 409, tenant: contoso },
    ]);
  });
});
