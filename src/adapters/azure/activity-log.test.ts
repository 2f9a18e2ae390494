import { describe, expect, test } from 'vitest';
import { azureUnderTest, contoso, ownId, place, signal } from '../../../test/support/azure-under-test.ts';
import { ownIdentity } from './own-identity.ts';

const since = '2026-11-20T00:00:00.000Z';
const app = `/subscriptions/${place.subscription}/resourceGroups/${place.resourceGroup}/providers/Microsoft.App/containerapps/checkout`;

function eventOf({ status = 'Accepted', at = '2026-11-23T10:00:00.1234567Z', ...change }: Readonly<Record<string, unknown>> = {}): object {
  return {
    category: { value: 'Administrative', localizedValue: 'Administrative' },
    caller: 'maria@contoso.example',
    claims: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': 'a-person' },
    operationName: { value: 'Microsoft.App/containerApps/write', localizedValue: 'Create or Update Container App' },
    resourceId: app,
    correlationId: 'one',
    status: { value: status },
    eventTimestamp: at,
    ...change,
  };
}

async function writesOf(...value: readonly object[]) {
  await using world = await azureUnderTest(() => ({ status: 200, body: { value } }));
  return await world.activity.writes(contoso, place, since, signal);
}

const marias = { app: 'checkout', resource: app, who: 'maria@contoso.example', at: '2026-11-23T10:00:00.123Z', operation: 'Microsoft.App/containerApps/write', isOurs: false };

describe('writes of a group', () => {
  const started = { status: 'Started', at: '2026-11-23T09:59:59Z' };
  test.each<{ reason: string; events: readonly object[]; are: readonly object[] }>([
    { reason: 'one, although three events tell of it, from when it began', events: [eventOf({ status: 'Succeeded' }), eventOf(), eventOf(started)], are: [{ ...marias, at: '2026-11-23T09:59:59.000Z' }] },
    { reason: 'the same, whatever order they come in', events: [eventOf(started), eventOf()], are: [{ ...marias, at: '2026-11-23T09:59:59.000Z' }] },
    { reason: 'none before it is accepted', events: [eventOf(started)], are: [] },
    { reason: 'none that failed', events: [eventOf({ status: 'Failed' }), eventOf()], are: [] },
    { reason: 'each of what one correlation wrote', events: [eventOf(), eventOf({ resourceId: `${app}-2` })], are: [marias, { ...marias, app: 'checkout-2', resource: `${app}-2` }] },
    { reason: 'below an app', events: [eventOf({ resourceId: `${app}/revisions/checkout--1`, operationName: { value: 'Microsoft.App/containerApps/revisions/deactivate/action' } })], are: [{ ...marias, resource: `${app}/revisions/checkout--1`, operation: 'Microsoft.App/containerApps/revisions/deactivate/action' }] },
    { reason: 'of an app in any case', events: [eventOf({ resourceId: app.toUpperCase() })], are: [{ ...marias, app: 'CHECKOUT', resource: app.toUpperCase() }] },
    { reason: 'of what is no app', events: [eventOf({ resourceId: app.replace('containerapps', 'managedEnvironments') })], are: [{ ...marias, app: null, resource: app.replace('containerapps', 'managedEnvironments') }] },
    { reason: 'ours by the application id', events: [eventOf({ caller: ownId.toUpperCase(), claims: undefined })], are: [{ ...marias, who: ownId.toUpperCase(), isOurs: true }] },
    { reason: 'ours by the claim, whatever the caller is called', events: [eventOf({ caller: 'trueup', claims: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': ownId } })], are: [{ ...marias, who: 'trueup', isOurs: true }] },
    { reason: 'not of policies, health and other categories', events: [eventOf({ category: { value: 'Policy' } }), eventOf({ category: undefined, correlationId: 'two' })], are: [] },
    { reason: 'not without who wrote, and not without a time', events: [eventOf({ caller: null }), eventOf({ eventTimestamp: 'yesterday' })], are: [] },
    { reason: 'with a caller that has no end, cut', events: [eventOf({ caller: 'm'.repeat(5_000) })], are: [{ ...marias, who: 'm'.repeat(200) }] },
  ])('are $reason', async ({ events, are }) => {
    expect((await writesOf(...events)).map(({ id: _id, ...write }) => write)).toEqual(are);
  });

  test('have the same id whichever of their events are read', async () => {
    const ids = async (...events: readonly object[]) => (await writesOf(...events)).map(({ id }) => id);
    const whole = await ids(eventOf(), eventOf(started));
    expect(await ids(eventOf({ status: 'Succeeded', at: '2026-11-23T10:20:00Z', resourceId: app.toUpperCase() }))).toEqual(whole);
    expect(await ids(eventOf({ correlationId: 'two' }), eventOf({ ...started, correlationId: 'two' }))).not.toEqual(whole);
  });

  test('are asked for by group and time, page after page, with a token', async () => {
    const second = 'https://management.azure.com/subscriptions/s/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$skiptoken=2';
    await using world = await azureUnderTest(({ path }) => ({ status: 200, body: path.includes('skiptoken') ? { value: [eventOf({ correlationId: 'two' })] } : { value: [eventOf()], nextLink: second } }));
    expect(await world.activity.writes(contoso, place, since, signal)).toHaveLength(2);
    const [first, next] = world.azure.requests;
    expect(new URL(first?.path ?? '', 'https://x').searchParams.get('$filter')).toBe(`eventTimestamp ge '${since}' and resourceGroupName eq '${place.resourceGroup}'`);
    expect(next?.authorization).toMatch(/^Bearer /);
  });

  test('are asked for within the 90 days that Azure keeps', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: { value: [] } }));
    await world.activity.writes(contoso, place, '2020-01-01T00:00:00Z', signal);
    expect(decodeURIComponent(world.azure.requests[0]?.path ?? '')).toContain(`eventTimestamp ge '${new Date(world.clock.now() - 89 * 86_400_000).toISOString()}'`);
  });

  test('are not asked for in a group that is not granted, nor on another host, nor by a name that is none', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: { value: [], nextLink: 'https://evil.example/steal' } }));
    await expect(world.activity.writes(contoso, { ...place, resourceGroup: 'other' }, since, signal)).rejects.toMatchObject({ code: 'OutsideGrant' });
    await expect(world.activity.writes(contoso, { ...place, resourceGroup: "rg-' or '" }, since, signal)).rejects.toMatchObject({ code: 'InvalidName' });
    await expect(world.activity.writes(contoso, place, since, signal)).rejects.toMatchObject({ code: 'HostNotAllowed' });
    expect(new Set(world.azure.connected)).toEqual(new Set(['management.azure.com']));
  });

  test('are not read to the end when nobody waits any more', async () => {
    const leaving = new AbortController();
    const next = 'https://management.azure.com/subscriptions/s/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$skiptoken=2';
    await using world = await azureUnderTest(({ path }) => {
      if (path.includes('skiptoken')) leaving.abort();
      return { status: 200, body: { value: [], nextLink: next } };
    });
    await expect(world.activity.writes(contoso, place, since, leaving.signal)).rejects.toMatchObject({ name: 'Unavailable', code: 'Aborted' });
    expect(world.azure.requests).toHaveLength(2);
  });

  test.each([
    { reason: 'no right', answer: { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'words' } } }, error: { name: 'NotAllowed', code: 'AuthorizationFailed' } },
    { reason: 'too many', answer: { status: 429, headers: { 'retry-after': '7' } }, error: { name: 'Throttled', retryAfterMs: 7000 } },
    { reason: 'an outage', answer: { status: 503 }, error: { name: 'Unavailable' } },
    { reason: 'a filter that Azure refuses', answer: { status: 400, body: { Code: 'BadRequest', Message: 'words' } }, error: { name: 'Rejected' } },
  ])('say why there are none: $reason', async ({ answer, error }) => {
    await using world = await azureUnderTest(() => answer);
    await expect(world.activity.writes(contoso, place, since, signal)).rejects.toMatchObject(error);
    expect(world.budget.waitMs(place)).toBe(answer.status === 429 ? 10_000 : 0);
  });
});

describe('whose credential it is', () => {
  const { signal: abortSignal } = new AbortController();
  const tokenOf = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  const credentialOf = (token: string) => ({ getToken: async () => ({ token, expiresOnTimestamp: 0 }) });

  test.each([
    { reason: 'object and application id, without case', token: tokenOf({ oid: 'A-B', appid: 'C' }), clientId: null, ids: ['a-b', 'c'] },
    { reason: 'the name of the claim in newer tokens', token: tokenOf({ oid: 'a', azp: 'c' }), clientId: null, ids: ['a', 'c'] },
    { reason: 'what is configured, for a token that tells nothing', token: 'opaque', clientId: 'C', ids: ['c'] },
  ])('$reason', async ({ token, clientId, ids }) => {
    expect([...(await ownIdentity(credentialOf(token), clientId)(abortSignal))]).toEqual(ids);
  });

  test('is an error when nothing tells it, and asked for once when something does', async () => {
    await expect(ownIdentity(credentialOf('opaque'), null)(abortSignal)).rejects.toMatchObject({ name: 'Unavailable' });
    let asked = 0;
    const own = ownIdentity({ getToken: async () => (asked++ === 0 ? Promise.reject(new Error('away')) : { token: tokenOf({ oid: 'a' }), expiresOnTimestamp: 0 }) }, null);
    await expect(own(abortSignal)).rejects.toThrow('away');
    expect([...(await own(abortSignal)), ...(await own(abortSignal)), asked]).toEqual(['a', 'a', 2]);
  });

  test('knows an id of its own in any case', async () => {
    await using world = await azureUnderTest(() => null);
    expect([await world.activity.isOurs(contoso, ownId.toUpperCase(), signal), await world.activity.isOurs(contoso, 'maria@contoso.example', signal)]).toEqual([true, false]);
    expect(world.azure.requests).toEqual([]);
  });
});
