import { describe, expect, test } from 'vitest';
import { azureUnderTest, checkout, contoso, place, signal } from '../../../test/support/azure-under-test.ts';

const arm = 'management.azure.com';
const evil = 'https://management.azure.com.evil.example/steal?token=please';

describe('the token stays with Azure', () => {
  test.each([
    { reason: 'a planted Azure-AsyncOperation', headers: { 'azure-asyncoperation': evil } },
    { reason: 'a planted Location', headers: { location: evil } },
    { reason: 'another port of the right host', headers: { 'azure-asyncoperation': `https://${arm}:8443/status` } },
    { reason: 'plain http', headers: { 'azure-asyncoperation': `http://${arm}/status` } },
    { reason: 'user information that looks like the host', headers: { location: `https://${arm}@evil.example/` } },
  ])('is not followed, the resource is read instead: $reason', async ({ headers }) => {
    await using world = await azureUnderTest(({ method }) =>
      method === 'PATCH' ? { status: 202, headers } : { status: 200, body: { properties: { provisioningState: 'Succeeded' } } },
    );
    const token = await world.apps.patch(contoso, checkout, { tags: {} }, signal);
    expect(await world.apps.operation(contoso, token, signal)).toEqual({ status: 'succeeded' });
    expect(new Set(world.azure.connected)).toEqual(new Set([arm]));
    expect(world.azure.requests.at(-1)?.path).toMatch(/\/containerApps\/checkout\?/);
  });

  test('is not taken to the next page of a list on another host', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: { value: [], nextLink: evil } }));
    await expect(world.apps.apps(contoso, place, signal)).rejects.toMatchObject({ name: 'NotAllowed', code: 'HostNotAllowed' });
    expect(world.azure.connected).toEqual([arm]);
  });

  test('is not taken to the next page of a typed SDK list on another host', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: { value: [], nextLink: evil } }));
    await expect(world.vaults.vault(contoso, place.subscription, 'kv-storefront', signal)).rejects.toMatchObject({ code: 'HostNotAllowed' });
    expect(world.azure.connected).toEqual([arm]);
  });

  test('is not redirected', async () => {
    await using world = await azureUnderTest(() => ({ status: 307, headers: { location: evil } }));
    await expect(world.apps.observe(contoso, checkout, signal)).rejects.toMatchObject({ name: 'Unavailable', code: 'UnexpectedAnswer' });
    await expect(world.resources.resourceGroup(contoso, place, signal)).rejects.toMatchObject({ name: 'Unavailable' });
    expect(world.azure.connected).toEqual([arm, arm]);
  });

  test('does not go through the proxy of the environment', async () => {
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:9';
    try {
      await using world = await azureUnderTest(() => ({ status: 404 }));
      expect(await world.apps.observe(contoso, checkout, signal)).toBeNull();
      expect(world.azure.connected).toEqual([arm]);
    } finally {
      delete process.env['HTTPS_PROXY'];
    }
  });
});
