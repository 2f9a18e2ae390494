import { describe, expect, test } from 'vitest';
import { envelopeOf, failOnce, runToEnd, testClock, type Faults } from '../../../../test/support/delivery.ts';
import { desiredEnvironment, desiredService, memoryDesired } from '../../../../test/support/desired.ts';
import { owner } from '../../../../test/support/grants.ts';
import { memoryEnvironment } from '../../../../test/support/memory-environment.ts';
import { memoryStore } from '../../../../test/support/memory-store.ts';
import { deploymentProgress } from '../../../../test/support/progress.ts';
import type { ObservedApp, ObservedRevision } from '../../../kernel/container-app.ts';
import { messageCatalogue } from '../../../kernel/messages/catalogue.ts';
import { following } from '../domain/runtime-environment.ts';
import { whenRefreshInventory } from '../reactions/when-refresh-inventory.ts';
import { whenRuntimeDeploymentCompleted } from '../reactions/when-runtime-deployment-completed.ts';
import { whenRuntimeDeploymentFailed } from '../reactions/when-runtime-deployment-failed.ts';
import { whenRuntimeDeploymentRolledBack } from '../reactions/when-runtime-deployment-rolled-back.ts';
import { whenUnmanageEnvironment } from '../reactions/when-unmanage-environment.ts';

const commit = 'a'.repeat(40);
const environment = desiredEnvironment({ services: [desiredService({ module: 'basket' })] });

function app(name: string, overrides: Partial<ObservedApp> = {}): ObservedApp {
  const revision = `${name}--t0000000001`;
  return {
    id: { subscription: 's', resourceGroup: 'g', name },
    resourceId: `/apps/${name}`,
    tags: { 'trueup-service': name, 'trueup-tenant': 'contoso', 'trueup-environment': 'staging', 'trueup-repository': '7' },
    provisioningState: 'Succeeded',
    revisionsMode: 'Multiple',
    fqdn: `${name}.example`,
    latestRevision: revision,
    latestReadyRevision: revision,
    traffic: [{ revision, weight: 100, label: null }],
    raw: { properties: { template: { containers: [{ image: `r.azurecr.io/${name}:1.4.2` }] } } },
    ...overrides,
  };
}

function revision(name: string, ready: boolean, overrides: Partial<ObservedRevision> = {}): ObservedRevision {
  const containers = [{ replica: 'r1', name: 'app', ready, started: true, restartCount: 0 }];
  return { name, active: true, createdAt: null, trafficWeight: 100, replicas: 1, fqdn: null, provisioningState: 'Provisioned', healthState: 'Healthy', runningState: 'Running', runningStateDetails: null, containers, ...overrides };
}

function world(faults: Faults = failOnce(0, 'before')) {
  const store = memoryStore();
  const clock = testClock();
  const azure = memoryEnvironment();
  const desired = memoryDesired();
  desired.declare(commit, 1, environment);
  const ports = { store: faults.wrap(store), clock, desired: faults.wrap(desired), resources: azure.resources, inventory: faults.wrap(azure.inventory) };
  const provisioned = { managedEnvironmentId: '/e', defaultDomain: 'd', identities: [], stage: 'staging' as const, region: 'westeurope', digest: environment.digest, at: '2026-11-01T00:00:00.000Z' };
  const value = { ...following(null, environment, { commit, generation: 1 }), status: 'Provisioned' as const, provisioned };
  store.apply({ end: 'done', saves: [{ key: { tenantId: owner, type: 'RuntimeEnvironment', id: 'staging' }, expectedVersion: 0, value }], emits: [] });
  const put = (name: string, ready = true) => {
    azure.apps.push(app(name));
    azure.revisions.set(`${name}--t0000000001`, revision(`${name}--t0000000001`, ready));
  };
  const refresh = () => runToEnd(whenRefreshInventory(ports), envelopeOf('RefreshInventory', owner, { environment: 'staging' }), { store, clock });
  return { store, clock, azure, desired, ports, put, refresh, faults };
}

const key = `${owner}|RuntimeService|staging.checkout`;

describe('when RefreshInventory', () => {
  test('records what runs, with what Git adds', async () => {
    const { store, put, refresh } = world();
    put('checkout');
    await refresh();
    expect(store.snapshot()[key]).toMatchObject({ service: 'checkout', tenant: 'contoso', module: 'basket', componentType: 'microservice', version: '1.4.2', revision: 'checkout--t0000000001', replicas: 1, status: 'Running', endpointUrl: 'https://checkout.example' });
    const service = { service: 'checkout', tenant: 'contoso', image: 'r.azurecr.io/checkout:1.4.2', revision: 'checkout--t0000000001', replicas: 1, status: 'Running', endpointUrl: 'https://checkout.example' };
    expect(store.emitted).toEqual([{ type: 'RuntimeInventoryUpdated', tenantId: owner, projectId: 'storefront', payload: { environment: 'staging', services: [service] } }]);
  });

  test('says nothing when nothing changed, also much later', async () => {
    const { store, clock, put, refresh } = world();
    put('checkout');
    await refresh();
    const once = store.snapshot();
    clock.advance(3_600_000);
    expect((await refresh()).last).toMatchObject({ end: 'done', saves: [], emits: [] });
    expect(store.snapshot()).toEqual(once);
  });

  test('an app that is gone is forgotten', async () => {
    const { store, azure, put, refresh } = world();
    put('checkout');
    put('cart');
    await refresh();
    azure.apps.shift();
    await refresh();
    expect(Object.keys(store.snapshot())).toEqual([`${owner}|RuntimeEnvironment|staging`, `${owner}|RuntimeService|staging.cart`]);
    expect(store.emitted.at(-1)).toMatchObject({ payload: { services: [{ service: 'cart' }] } });
  });

  test.each([
    { reason: 'no service tag: somebody else’s app', tags: {} },
    { reason: 'another environment', tags: { 'trueup-service': 'checkout', 'trueup-environment': 'prod' } },
    { reason: 'another repository', tags: { 'trueup-service': 'checkout', 'trueup-repository': '8' } },
  ])('leaves out $reason', async ({ tags }) => {
    const { azure, refresh } = world();
    azure.apps.push(app('checkout', { tags }));
    expect((await refresh()).last.saves).toEqual([]);
  });

  test.each([
    { reason: 'an empty service', tags: { 'trueup-service': '' }, services: ['checkout'] },
    { reason: 'a service that is no name', tags: { 'trueup-service': 'x'.repeat(70) }, services: ['cart', 'checkout'] },
    { reason: 'the service of an app that it was copied from', tags: { 'trueup-service': 'checkout' }, services: ['cart', 'checkout'] },
    { reason: 'an empty tenant', tags: { 'trueup-service': 'cart', 'trueup-tenant': '' }, services: ['cart', 'checkout'] },
    { reason: 'a tenant that is no name', tags: { 'trueup-service': 'cart', 'trueup-tenant': 'x'.repeat(70) }, services: ['cart', 'checkout'] },
  ])('a tag written by hand breaks nothing: $reason', async ({ tags, services }) => {
    const { store, azure, put, refresh } = world();
    put('checkout');
    azure.apps.push(app('cart', { tags }));
    await refresh();
    expect((await refresh()).last).toMatchObject({ end: 'done', saves: [] });
    expect(store.emitted).toHaveLength(1);
    const said = messageCatalogue.RuntimeInventoryUpdated.schema.parse(store.emitted[0]?.payload);
    expect(said.services.map(({ service }) => service)).toEqual(services);
  });

  test('an environment that is not provisioned is not looked at', async () => {
    const { ports, clock, azure } = world();
    const empty = memoryStore();
    await runToEnd(whenRefreshInventory({ ...ports, store: empty }), envelopeOf('RefreshInventory', owner, { environment: 'staging' }), { store: empty, clock });
    expect(azure.calls).toEqual([]);
  });
});

describe('when a deployment ends', () => {
  test.each([
    { type: 'RuntimeDeploymentCompleted', state: 'Completed', when: whenRuntimeDeploymentCompleted, reason: 'it runs' },
    { type: 'RuntimeDeploymentRolledBack', state: 'RolledBack', when: whenRuntimeDeploymentRolledBack, reason: 'what ran before serves again' },
    { type: 'RuntimeDeploymentFailed', state: 'Failed', when: whenRuntimeDeploymentFailed, reason: 'some of it may run' },
  ] as const)('$state: only its services are looked at closely: $reason', async ({ type, state, when }) => {
    const { store, azure, clock, ports, put, refresh } = world();
    ['cart', 'checkout', 'search'].forEach((name) => put(name));
    await refresh();
    azure.calls.length = 0;
    const payload = deploymentProgress({ environment: 'staging', commit, generation: 1, state });
    await runToEnd(when(ports), envelopeOf(type, owner, payload), { store, clock });
    expect(azure.calls).toEqual(['apps', 'revision checkout']);
    expect(store.emitted).toHaveLength(1);
  });
});

describe('when UnmanageEnvironment', () => {
  const unmanage = (w: ReturnType<typeof world>, generation = 2) =>
    runToEnd(whenUnmanageEnvironment(w.ports), envelopeOf('UnmanageEnvironment', owner, { environment: 'staging', commit, generation }), w);

  test('forgets the inventory, touches nothing in Azure and is done with the schedule', async () => {
    const w = world();
    w.put('checkout');
    await w.refresh();
    w.desired.declare(commit, 2);
    await unmanage(w);
    expect(Object.entries(w.store.snapshot())).toMatchObject([[`${owner}|RuntimeEnvironment|staging`, { status: 'Unmanaged', services: [], decommissionedAt: expect.any(String) }]]);
    expect(w.store.emitted.at(-1)).toMatchObject({ type: 'RuntimeEnvironmentDecommissioned', payload: { environment: 'staging', generation: 2 } });
    w.azure.calls.length = 0;
    await w.refresh();
    expect([w.azure.calls, w.azure.writes]).toEqual([[], []]);
  });

  test('does nothing when Git declares it after all', async () => {
    const w = world();
    const once = w.store.snapshot();
    expect((await unmanage(w)).last).toMatchObject({ end: 'done', emits: [] });
    expect(w.store.snapshot()).toEqual(once);
  });

  test('delivered twice, it repeats its event and changes nothing more', async () => {
    const w = world();
    w.desired.declare(commit, 2);
    await unmanage(w);
    const once = w.store.snapshot();
    expect((await unmanage(w)).last).toMatchObject({ saves: [], emits: [{ type: 'RuntimeEnvironmentDecommissioned' }] });
    expect(w.store.snapshot()).toEqual(once);
  });
});

test('one call of a refresh fails once and everything ends in the same world', async () => {
  const run = async (faults: Faults) => {
    const w = world(faults);
    w.put('checkout');
    w.put('cart', false);
    const { thrown } = await w.refresh();
    return { thrown, calls: faults.calls(), services: w.store.emitted };
  };
  const calm = await run(failOnce(0, 'before'));
  for (let failing = 1; failing <= calm.calls; failing += 1) {
    const broken = await run(failOnce(failing, 'before'));
    expect(broken.thrown).toHaveLength(1);
    expect(broken.services).toEqual(calm.services);
  }
});
