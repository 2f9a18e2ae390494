import { restorePoller } from '@azure/arm-appcontainers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { httpCall } from '../../src/cli/demo/http-call.ts';
import type { FaultName } from '../../src/local/azure/control/fault-descriptions.ts';
import { appsThroughSdk, fast, group, location, type AppsThroughSdk } from '../support/apps-through-sdk.ts';
import { heldClock } from '../support/held-clock.ts';
import { all } from '../support/local-azure.ts';
import type { WireExchange } from '../support/wire.ts';

/** What happens between a write and its end, and what the SDK makes of it (facts/azure.md A1.3 to A1.5, B2, B3). */
let bench: AppsThroughSdk;
const clock = heldClock();
const pace = { operationMs: 20, environmentMs: 100 };
beforeAll(async () => {
  bench = await appsThroughSdk({ pace, clock });
});
afterAll(() => bench[Symbol.asyncDispose]());

const image = 'r.azurecr.io/web:1';

/** Method, kind of address and status. */
function shape({ method, path, status }: WireExchange): string {
  const kind = /operation(Statuses|Results)\//i.exec(path)?.[1]?.toLowerCase() ?? 'resource';
  return `${method} ${kind} ${status}`;
}

function shapes(exchanges: readonly WireExchange[]): readonly string[] {
  // How often it polls is a matter of time.
  return exchanges.map(shape).filter((one, index, every) => one !== every[index - 1]);
}

describe('an operation that succeeded is not a revision that is ready', () => {
  test('it says Succeeded while the revision has failed, and only the revision tells (A1.3: cli_container_app_mount_nfsazurefile_e2e)', async () => {
    expect(await bench.put('crashes', bench.app(`${image}-crash`, 'one'))).toMatchObject({ provisioningState: 'Succeeded' });
    const failed = { active: true, replicas: 1, trafficWeight: 100, healthState: 'Unhealthy', provisioningState: 'Failed', runningState: 'Failed', provisioningError: 'Container crashing: main' };
    const revision = () => bench.client.containerAppsRevisions.getRevision(group, 'crashes', 'crashes--one');
    await expect.poll(revision, { message: 'the revision has failed' }).toMatchObject(failed);
    // The model of the SDK has no details (A1.3, B4).
    expect(await revision()).not.toHaveProperty('runningStateDetails');
    expect((await bench.raw('GET', 'containerApps/crashes/revisions/crashes--one')).body).toMatchObject({ properties: { ...failed, runningStateDetails: '1/1 Container crashing: main' } });
    const { value: replicas } = await bench.client.containerAppsRevisionReplicas.listReplicas(group, 'crashes', 'crashes--one');
    expect(replicas).toMatchObject([{ containers: [{ name: 'main', ready: false }] }]);
    expect(await bench.client.containerApps.get(group, 'crashes')).toMatchObject({ provisioningState: 'Succeeded', latestRevisionName: 'crashes--one' });
    expect((await bench.visit(`crashes.${bench.domain}`)).status).toBe(503);
  });

  test.concurrent.for([
    { reason: 'Multiple', mode: 'Multiple' as const, name: 'behind-m' },
    { reason: 'Single', mode: 'Single' as const, name: 'behind-s' },
  ])('in mode $reason latestReadyRevisionName stays behind while the latest is not ready, and catches up with one that is (A1.4: azd trace of April 2026)', async ({ mode, name }, { expect }) => {
    const configuration = { activeRevisionsMode: mode, ingress: { external: true, targetPort: 8080, traffic: [{ latestRevision: true, weight: 100 }] } };
    await bench.put(name, bench.app(image, 'one', { configuration }));
    await bench.untilRunning(name, `${name}--one`);
    // Its process listens, and says that it is not ready.
    const probes = [{ type: 'Readiness', httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 }];
    const unready = { revisionSuffix: 'two', containers: [{ name: 'main', image: `${image}-unready`, probes }], scale: { minReplicas: 1 } };
    expect(await bench.put(name, bench.app(image, 'two', { configuration, template: unready }))).toMatchObject({ provisioningState: 'Succeeded', latestRevisionName: `${name}--two`, latestReadyRevisionName: `${name}--one` });
    await expect.poll(() => bench.client.containerAppsRevisions.getRevision(group, name, `${name}--two`), { message: 'it is given up' }).toMatchObject({ provisioningState: 'Failed', runningState: 'Failed' });
    expect(await bench.client.containerApps.get(group, name)).toMatchObject({ provisioningState: 'Succeeded', latestReadyRevisionName: `${name}--one` });
    expect((await bench.visit(`${name}.${bench.domain}`)).body).toContain(`"revision":"${name}--one"`);
    await bench.put(name, bench.app(image, 'three', { configuration }));
    await expect.poll(() => bench.client.containerApps.get(group, name), { message: 'the latest is ready' }).toMatchObject({ latestRevisionName: `${name}--three`, latestReadyRevisionName: `${name}--three` });
    expect((await bench.visit(`${name}.${bench.domain}`)).body).toContain(`"revision":"${name}--three"`);
  });
});

describe('on the wire (A1.4, B2)', () => {
  test('PUT: 201 with Retry-After: 15, which the poller ignores; statuses have none; then the resource', async () => {
    const { client, wire } = bench.another();
    await client.containerApps.createOrUpdate(group, 'wired', bench.app(image, 'one'), fast);
    expect(shapes(wire.exchanges)).toEqual(['PUT resource 201', 'GET statuses 200', 'GET resource 200']);
    const [put, first] = wire.exchanges;
    expect(put?.body).toMatchObject({ properties: { provisioningState: 'InProgress' } });
    expect(put?.headers).toMatchObject({ 'retry-after': '15', 'x-ms-async-operation-timeout': 'PT15M', 'azure-asyncoperation': expect.stringMatching(/^https:\/\/management\.azure\.com\/subscriptions\/[^/]+\/providers\/Microsoft\.App\/locations\/westeurope\/containerappOperationStatuses\//) });
    expect(put?.headers['azure-asyncoperation']?.length).toBeGreaterThan(2_500);
    expect(first?.body).toEqual({ id: expect.any(String), name: expect.any(String), status: expect.stringMatching(/^(InProgress|Succeeded)$/), startTime: expect.any(String) });
    expect((first?.startedAt ?? Infinity) - (put?.startedAt ?? 0)).toBeLessThan(10_000);
    expect(wire.of('GET').flatMap(({ headers }) => headers['retry-after'] ?? [])).toEqual([]);
  });

  test('PATCH: 202 without a body; statuses; then the results, which are the app', async () => {
    await bench.put('wired-patch', bench.app(image, 'one'));
    const { client, wire } = bench.another();
    await client.containerApps.update(group, 'wired-patch', { location, tags: { a: '1' } }, fast);
    expect(shapes(wire.exchanges)).toEqual(['PATCH resource 202', 'GET statuses 200', 'GET results 200']);
    expect(wire.exchanges[0]?.text).toBe('');
    expect(wire.exchanges.at(-1)?.body).toMatchObject({ name: 'wired-patch', tags: { a: '1' }, properties: { provisioningState: 'Succeeded' } });
  });

  test('DELETE: 202 with Location only; results, in the end 204; of what is absent 204 at once', async () => {
    await bench.put('wired-delete', bench.app(image, 'one'));
    const { client, wire } = bench.another();
    await client.containerApps.delete(group, 'wired-delete', fast);
    expect(shapes(wire.exchanges).filter((one) => one !== 'GET results 202')).toEqual(['DELETE resource 202', 'GET results 204']);
    expect(wire.exchanges[0]).toMatchObject({ text: '', headers: { location: expect.stringContaining('containerappOperationResults') } });
    expect(wire.exchanges[0]?.headers).not.toHaveProperty('azure-asyncoperation');
    await expect(client.containerApps.get(group, 'wired-delete')).rejects.toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
    await client.containerApps.delete(group, 'wired-delete', fast);
    expect(wire.exchanges.slice(-2).map(shape)).toEqual(['GET resource 404', 'DELETE resource 204']);
  });

  test('an operation is taken up where another process left it, and nothing is sent twice', async () => {
    const poller = bench.client.containerApps.createOrUpdate(group, 'resumed', bench.app(image, 'one'), fast);
    await poller.submitted();
    const state = await poller.serialize();
    const { client, wire } = bench.another();
    expect(await restorePoller(client, state, client.containerApps.createOrUpdate, fast)).toMatchObject({ name: 'resumed', provisioningState: 'Succeeded' });
    expect(shapes(wire.exchanges)).toEqual(['GET statuses 200', 'GET resource 200']);
  });

  test('an address that is lost ends the poller, while the service goes on', async () => {
    bench.azure.faults.ask({ name: 'azure:status-lost', times: 1, path: null, method: null });
    await expect(bench.put('lost', bench.app(image, 'one'))).rejects.toThrow();
    await expect.poll(() => bench.client.containerApps.get(group, 'lost'), { message: 'the work is done all the same' }).toMatchObject({ provisioningState: 'Succeeded' });
  });

  test('lists come page by page, by links to the same host', async () => {
    const names = Array.from({ length: 33 }, (_, index) => `many-${index}`);
    // What was accepted is listed; an image that is not there makes no revision that would run.
    const body = { location, properties: { environmentId: bench.environmentId, template: { containers: [{ name: 'main', image: `${image}-badimage` }] } } };
    await Promise.all(names.map((name) => bench.raw('PUT', `containerApps/${name}`, body)));
    const { client, wire } = bench.another();
    const listed = (await all(client.containerApps.listBySubscription())).map(({ name }) => name ?? '');
    expect(listed).toEqual(expect.arrayContaining(names));
    expect(new Set(listed).size).toBe(listed.length);
    expect(wire.exchanges.length).toBeGreaterThan(1);
    expect(wire.exchanges[0]?.body).toMatchObject({ nextLink: expect.stringMatching(/^https:\/\/management\.azure\.com\/.*\$skiptoken=/) });
  });
});

describe.concurrent('what the SDK sends again (B3)', () => {
  const cases: readonly { readonly name: FaultName; readonly reason: string; readonly statuses: readonly number[]; readonly error: object | null; readonly waits: number }[] = [
    { name: 'azure:429', reason: 'with Retry-After: 1 is slept and sent again', statuses: [429, 201], error: null, waits: 1000 },
    { name: 'azure:429-without-retry-after', reason: 'is thrown at once', statuses: [429], error: { statusCode: 429, code: 'TooManyRequests' }, waits: 0 },
    { name: 'azure:503', reason: 'is sent again, even a PUT', statuses: [503, 201], error: null, waits: 0 },
    { name: 'azure:conflict', reason: 'is thrown at once', statuses: [409], error: { statusCode: 409, code: 'ContainerAppOperationInProgress' }, waits: 0 },
    { name: 'azure:forbidden', reason: 'is thrown at once', statuses: [403], error: { statusCode: 403, code: 'AuthorizationFailed' }, waits: 0 },
  ];
  test.each(cases)('$name $reason', async ({ name, statuses, error, waits }) => {
    const app = name.replace('azure:', 'sdk-').slice(0, 30);
    bench.azure.faults.ask({ name, times: 1, path: `containerApps/${app}`, method: 'PUT' });
    const { client, wire } = bench.another();
    const put = client.containerApps.createOrUpdate(group, app, bench.app(image, 'one'), fast);
    if (error === null) expect(await put).toMatchObject({ provisioningState: 'Succeeded' });
    else await expect(put).rejects.toMatchObject(error);
    const puts = wire.of('PUT');
    expect(puts.map(({ status }) => status)).toEqual(statuses);
    expect((puts.at(-1)?.startedAt ?? 0) - (puts[0]?.startedAt ?? 0)).toBeGreaterThanOrEqual(waits);
    expect(puts[0]?.headers['retry-after']).toBe(name === 'azure:429' ? '1' : undefined);
  });
});

describe('while something takes its time', () => {
  afterEach(() => clock.release());

  test('an environment refuses other writes of itself, each after one request; reads and its apps go on (A1.5)', async () => {
    clock.hold(pace.environmentMs);
    const { client, wire } = bench.another();
    const profiles = [{ name: 'Consumption', workloadProfileType: 'Consumption' }];
    const change = bench.client.managedEnvironments.createOrUpdate(group, 'env', { location, tags: { a: '1' }, workloadProfiles: profiles }, fast);
    await change.submitted();
    expect(bench.wire.of('PUT').at(-1)).toMatchObject({ status: 201, body: { properties: { provisioningState: 'Updating' } } });
    const conflict = { statusCode: 409, code: 'ManagedEnvironmentOperationInProgress', message: 'Cannot modify Container Apps environment env because another operation is in progress.' };
    await expect(client.managedEnvironments.createOrUpdate(group, 'env', { location, tags: { b: '1' }, workloadProfiles: profiles }, fast)).rejects.toMatchObject(conflict);
    await expect(client.managedEnvironments.update(group, 'env', { location, tags: { b: '1' } }, fast)).rejects.toMatchObject(conflict);
    await expect(client.managedEnvironments.delete(group, 'env', fast)).rejects.toMatchObject(conflict);
    expect(wire.exchanges.map(shape)).toEqual(['PUT resource 409', 'PATCH resource 409', 'DELETE resource 409']);
    // Nothing that was recorded refuses an app because its environment is being changed.
    expect(await bench.put('beside', bench.app(image, 'one'))).toMatchObject({ provisioningState: 'Succeeded' });
    expect(await all(client.managedEnvironments.listBySubscription())).toMatchObject([{ name: 'env', tags: { a: '1' } }]);
    clock.release();
    expect(await change).toMatchObject({ tags: { a: '1' }, provisioningState: 'Succeeded' });
  });

  test('results that are not there yet are 202 with another Location (A1.4)', async () => {
    await bench.put('leaving', bench.app(image, 'one'));
    clock.hold(pace.operationMs);
    const deleted = await bench.raw('DELETE', 'containerApps/leaving');
    const options = { agent: bench.agent, headers: { authorization: `Bearer ${bench.azure.token}` } };
    const { status, body, headers } = await httpCall(deleted.headers['location'] ?? '', options);
    expect({ status, body, location: headers['location'] }).toEqual({ status: 202, body: '', location: expect.stringContaining('containerappOperationResults') });
    expect((await httpCall(headers['location'] ?? '', options)).status).toBe(202);
    clock.release();
    expect((await httpCall(headers['location'] ?? '', options)).status).toBe(204);
  });
});
