import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, readyEnvironment, untilRevision } from '../../../../test/support/app-requests.ts';
import { appsUnderTest, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';
import { hasRecordings, interactionsOf, recordingsFolder, type Interaction } from '../../../../test/support/azure-recordings.ts';

function recorded(file: string, pattern: RegExp): readonly Interaction[] {
  return interactionsOf(file).filter(({ request }) => pattern.test(new URL(request.url).pathname));
}

/** Values that no run repeats, and two fields that came to the recorded version of the API in between. */
const volatile = new Set(['systemData', 'defaultDomain', 'staticIp', 'kedaConfiguration', 'daprConfiguration', 'customDomainVerificationId', 'infrastructureResourceGroup', 'publicNetworkAccess', 'openTelemetryConfiguration', 'eventStreamEndpoint']);

function stable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !volatile.has(key)).map(([key, item]) => [key, stable(item)]));
}

/** Which fields there are, with the types of their values. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
}

let azure: AppsUnderTest;
beforeEach(async () => {
  azure = await appsUnderTest({ anyGroup: true });
});
afterEach(() => azure[Symbol.asyncDispose]());

describe.skipIf(!hasRecordings)(`${hasRecordings ? 'recorded' : 'skipped, absent:'} parts of Microsoft.App in ${recordingsFolder}`, () => {
  const flows = ['cli_containerapp_env_e2e.json', 'cli_containerapp_env_usages.json', 'cli_containerapp_env_workload_profiles_e2e_no_waits.json', 'cli_container_app_mount_nfsazurefile_e2e.json'];
  it.each(flows)('managed environments, their profiles and storages as in %s', async (file) => {
    const interactions = recorded(file, /\/providers\/Microsoft\.App\/(managedEnvironments\/|locations\/[^/]+\/available)/i);
    expect(interactions.length).toBeGreaterThan(2);
    for (const { request, response } of interactions) {
      const { pathname, searchParams } = new URL(request.url);
      const answer = await azure.call(request.method, pathname, request.body, { 'api-version': searchParams.get('api-version') ?? '' });
      expect({ request: `${request.method} ${pathname}`, status: answer.status }).toEqual({ request: `${request.method} ${pathname}`, status: response.status });
      // Counts of a profile's machines change on their own.
      if (!pathname.endsWith('workloadProfileStates')) expect(stable(answer.body ?? null)).toEqual(stable(response.body ?? null));
      await settled(answer.headers ?? {});
    }
  });

  it('a crashing revision', async () => {
    const [interaction] = recorded('cli_container_app_mount_nfsazurefile_e2e.json', /\/revisions$/);
    const [seen] = (interaction?.response.body as { value: { properties: object }[] } | undefined)?.value ?? [];
    await readyEnvironment(azure);
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', image: 'r.azurecr.io/web:1-crash' }));
    await untilRevision(azure, 'web--a', 'Failed');
    const own = (await azure.call('GET', `${appPath}/revisions/web--a`, null, { 'api-version': '2024-03-01' })).body as { properties: { template: object } };
    expect(Object.keys(shape(own.properties) as object).toSorted()).toEqual(Object.keys(shape(seen?.properties) as object).toSorted());
    expect({ ...own.properties, template: null }).toMatchObject({ healthState: 'Unhealthy', provisioningState: 'Failed', runningState: 'Failed', replicas: 1, trafficWeight: 100 });
    expect(own.properties.template).toMatchObject({ revisionSuffix: null, containers: [{ probes: [] }], serviceBinds: null });
  });

  it('the replicas of a running revision', async () => {
    const [interaction] = recorded('cli_containerapp_replica_commands.json', /\/replicas$/);
    await readyEnvironment(azure);
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', scale: { minReplicas: 3 } }));
    await untilRevision(azure, 'web--a', 'Running');
    const { body } = await azure.call('GET', `${appPath}/revisions/web--a/replicas`);
    expect(shape(body)).toEqual(shape(interaction?.response.body));
    expect((body as { value: object[] }).value).toHaveLength(3);
  });
});

async function settled(headers: Readonly<Record<string, string>>): Promise<void> {
  const address = headers['azure-asyncoperation'] ?? headers['location'];
  if (address === undefined) return;
  const { pathname } = new URL(address);
  await expect.poll(async () => {
    const { status, body } = await azure.call('GET', pathname);
    return status !== 202 && (body as { status?: string } | undefined)?.status !== 'InProgress';
  }, { interval: 2 }).toBe(true);
}
