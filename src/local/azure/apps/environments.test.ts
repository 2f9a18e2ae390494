import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, readyEnvironment } from '../../../../test/support/app-requests.ts';
import { appsUnderTest, environmentId, groupPath, subscription, until, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';

let azure: AppsUnderTest;
beforeEach(async () => {
  azure = await appsUnderTest({ workloads: 'in-process' });
});
afterEach(() => azure[Symbol.asyncDispose]());

const body = { location: 'West Europe', tags: { team: 'a' }, properties: { workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] } };

async function state(): Promise<string> {
  const { body: shown } = await azure.call('GET', environmentId);
  return (shown as { properties: { provisioningState: string } }).properties.provisioningState;
}

describe('managed environments', () => {
  it('wait, and are ready with a domain of their own', async () => {
    const answer = await azure.call('PUT', environmentId, body);
    expect(answer).toMatchObject({ status: 201, headers: { 'azure-asyncoperation': expect.stringContaining('/locations/westeurope/managedEnvironmentOperationStatuses/') }, body: { properties: { provisioningState: 'Waiting' } } });
    await expect.poll(state).toBe('Succeeded');
    expect((await azure.call('GET', environmentId)).body).toMatchObject({
      id: environmentId,
      location: 'West Europe',
      tags: { team: 'a' },
      properties: { defaultDomain: expect.stringMatching(/^[a-z]+-[0-9a-f]{8}\.westeurope\.azurecontainerapps\.io$/), staticIp: expect.any(String), publicNetworkAccess: 'Enabled' },
    });
  });

  it('are refused beyond the quota of a region, which counts no other region', async () => {
    await using small = await appsUnderTest({ workloads: 'in-process', environmentsPerRegion: 1 });
    const usages = `/subscriptions/${subscription}/providers/Microsoft.App/locations/westeurope/usages`;
    await small.settle('PUT', environmentId, body);
    expect((await small.call('GET', usages)).body).toMatchObject({ value: [{ currentValue: 1, limit: 1 }] });
    const refused = { status: 400, body: { error: { code: 'MaxNumberOfRegionalEnvironmentsInSubExceeded', message: `The subscription '${subscription}' cannot have more than 1 Container App Environments in West Europe.` } } };
    expect(await small.call('PUT', `${environmentId}-two`, body)).toMatchObject(refused);
    expect(await small.call('PUT', `${environmentId}-two`, { ...body, location: 'eastus' })).toMatchObject({ status: 201 });
    await small.settle('PUT', environmentId, { ...body, tags: { team: 'b' } });
  });

  it('answer 200 to a PUT and a PATCH that change nothing', async () => {
    await azure.settle('PUT', environmentId, body);
    expect(await azure.call('PUT', environmentId, body)).toMatchObject({ status: 200, body: { properties: { provisioningState: 'Succeeded' } } });
    expect(await azure.call('PATCH', environmentId, { tags: { team: 'a' } })).toMatchObject({ status: 200 });
  });

  it('update with a PATCH: 202 with Location, one write at a time', async () => {
    await azure.settle('PUT', environmentId, body);
    const answer = await azure.call('PATCH', environmentId, { tags: { team: 'b' }, properties: { peerAuthentication: { mtls: { enabled: true } } } });
    expect(answer).toMatchObject({ status: 202, headers: { location: expect.stringContaining('/managedEnvironmentOperationResults/') } });
    expect(await azure.call('PUT', environmentId, body)).toMatchObject({ status: 409, body: { error: { code: 'ManagedEnvironmentOperationInProgress' } } });
    await expect.poll(state).toBe('Succeeded');
    expect((await azure.call('GET', environmentId)).body).toMatchObject({ tags: { team: 'b' }, properties: { peerAuthentication: { mtls: { enabled: true } }, workloadProfiles: [{ name: 'Consumption' }] } });
  });

  it('go with their apps', async () => {
    await readyEnvironment(azure);
    await azure.settle('PUT', appPath, appBody());
    const answer = await azure.call('DELETE', environmentId);
    expect(answer.status).toBe(202);
    expect(await azure.call('PUT', appPath, appBody())).toMatchObject({ status: 400, body: { error: { code: 'ManagedEnvironmentNotReadyForAppCreation' } } });
    await until('the end', async () => ((await azure.call('GET', new URL(answer.headers?.['location'] ?? '').pathname)).status === 204 ? true : null));
    expect((await azure.call('GET', environmentId)).status).toBe(404);
    expect((await azure.call('GET', appPath)).status).toBe(404);
    expect((await azure.call('DELETE', environmentId)).status).toBe(204);
  });

  it('take no apps before they are ready', async () => {
    await azure.call('PUT', environmentId, body);
    expect(await azure.call('PUT', appPath, appBody())).toMatchObject({ status: 400, body: { error: { code: 'ManagedEnvironmentNotProvisioned', message: `The environment '${environmentId}' has not been provisioned successfully.` } } });
  });

  const refusals = [
    { reason: 'a region that is none', sent: { location: 'atlantis' }, status: 400, code: 'LocationNotAvailableForResourceType' },
    { reason: 'no region', sent: {}, status: 400, code: 'LocationRequired' },
    { reason: 'another region than before', sent: { location: 'eastus' }, status: 409, code: 'InvalidResourceLocation' },
  ];
  it.each(refusals)('refuse $reason', async ({ sent, status, code }) => {
    await azure.settle('PUT', environmentId, body);
    expect(await azure.call('PUT', environmentId, sent)).toMatchObject({ status, body: { error: { code } } });
  });

  it('are listed and counted', async () => {
    await readyEnvironment(azure);
    await azure.settle('PUT', appPath, appBody({ scale: { minReplicas: 2 }, container: { resources: { cpu: 1, memory: '2Gi' } } }));
    const inGroup = await azure.call('GET', `${groupPath}/managedEnvironments`);
    expect(inGroup.body).toMatchObject({ value: [{ name: 'env' }] });
    expect((await azure.call('GET', `/subscriptions/${subscription}/providers/Microsoft.App/managedEnvironments`)).body).toEqual(inGroup.body);
    const region = await azure.call('GET', `/subscriptions/${subscription}/providers/Microsoft.App/locations/westeurope/usages`);
    expect(region.body).toMatchObject({ value: [{ name: { value: 'ManagedEnvironmentCount' }, currentValue: 1, limit: 15 }] });
    const { body: usages } = await azure.call('GET', `${environmentId}/usages`);
    expect((usages as { value: { name: { value: string }; currentValue: number }[] }).value.find((one) => one.name.value === 'ManagedEnvironmentConsumptionCores')).toMatchObject({ currentValue: 2 });
  });

  it('show as many machines of a profile as it asks for at least', async () => {
    const profiles = [{ name: 'Consumption', workloadProfileType: 'Consumption' }, { name: 'large', workloadProfileType: 'D8', minimumCount: 2, maximumCount: 8 }];
    await azure.settle('PUT', environmentId, { location: 'westeurope', properties: { workloadProfiles: profiles } });
    const { body: states } = await azure.call('GET', `${environmentId}/workloadProfileStates`);
    expect(states).toMatchObject({ value: [{ name: 'Consumption' }, { name: 'large', properties: { minimumCount: 2, maximumCount: 8, currentCount: 2 } }] });
  });

  it('fail when that was ordered', async () => {
    azure.faults.ask({ name: 'azure:operation-fails', times: 1, path: null, method: null });
    expect(await azure.settle('PUT', environmentId, body)).toMatchObject({ status: 'Failed' });
    expect(await state()).toBe('Failed');
  });
});
