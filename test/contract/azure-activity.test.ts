import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { azureAdapters, type AzureAdapters } from '../../src/adapters/azure/azure-adapters.ts';
import { armGet, armWrite, containerAppPath } from '../../src/cli/demo/arm-client.ts';
import { httpCall } from '../../src/cli/demo/http-call.ts';
import { appId } from '../../src/kernel/container-app.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import { startLocalAzure, type LocalAzure } from '../../src/local/azure/start.ts';
import { Secret } from '../../src/kernel/secret.ts';

/** Who writes in a group, through the real SDK client, against the local Azure. In order: later tests use what earlier ones wrote. */
const contoso = tenantId(100, 7, 'contoso');
const { signal } = new AbortController();
const maria = 'maria@contoso.example';
const other = 'rg-storefront-other';

let folder = '';
let local: LocalAzure;
let azure: AzureAdapters;
let place = { subscription: '', resourceGroup: 'rg-storefront-prod', managedEnvironment: 'cae-storefront' };
const group = (name: string) => `/subscriptions/${place.subscription}/resourceGroups/${name}?api-version=2025-04-01`;
const writes = (resourceGroup = place.resourceGroup, since = '2026-01-01T00:00:00Z') => azure.activity.writes(contoso, { ...place, resourceGroup }, since, signal);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trueup-activity-'));
  local = await startLocalAzure({
    directory: folder,
    workloads: 'in-process',
    pace: { operationMs: 20, environmentMs: 20, readyMs: 20, activityDelayMs: 1 },
    resourceGroups: [place.resourceGroup, other].map((name) => ({ name, location: 'westeurope' })),
  });
  place = { ...place, subscription: local.subscription };
  azure = azureAdapters({
    credential: { kind: 'workload-identity', tenantId: local.tenantId, clientId: local.identity.clientId, tokenFile: local.identity.federatedTokenFile },
    route: { port: local.port, ca: local.ca },
    pollMs: 20,
    sealKey: new Secret(new Uint8Array(32).fill(3)),
    clock: { now: () => Date.now() },
    grants: { of: (tenant) => (tenant === contoso ? { subscriptions: [place.subscription], resourceGroups: ['rg-storefront-*'], vaults: [], workspaces: [], gateHosts: [] } : null) },
  });
});
afterEach(() => local.faults.clear());
afterAll(async () => {
  await local[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The path of the list, as a person asks for it by hand. */
function listPath(resourceGroup: string, select = ''): string {
  const since = new Date(Date.now() - 86_400_000).toISOString();
  return `/subscriptions/${place.subscription}/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(`eventTimestamp ge '${since}' and resourceGroupName eq '${resourceGroup.toUpperCase()}'`)}${select}`;
}

interface Page {
  readonly value: readonly { readonly caller: string; readonly eventTimestamp: string; readonly status: { readonly value: string } }[];
  readonly nextLink?: string;
}

async function pageOf(address: string): Promise<Page> {
  return (await armGet(local, address)) as Page; // what the local Azure's own view makes
}

async function settled(): Promise<void> {
  await expect
    .poll(async () => (await azure.live.app(contoso, place, 'checkout', signal))?.provisioningState, { message: 'the write has ended', timeout: 15_000, interval: 20 })
    .toBe('Succeeded');
}

/** By Trueup: an environment with one app. */
async function provisioned(): Promise<void> {
  const environment = { location: 'westeurope', tags: {} };
  await azure.resources.createManagedEnvironment(contoso, place, environment.location, environment.tags, signal);
  await expect.poll(() => azure.workloads.managedEnvironmentState(contoso, place, signal), { message: 'the environment is there', timeout: 15_000, interval: 20 }).toBe('Succeeded');
  const template = { revisionSuffix: 'a', containers: [{ name: 'main', image: 'contoso.azurecr.io/checkout:1', resources: { cpu: 0.5, memory: '1Gi' } }], scale: { minReplicas: 0, maxReplicas: 2 } };
  const environmentId = `/subscriptions/${place.subscription}/resourceGroups/${place.resourceGroup}/providers/Microsoft.App/managedEnvironments/${place.managedEnvironment}`;
  const configuration = { activeRevisionsMode: 'Multiple', ingress: null };
  await azure.apps.create(contoso, appId(place, 'checkout'), { ...environment, identity: { type: 'None' }, properties: { environmentId, configuration, template } }, signal);
  await settled();
}

describe('the Activity Log', () => {
  const asMaria = () => ({ ...local, token: local.signIn(maria) });
  const checkout = () => containerAppPath(place.subscription, place.resourceGroup, 'checkout');

  test('tells ours as ours, by the object id, while the app names the application', async () => {
    await provisioned();
    const ours = { who: local.identity.principalId, isOurs: true };
    await expect.poll(() => writes(), { message: 'the write is in the log', timeout: 15_000, interval: 20 }).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...ours, app: 'checkout', operation: 'Microsoft.App/containerApps/write', resource: expect.stringMatching(/\/containerApps\/checkout$/) }),
        expect.objectContaining({ ...ours, app: null, operation: 'Microsoft.App/managedEnvironments/write' }),
      ]),
    );
    const { raw } = (await azure.live.app(contoso, place, 'checkout', signal)) ?? {};
    expect(raw).toMatchObject({ systemData: { lastModifiedBy: local.identity.clientId, lastModifiedByType: 'Application' } });
    expect([await azure.activity.isOurs(contoso, local.identity.clientId, signal), await azure.activity.isOurs(contoso, maria, signal)]).toEqual([true, false]);
  });

  test('tells what a person wrote with the name they sign in with, as the app itself does', async () => {
    const before = Date.now();
    await armWrite(asMaria(), 'PATCH', checkout(), { tags: { owner: 'maria' } });
    await settled();
    await expect.poll(() => writes(place.resourceGroup, new Date(before).toISOString()), { message: 'the edit is in the log', timeout: 15_000, interval: 20 }).toMatchObject([{ app: 'checkout', who: maria, isOurs: false, operation: 'Microsoft.App/containerApps/write' }]);
    const [edit] = await writes(place.resourceGroup, new Date(before).toISOString());
    expect(Date.parse(edit?.at ?? '')).toBeGreaterThanOrEqual(before);
    const { raw } = (await azure.live.app(contoso, place, 'checkout', signal)) ?? {};
    expect(raw).toMatchObject({ systemData: { lastModifiedBy: maria, lastModifiedByType: 'User' }, tags: { owner: 'maria' } });
    expect(Date.parse(`${(raw as { systemData: { lastModifiedAt: string } }).systemData.lastModifiedAt}Z`)).toBeGreaterThanOrEqual(before);
  });

  test('gives anybody a name over HTTP, and nobody without one', async () => {
    const ask = (body: string) => httpCall(`${local.arm}/local/people`, { method: 'POST', ca: local.ca }, body);
    const answer = await ask(`{"name":"${maria.toUpperCase()}"}`);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([201, { name: maria, token: local.signIn(maria) }]);
    expect((await ask('{"name":"maria"}')).status).toBe(422);
  });

  test('tells nothing of a write that failed in the end', async () => {
    local.faults.ask({ name: 'azure:operation-fails', times: 1, path: 'checkout', method: 'PATCH' });
    const before = new Date().toISOString();
    await armWrite(asMaria(), 'PATCH', checkout(), { tags: { owner: 'nobody' } });
    await expect.poll(async () => (await pageOf(listPath(place.resourceGroup))).value[0]?.status.value, { message: 'the failure is in the log', timeout: 15_000, interval: 20 }).toBe('Failed');
    expect(await writes(place.resourceGroup, before)).toEqual([]);
  });

  test('is one of each group, in pages, newest first', async () => {
    const before = await writes();
    for (let count = 0; count < 51; count += 1) await armWrite(asMaria(), 'PATCH', group(other), { tags: { count: String(count) } });
    await expect.poll(async () => (await writes(other)).length, { message: 'every write is in the log', timeout: 15_000, interval: 20 }).toBe(51);
    expect(await writes()).toEqual(before);
    const first = await pageOf(listPath(other));
    const second = await pageOf(new URL(first.nextLink ?? '').pathname + new URL(first.nextLink ?? '').search);
    expect([first.value.length, second.value.length, second.nextLink]).toEqual([100, 2, undefined]);
    const times = [...first.value, ...second.value].map(({ eventTimestamp }) => eventTimestamp);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test('shows only what is selected', async () => {
    const [event] = (await pageOf(listPath(other, '&$select=caller,status'))).value;
    expect(event).toEqual({ caller: maria, status: { value: 'Succeeded', localizedValue: 'Succeeded' } });
  });

  test.each([
    { reason: 'a start of long ago', query: "$filter=eventTimestamp ge '2020-01-01T00:00:00Z'", status: 400, body: { Code: 'BadRequest', Message: 'The start time cannot be more than 90 days in the past.' } },
    { reason: 'no filter', query: '', status: 400, body: { Code: 'BadRequest' } },
    { reason: 'somebody without a right', query: '', stranger: true, status: 403, body: { error: { code: 'AuthorizationFailed' } } },
  ])('is refused to $reason', async ({ query, status, body, stranger = false }) => {
    const nobody = local.issueToken({ audience: 'https://management.azure.com', principalId: '99999999-0000-4000-8000-000000000000', clientId: '99999999-0000-4000-8000-000000000001', expiresAt: Date.now() + 60_000 });
    const answer = await httpCall(`${local.arm}/subscriptions/${place.subscription}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&${encodeURI(query)}`, { ca: local.ca, headers: { authorization: `Bearer ${stranger ? nobody : local.token}` } });
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([status, body]);
  });

  test('says so to Trueup when it may not be read, and is not asked about what is not granted', async () => {
    local.faults.ask({ name: 'azure:forbidden', times: 1, path: 'eventtypes', method: 'GET' });
    await expect(writes()).rejects.toMatchObject({ name: 'NotAllowed', code: 'AuthorizationFailed' });
    const asked = local.journal.entries().length;
    await expect(writes('rg-fabrikam')).rejects.toMatchObject({ code: 'OutsideGrant' });
    expect(local.journal.entries()).toHaveLength(asked);
  });
});

describe('the budget of reads', () => {
  test('of a scan is one read of the group, and what is left is noted from the answer', async () => {
    local.journal.clear();
    expect((await azure.live.apps(contoso, place, signal)).map(({ id }) => id.name)).toEqual(['checkout']);
    expect(local.journal.entries().map(({ method, path: asked }) => `${method} ${asked.split('/').at(-1)}`)).toEqual(['GET containerApps']);
    expect(azure.budget.waitMs(place)).toBe(0);
    local.faults.ask({ name: 'azure:429', times: 1, path: 'containerApps', method: 'GET' });
    await expect(azure.live.apps(contoso, place, signal)).rejects.toMatchObject({ name: 'Throttled' });
    expect(azure.budget.waitMs(place)).toBeGreaterThan(0);
    expect(azure.budget.waitMs({ ...place, subscription: 'another' })).toBe(0);
  });
});
