import type { Configuration, ContainerApp } from '@azure/arm-appcontainers';
import { isRestError } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpCall } from '../../src/cli/demo/http-call.ts';
import { appsThroughSdk, fast, group, location, type AppsThroughSdk } from '../support/apps-through-sdk.ts';
import { heldClock } from '../support/held-clock.ts';
import { all } from '../support/local-azure.ts';

/** What a write of a container app replaces, merges, hides and refuses, as the real service does it (facts/azure.md A1.3, A1.5, A1.8). */
let bench: AppsThroughSdk;
const clock = heldClock();
const expiryMs = 20_000;
beforeAll(async () => {
  bench = await appsThroughSdk({ pace: { expiryMs }, clock });
});
afterAll(() => bench[Symbol.asyncDispose]());

const image = 'r.azurecr.io/web:1';
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const secrets = [{ name: 'db', value: 'between us' }, { name: 'spare', value: 'y' }];
const usesDb = [{ name: 'main', image, env: [{ name: 'DB', secretRef: 'db' }] }];

function full(): ContainerApp {
  return bench.app(image, 'one', {
    tags: { team: 'a', tier: 'gold' },
    configuration: {
      activeRevisionsMode: 'Multiple',
      secrets,
      ingress: { external: true, targetPort: 8080, customDomains: [{ name: 'shop.example.com', bindingType: 'Disabled' }], ipSecurityRestrictions: [{ name: 'office', ipAddressRange: '192.0.2.0/24', action: 'Allow' }] },
    },
  });
}

describe('a secret that is taken away while a revision refers to it (A1.5; azure-container-apps#395)', () => {
  let ended: Promise<string> = Promise.resolve('');
  let before = '';

  test('hangs: other writes of the app are refused, each after one request (B3), and other apps are written', async () => {
    const ingress = { external: true, targetPort: 8080 };
    await bench.put('bound', bench.app(image, 'one', { configuration: { activeRevisionsMode: 'Multiple', secrets, ingress }, template: { revisionSuffix: 'one', containers: usesDb, scale: { minReplicas: 1 } } }));
    await bench.untilRunning('bound', 'bound--one');
    before = (await bench.visit(`bound.${bench.domain}`)).body;
    clock.hold(expiryMs);
    const removal = bench.client.containerApps.update(group, 'bound', { location, configuration: { secrets: secrets.slice(1) }, template: { revisionSuffix: 'two', containers: [{ name: 'main', image }] } }, fast);
    await removal.submitted();
    ended = removal.then(() => 'succeeded', String);
    const { client, wire } = bench.another();
    const conflict = { statusCode: 409, code: 'ContainerAppOperationInProgress', message: expect.stringContaining("Cannot modify a container app 'bound' because there is an active provisioning operation in progress.") };
    await expect(client.containerApps.createOrUpdate(group, 'bound', full(), fast)).rejects.toMatchObject(conflict);
    await expect(client.containerApps.update(group, 'bound', { location, tags: {} }, fast)).rejects.toMatchObject(conflict);
    await expect(client.containerApps.delete(group, 'bound', fast)).rejects.toMatchObject(conflict);
    expect(wire.exchanges.map(({ method, status }) => [method, status])).toEqual([['PUT', 409], ['PATCH', 409], ['DELETE', 409]]);
    expect(await client.containerApps.get(group, 'bound')).toMatchObject({ provisioningState: 'InProgress' });
    expect(await bench.put('beside', bench.app(image, 'one'))).toMatchObject({ provisioningState: 'Succeeded' });
  });

  test('ends with `Operation expired`, and the app goes on as it was', async () => {
    clock.release();
    expect(await ended).toMatch(/ContainerAppOperationError\. .*Operation expired\./);
    expect(await bench.settled('bound')).toMatchObject({ provisioningState: 'Failed', latestRevisionName: 'bound--one' });
    expect((await bench.visit(`bound.${bench.domain}`)).body).toBe(before);
    expect(await bench.client.containerApps.update(group, 'bound', { location, configuration: { secrets } }, fast)).toMatchObject({ provisioningState: 'Succeeded' });
  });

  test('is free to go in the right order: first a revision without it, then the old ones out, then the secret: that ends well', async () => {
    await bench.put('freed', bench.app(image, 'one', { configuration: { activeRevisionsMode: 'Single', secrets, maxInactiveRevisions: 0 }, template: { revisionSuffix: 'one', containers: usesDb, scale: { minReplicas: 1 } } }));
    await bench.untilRunning('freed', 'freed--one');
    await bench.client.containerApps.update(group, 'freed', { location, template: { revisionSuffix: 'two', containers: [{ name: 'main', image }], scale: { minReplicas: 1 } } }, fast);
    await bench.untilRunning('freed', 'freed--two');
    expect(await bench.client.containerApps.update(group, 'freed', { location, configuration: { secrets: secrets.slice(1) } }, fast)).toMatchObject({ provisioningState: 'Succeeded', configuration: { secrets: [{ name: 'spare' }] } });
  });
});

describe('PUT replaces: what it does not name is gone (A1.8; azure-container-apps#957, #1429, #234, #917)', () => {
  test.each<{ reason: string; name: string; configuration: Configuration; gone: object }>([
    { reason: 'an ingress without custom domains', name: 'no-domains', configuration: { activeRevisionsMode: 'Multiple', secrets, ingress: { external: true, targetPort: 8080 } }, gone: { ingress: { customDomains: null, ipSecurityRestrictions: null } } },
    { reason: 'no ingress', name: 'no-ingress', configuration: { activeRevisionsMode: 'Multiple', secrets }, gone: { ingress: null } },
    { reason: 'no secrets', name: 'no-secrets', configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080 } }, gone: { secrets: null } },
    { reason: 'no mode, which is Single then', name: 'no-mode', configuration: { secrets }, gone: { activeRevisionsMode: 'Single' } },
  ])('$reason', async ({ name, configuration, gone }) => {
    await bench.put(name, full());
    expect((await bench.settled(name))['configuration']).toMatchObject({ secrets: [{ name: 'db' }, { name: 'spare' }], ingress: { customDomains: [{ name: 'shop.example.com' }] } });
    await bench.put(name, bench.app(image, 'one', { configuration }));
    expect((await bench.settled(name))['configuration']).toMatchObject(gone);
    expect((await bench.raw('GET', `containerApps/${name}`)).body).not.toHaveProperty('tags');
  });

  test('an app without ingress has no address', async () => {
    await bench.put('hidden', bench.app(image, 'one'));
    await bench.untilRunning('hidden', 'hidden--one');
    expect((await bench.visit(`hidden.${bench.domain}`)).status).toBe(200);
    await bench.put('hidden', bench.app(image, 'one', { configuration: { activeRevisionsMode: 'Multiple' } }));
    expect((await bench.visit(`hidden.${bench.domain}`)).status).toBe(404);
  });

  test('a location is part of it', async () => {
    const { environmentId } = bench;
    expect(await bench.raw('PUT', 'containerApps/nowhere', { properties: { environmentId, template: { containers: [{ name: 'main', image }] } } })).toMatchObject({ status: 400, body: { error: { code: 'LocationRequired' } } });
  });
});

describe('the body of a write is JSON, and says so (azure-cli#10143, #13056)', () => {
  beforeAll(() => bench.put('media', full()));

  const patch = async (contentType: string | null, body: string) => {
    const { azure } = bench;
    const headers = { authorization: `Bearer ${azure.token}`, host: 'management.azure.com', ...(contentType !== null && { 'content-type': contentType }) };
    const url = `${azure.arm}/subscriptions/${azure.subscription}/resourceGroups/${group}/providers/Microsoft.App/containerApps/media?api-version=2026-07-01`;
    return httpCall(url, { method: 'PATCH', headers, ca: azure.ca, agent: false, servername: 'management.azure.com' }, body);
  };

  test.each([
    { reason: 'a form', contentType: 'application/x-www-form-urlencoded', body: 'tags=none' },
    { reason: 'JSON that is called a form, as curl does', contentType: 'application/x-www-form-urlencoded', body: '{"tags":{}}' },
    { reason: 'a merge patch by its own name', contentType: 'application/merge-patch+json', body: '{"tags":{}}' },
    { reason: 'text', contentType: 'text/plain', body: 'tags' },
    { reason: 'what says nothing', contentType: null, body: '{"tags":{}}' },
  ])('$reason is refused', async ({ contentType, body }) => {
    const answer = await patch(contentType, body);
    expect({ status: answer.status, body: JSON.parse(answer.body) as unknown }).toEqual({
      status: 415,
      body: { error: { code: 'UnsupportedMediaType', message: `The content media type '${contentType ?? '<null>'}' is not supported. Only 'application/json' is supported.` } },
    });
    expect((await bench.raw('GET', 'containerApps/media')).body).toMatchObject({ tags: { team: 'a' } });
  });

  test('JSON with a charset is taken', async () => {
    expect((await patch('application/json; charset=utf-8', '{"tags":{"team":"b"}}')).status).toBe(202);
    await bench.settled('media');
  });
});

describe('weights in Single mode (A1.3)', () => {
  test('are written and lead nowhere: all goes to the latest revision, as it says itself', async () => {
    const configuration = { activeRevisionsMode: 'Single', ingress: { external: true, targetPort: 8080 } };
    await bench.put('single', bench.app(image, 'one', { configuration }));
    await bench.put('single', bench.app('r.azurecr.io/web:2', 'two', { configuration }));
    await bench.untilRunning('single', 'single--two');
    const traffic = [{ revisionName: 'single--one', weight: 90 }, { revisionName: 'single--two', weight: 10 }];
    await bench.client.containerApps.update(group, 'single', { location, configuration: { ingress: { traffic } } }, fast);
    const answers = await Promise.all(Array.from({ length: 20 }, () => bench.visit(`single.${bench.domain}`)));
    expect(answers.filter(({ status, body }) => status !== 200 || !body.includes('"revision":"single--two"'))).toEqual([]);
    const weights = await all(bench.client.containerAppsRevisions.listRevisions(group, 'single'));
    expect(weights.map(({ name, trafficWeight }) => [name, trafficWeight])).toEqual([['single--one', 0], ['single--two', 100]]);
  });
});

describe('PATCH merges (A1.8: JSON Merge Patch)', () => {
  test('answers 202 without a body, with both addresses, and takes a body without location, which the types of the SDK demand (A1.4)', async () => {
    await bench.put('patched', full());
    const answer = await bench.raw('PATCH', 'containerApps/patched', { tags: { team: 'b' } });
    expect(answer).toMatchObject({ status: 202, text: '', headers: { 'content-length': '0', 'retry-after': '15' } });
    expect(answer.headers['location']).toMatch(/\/locations\/westeurope\/containerappOperationResults\/[0-9a-f-]{36}\?/);
    expect(answer.headers['azure-asyncoperation']).toMatch(/\/locations\/westeurope\/containerappOperationStatuses\/[0-9a-f-]{36}\?.*azureAsyncOperation=true/);
    await bench.settled('patched');
    expect((await bench.raw('GET', 'containerApps/patched')).body).toMatchObject({ tags: { team: 'b', tier: 'gold' }, location: 'West Europe' });
  });

  test('keeps what it does not name, and null takes away', async () => {
    await bench.put('merged', full());
    // The types know no null; the serializer passes it through (A1.8).
    const patch = { location, tags: { tier: null }, configuration: { ingress: { customDomains: null } } } as unknown as ContainerApp;
    const merged = await bench.client.containerApps.update(group, 'merged', patch, fast);
    expect(merged).toMatchObject({ tags: { team: 'a' }, latestRevisionName: 'merged--one' });
    expect(merged.tags).toEqual({ team: 'a' });
    expect((await bench.settled('merged'))['configuration']).toMatchObject({ secrets: [{ name: 'db' }, { name: 'spare' }], ingress: { external: true, customDomains: null, ipSecurityRestrictions: [{ name: 'office' }] } });
  });

  test('replaces lists whole: containers, traffic, secrets', async () => {
    await bench.put('lists', full());
    const containers = [{ name: 'main', image: 'r.azurecr.io/web:2' }, { name: 'sidecar', image: 'r.azurecr.io/side:1' }];
    await bench.client.containerApps.update(group, 'lists', { location, template: { revisionSuffix: 'two', containers } }, fast);
    await bench.client.containerApps.update(group, 'lists', { location, template: { revisionSuffix: 'three', containers: containers.slice(0, 1) } }, fast);
    await bench.client.containerApps.update(group, 'lists', { location, configuration: { secrets: [{ name: 'other', value: 'z' }], ingress: { traffic: [{ revisionName: 'lists--two', weight: 60 }, { revisionName: 'lists--three', weight: 40 }] } } }, fast);
    await bench.client.containerApps.update(group, 'lists', { location, configuration: { ingress: { traffic: [{ revisionName: 'lists--three', weight: 100 }] } } }, fast);
    expect(await bench.settled('lists')).toMatchObject({
      configuration: { secrets: [{ name: 'other' }], ingress: { traffic: [{ revisionName: 'lists--three', weight: 100 }] } },
      template: { containers: [{ name: 'main', image: 'r.azurecr.io/web:2' }] },
    });
    const { configuration, template } = (await bench.settled('lists')) as { configuration: { ingress: { traffic: unknown[] } }; template: { containers: unknown[] } };
    expect([configuration.ingress.traffic.length, template.containers.length]).toEqual([1, 1]);
  });

  test('keeps the values of secrets, which it does not see', async () => {
    await bench.put('keeps', bench.app(image, 'one', { configuration: { activeRevisionsMode: 'Multiple', secrets, ingress: { external: true, targetPort: 8080 } }, template: { revisionSuffix: 'one', containers: usesDb } }));
    await bench.client.containerApps.update(group, 'keeps', { location, tags: { a: '1' } }, fast);
    expect((await bench.client.containerApps.listSecrets(group, 'keeps')).value).toEqual(secrets);
  });
});

describe('secrets come back as names only (A1.5, A1.6)', () => {
  beforeAll(() => bench.put('keeper', full()));

  test.each([
    { reason: 'the answer to a PUT', read: async () => bench.raw('PUT', 'containerApps/keeper-two', { location, properties: { environmentId: bench.environmentId, configuration: { secrets }, template: { containers: [{ name: 'main', image }] } } }) },
    { reason: 'a GET', read: async () => bench.raw('GET', 'containerApps/keeper') },
    { reason: 'the list of the group', read: async () => bench.raw('GET', 'containerApps') },
  ])('$reason', async ({ read }) => {
    const { status, text } = await read();
    expect(status).toBeLessThan(300);
    expect(text).toContain('"secrets":[{"name":"db"},{"name":"spare"}]');
    expect(text).not.toContain('between us');
  });

  test('listSecrets gives the values to who may write, and to no reader (A2: the wildcard of Contributor includes it)', async () => {
    const [may, mayNot] = [await bench.identity('id-writer'), await bench.identity('id-reader')];
    await bench.grant(may.principalId, contributor);
    await bench.grant(mayNot.principalId, reader);
    expect((await bench.another(may).client.containerApps.listSecrets(group, 'keeper')).value).toEqual(secrets);
    const { client } = bench.another(mayNot);
    expect((await client.containerApps.get(group, 'keeper')).configuration?.secrets).toEqual([{ name: 'db' }, { name: 'spare' }]);
    await expect(client.containerApps.listSecrets(group, 'keeper')).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationFailed', message: expect.stringContaining('Microsoft.App/containerApps/listSecrets/action') });
  });

  test('so what was read cannot be written back: ContainerAppSecretInvalid, and nothing changes', async () => {
    const read = await bench.client.containerApps.get(group, 'keeper');
    const lasting = async () => ({ ...(await bench.settled('keeper')), outboundIpAddresses: 'change by themselves' });
    const before = await lasting();
    await expect(bench.put('keeper', read)).rejects.toMatchObject({ statusCode: 400, code: 'ContainerAppSecretInvalid', message: expect.stringContaining("secret(s) with name(s) 'db, spare' are invalid: value or keyVaultUrl and identity should be provided") });
    expect(await lasting()).toEqual(before);
  });
});

describe('a suffix that is used again (A1.3)', () => {
  const revisions = async (name: string) => (await all(bench.client.containerAppsRevisions.listRevisions(group, name))).map((one) => one.name);

  test('with the same content succeeds and makes nothing, even of an inactive revision (azure-container-apps#650)', async () => {
    await bench.put('again', bench.app(image, 'foo'));
    await bench.put('again', bench.app('r.azurecr.io/web:2', 'bar'));
    await bench.client.containerAppsRevisions.deactivateRevision(group, 'again', 'again--foo');
    const { latestRevisionName } = await bench.put('again', bench.app(image, 'foo'));
    expect(latestRevisionName).toBe('again--bar');
    expect(await bench.client.containerAppsRevisions.getRevision(group, 'again', 'again--foo')).toMatchObject({ active: false });
    expect(await revisions('again')).toEqual(['again--foo', 'again--bar']);
  });

  test('with other content is refused by the operation, and the revision stays as it was (azure-container-apps#1278, terraform-azurerm-avm-res-app-containerapp#115)', async () => {
    await bench.put('taken', bench.app(image, 'foo'));
    const refused = bench.put('taken', bench.app('r.azurecr.io/web:2', 'foo'));
    await expect(refused).rejects.toThrow(/^The long-running operation has failed\. ContainerAppOperationError\. Failed to provision revision for container app 'taken'\. Error details: .*Field 'template\.revisionsuffix' is invalid with details: 'Invalid value: "foo": revision with suffix foo already exists/);
    // A plain error without status or code (B2).
    expect(await refused.then(() => false, isRestError)).toBe(false);
    expect(await bench.client.containerAppsRevisions.getRevision(group, 'taken', 'taken--foo')).toMatchObject({ template: { containers: [{ image }] } });
    expect(await revisions('taken')).toEqual(['taken--foo']);
  });
});
