import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, appProperties, readyEnvironment, revision, untilRevision } from '../../../../test/support/app-requests.ts';
import { appsUnderTest, environmentId, groupPath, identityId, subscription, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';

let azure: AppsUnderTest;
beforeEach(async () => {
  azure = await appsUnderTest({ workloads: 'in-process' });
  await readyEnvironment(azure);
});
afterEach(() => azure[Symbol.asyncDispose]());

const identity = { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } };
const vaultSecret = { name: 'db', keyVaultUrl: 'https://vault-one.vault.azure.net/secrets/db/v1', identity: identityId };

describe('long-running operations', () => {
  it('PUT: 201 with the status address, which says InProgress and then Succeeded without Retry-After', async () => {
    const answer = await azure.call('PUT', appPath, appBody());
    expect(answer).toMatchObject({ status: 201, headers: { 'retry-after': '15', 'x-ms-async-operation-timeout': 'PT15M' }, body: { properties: { provisioningState: 'InProgress' } } });
    const address = answer.headers?.['azure-asyncoperation'] ?? '';
    expect(address).toMatch(/^https:\/\/management\.azure\.com\/subscriptions\/[^/]+\/providers\/Microsoft\.App\/locations\/westeurope\/containerappOperationStatuses\/[0-9a-f-]{36}\?api-version=2026-07-01&azureAsyncOperation=true&t=\d+&c=/);
    expect(address.length).toBeGreaterThan(3000);
    const status = await azure.call('GET', new URL(address).pathname);
    expect(status).toMatchObject({ status: 200, body: { status: 'InProgress', name: expect.any(String), startTime: expect.stringMatching(/\.\d{7}$/) } });
    expect(status.headers).not.toHaveProperty('retry-after');
  });

  it('PATCH: 202 without body; its result address answers 202 and then 200 with the app', async () => {
    await azure.settle('PUT', appPath, appBody());
    const answer = await azure.call('PATCH', appPath, { properties: { configuration: { ingress: { external: false } } } });
    expect(answer).toEqual({ status: 202, headers: expect.objectContaining({ location: expect.stringContaining('/containerappOperationResults/'), 'azure-asyncoperation': expect.any(String), 'retry-after': '15' }) });
    const result = new URL(answer.headers?.['location'] ?? '').pathname;
    expect(await azure.call('GET', result)).toMatchObject({ status: 202, headers: { location: expect.any(String) } });
    await expect.poll(async () => (await azure.call('GET', result)).status).toBe(200);
    expect(await appProperties(azure)).toMatchObject({ provisioningState: 'Succeeded', configuration: { ingress: { external: false, targetPort: 8080, fqdn: expect.stringContaining('web.internal.') } } });
  });

  it('DELETE: 202 with Location alone, 202 and then 204; 204 at once for what is not there', async () => {
    await azure.settle('PUT', appPath, appBody());
    const answer = await azure.call('DELETE', appPath);
    expect(answer.status).toBe(202);
    expect(answer.headers).not.toHaveProperty('azure-asyncoperation');
    const result = new URL(answer.headers?.['location'] ?? '').pathname;
    await expect.poll(async () => (await azure.call('GET', result)).status).toBe(204);
    expect((await azure.call('GET', appPath)).status).toBe(404);
    expect((await azure.call('DELETE', appPath)).status).toBe(204);
  });

  it('refuses another write of the same app while one runs, and not one of another app', async () => {
    await azure.call('PUT', appPath, appBody());
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect(await azure.call(method, appPath, appBody())).toMatchObject({ status: 409, body: { error: { code: 'ContainerAppOperationInProgress' } } });
    }
    expect((await azure.call('PUT', `${groupPath}/containerApps/other`, appBody())).status).toBe(201);
  });

  it('stop and start: the app is stopped in between', async () => {
    await azure.settle('PUT', appPath, appBody());
    await azure.settle('POST', `${appPath}/stop`);
    expect(await appProperties(azure)).toMatchObject({ runningStatus: 'Stopped' });
    await azure.settle('PATCH', appPath, { properties: { template: { revisionSuffix: 'later' } } });
    expect((await revision(azure, 'web--later')).active).toBe(false);
    await azure.settle('POST', `${appPath}/start`);
    expect(await appProperties(azure)).toMatchObject({ runningStatus: 'Running' });
    await untilRevision(azure, 'web--later', 'Running');
  });

  it('fails an operation and loses a status when that was ordered', async () => {
    azure.faults.ask({ name: 'azure:operation-fails', times: 1, path: null, method: null });
    expect(await azure.settle('PUT', appPath, appBody())).toMatchObject({ status: 'Failed', error: { code: 'ContainerAppOperationError' } });
    expect(await appProperties(azure)).toMatchObject({ provisioningState: 'Failed' });
    azure.faults.ask({ name: 'azure:status-lost', times: 1, path: null, method: null });
    expect(await azure.settle('PUT', appPath, appBody())).toMatchObject({ error: { code: 'OperationNotFound' } });
    await expect.poll(async () => (await appProperties(azure))['provisioningState']).toBe('Succeeded');
  });
});

describe('what is refused at once', () => {
  const ingress = (traffic: readonly object[]) => ({ ingress: { external: true, targetPort: 80, traffic } });
  const refusals = [
    { reason: 'a secret by name alone, as a read shows it', body: appBody({ configuration: { secrets: [{ name: 'db' }] } }), code: 'ContainerAppSecretInvalid' },
    { reason: 'a reference to something that is no vault', body: appBody({ configuration: { secrets: [{ ...vaultSecret, keyVaultUrl: 'https://vault-one..vault.azure.net/secrets/db' }] } }), code: 'ContainerAppSecretKeyVaultUrlInvalid' },
    { reason: 'a container without image', body: appBody({ image: '' }), code: 'ContainerAppImageRequired' },
    { reason: 'a variable that refers to no secret', body: appBody({ container: { env: [{ name: 'A', secretRef: 'db' }] } }), code: 'ContainerAppSecretRefNotFound' },
    { reason: 'a registry password that is no secret', body: appBody({ configuration: { registries: [{ server: 'r.azurecr.io', username: 'u', passwordSecretRef: 'p' }] } }), code: 'ContainerAppRegistriesPasswordSecretRefNotFound' },
    { reason: 'a registry in capitals', body: appBody({ configuration: { registries: [{ server: 'R.azurecr.io', identity: 'system' }] } }), code: 'ContainerAppInvalidRegistryServerValue' },
    { reason: 'weights that do not sum to 100', body: appBody({ configuration: ingress([{ latestRevision: true, weight: 90 }]) }), code: 'InvalidParameterValueInContainerTemplate' },
    { reason: 'traffic to a revision that is not there', body: appBody({ configuration: ingress([{ revisionName: 'web--gone', weight: 100 }]) }), code: 'InvalidParameterValueInContainerTemplate' },
    { reason: 'a suffix in capitals', body: appBody({ suffix: 'V1' }), code: 'ContainerAppInvalidRevisionName' },
    { reason: 'a suffix that makes the name too long', body: appBody({ suffix: `a${'b'.repeat(49)}` }), code: 'ContainerAppInvalidRevisionName' },
    { reason: 'resources that are not sold', body: appBody({ container: { resources: { cpu: 0.5, memory: '2Gi' } } }), code: 'ContainerAppInvalidResourceTotal' },
    { reason: 'more minimum than maximum', body: appBody({ scale: { minReplicas: 3, maxReplicas: 2 } }), code: 'ContainerAppInvalidScaleSpec' },
    { reason: 'a secret in capitals', body: appBody({ configuration: { secrets: [{ name: 'Db', value: 'v' }] } }), code: 'ContainerAppInvalidSecretName' },
    { reason: 'no container', body: { ...appBody(), properties: { environmentId, template: { containers: [] } } }, code: 'ContainerAppCreateMustContainContainer' },
    { reason: 'a region that Azure does not have', body: { ...appBody(), location: 'atlantis' }, code: 'LocationNotAvailableForResourceType' },
    { reason: 'an identity that is not there', body: appBody({ more: { identity: { type: 'UserAssigned', userAssignedIdentities: { '/subscriptions/s/missing': {} } } } }), code: 'FailedIdentityOperation' },
    { reason: 'no location', body: { ...appBody(), location: null }, code: 'LocationRequired' },
    { reason: 'no environment', body: { ...appBody(), properties: {} }, code: 'InvalidManagedEnvironmentId' },
    { reason: 'an environment that is not there', body: { ...appBody(), properties: { environmentId: `${environmentId}2` } }, code: 'ManagedEnvironmentNotFound' },
  ];
  it.each(refusals)('$reason: 400 $code', async ({ body, code }) => {
    expect(await azure.call('PUT', appPath, body)).toMatchObject({ status: 400, body: { error: { code, message: expect.any(String) } } });
    expect((await azure.call('GET', appPath)).status).toBe(404);
  });

  it('a move to another region or another environment', async () => {
    const other = `${groupPath}/managedEnvironments/other`;
    await azure.settle('PUT', other, { location: 'westeurope' });
    await azure.settle('PUT', appPath, appBody());
    const moved = { ...appBody(), properties: { ...(appBody() as { readonly properties: object }).properties, environmentId: other } };
    expect(await azure.call('PUT', appPath, moved)).toMatchObject({ status: 400, body: { error: { code: 'ContainerAppEnvironmentMismatch', message: expect.stringContaining('delete it from the environment') } } });
    expect(await azure.call('PUT', appPath, { ...appBody(), location: 'eastus' })).toMatchObject({ status: 409, body: { error: { code: 'InvalidResourceLocation' } } });
  });

  it.each(['W', 'a', 'two--dashes', 'ends-', '1st', 'x'.repeat(33)])('the name %s', async (name) => {
    expect(await azure.call('PUT', `${groupPath}/containerApps/${name}`, appBody())).toMatchObject({ status: 400, body: { error: { code: 'ContainerAppInvalidName' } } });
  });

  it.each(['GET', 'PUT', 'PATCH'])('%s in a version of the API that there never was', async (method) => {
    const refused = { status: 400, body: { error: { code: 'NoRegisteredProviderFound', message: expect.stringContaining("API version '2099-01-01' for type 'containerApps'") } } };
    expect(await azure.call(method, appPath, appBody(), { 'api-version': '2099-01-01' })).toMatchObject(refused);
  });

  it('a group that is not there, and an app that is not there', async () => {
    const elsewhere = appPath.replace('/rg/', '/none/');
    expect(await azure.call('PUT', elsewhere, appBody())).toMatchObject({ status: 404, body: { error: { code: 'ResourceGroupNotFound' } } });
    expect(await azure.call('PATCH', appPath, {})).toMatchObject({ status: 404, body: { error: { code: 'ResourceNotFound' } } });
  });
});

describe('operations that fail', () => {
  it('a reference that the identity cannot read', async () => {
    const end = await azure.settle('PUT', appPath, appBody({ configuration: { secrets: [vaultSecret] }, more: { identity } }));
    expect(end).toMatchObject({ status: 'Failed', error: { code: 'ContainerAppOperationError' } });
    expect(end.error?.message).toContain(`Field 'configuration.secrets' is invalid with details: 'Invalid value: "db": Unable to get value using Managed identity ${identityId} for secret db.`);
  });

  it('an image that the registry does not have', async () => {
    const end = await azure.settle('PUT', appPath, appBody({ image: 'r.azurecr.io/web:9-badimage' }));
    expect(end.error?.message).toContain(`Field 'template.containers.main.image' is invalid with details: 'Invalid value: "r.azurecr.io/web:9-badimage": GET https:: MANIFEST_UNKNOWN`);
    expect(await appProperties(azure)).not.toHaveProperty('latestRevisionName');
  });
});

describe('what a read shows', () => {
  it('names of secrets, with the place of those in a vault, and never a value', async () => {
    azure.vault.set(vaultSecret.keyVaultUrl, 'from the vault');
    await azure.settle('PUT', appPath, appBody({ configuration: { secrets: [{ name: 'plain', value: 'by hand' }, vaultSecret] }, more: { identity } }));
    const { configuration } = await appProperties(azure);
    expect(configuration).toMatchObject({ secrets: [{ name: 'plain' }, vaultSecret] });
    expect(JSON.stringify(await azure.call('GET', appPath))).not.toMatch(/by hand|from the vault/);
    const { body } = await azure.call('POST', `${appPath}/listSecrets`);
    expect(body).toMatchObject({ value: [{ name: 'plain', value: 'by hand' }, { name: 'db', value: 'from the vault' }] });
  });

  it('keeps what a patch does not name, and drops what a PUT does not name', async () => {
    await azure.settle('PUT', appPath, appBody({ configuration: { secrets: [{ name: 'plain', value: 'x' }] }, more: { tags: { a: '1', b: '2' } } }));
    await azure.settle('PATCH', appPath, { tags: { a: null, c: '3' } });
    expect((await azure.call('GET', appPath)).body).toMatchObject({ tags: { b: '2', c: '3' }, properties: { configuration: { secrets: [{ name: 'plain' }] } } });
    await azure.settle('PUT', appPath, appBody());
    const { body } = await azure.call('GET', appPath);
    expect(body).not.toHaveProperty('tags');
    expect(body).toMatchObject({ properties: { configuration: { secrets: null } } });
  });

  it('takes an identity away, however its id is written', async () => {
    const second = identityId.replace('app-identity', 'second');
    await azure.settle('PUT', appPath, appBody({ more: { identity: { ...identity, userAssignedIdentities: { [identityId]: {}, [second]: {} } } } }));
    await azure.settle('PATCH', appPath, { identity: { userAssignedIdentities: { [second.toUpperCase()]: null } } });
    const { body } = await azure.call('GET', appPath);
    expect(Object.keys((body as { identity: { userAssignedIdentities: object } }).identity.userAssignedIdentities)).toEqual([expect.stringContaining('/app-identity')]);
  });

  it('cases and places as the service writes them', async () => {
    await azure.settle('PUT', appPath, appBody({ more: { identity } }));
    const { body } = await azure.call('GET', appPath.toUpperCase());
    expect(body).toMatchObject({
      id: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.App/containerapps/web`,
      type: 'Microsoft.App/containerApps',
      location: 'West Europe',
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId.replace('resourceGroups', 'resourcegroups')]: { principalId: 'principal', clientId: 'client' } } },
      systemData: { createdBy: 'somebody', lastModifiedAt: expect.stringMatching(/\.\d{7}$/) },
    });
  });

  it('all apps of the subscription, page by page', async () => {
    for (let index = 0; index < 31; index += 1) await azure.call('PUT', `${groupPath}/containerApps/app-${index}`, appBody());
    const first = (await azure.call('GET', `/subscriptions/${subscription}/providers/Microsoft.App/containerApps`)).body as { value: object[]; nextLink: string };
    expect(first.value).toHaveLength(30);
    const next = new URL(first.nextLink);
    const second = (await azure.call('GET', next.pathname, null, { $skiptoken: next.searchParams.get('$skiptoken') ?? '' })).body;
    expect(second).toEqual({ value: [expect.objectContaining({ name: 'app-30' })] });
  });

  const absent = ['jobs/one', 'containerApps/web/authConfigs/current', 'managedEnvironments/env/certificates', 'managedEnvironments/env/daprComponents', 'containerApps/web/detectors'];
  it.each(absent)('does not guess about %s', async (path) => {
    expect((await azure.call('GET', `${groupPath}/${path}`)).status).toBe(501);
  });
});
