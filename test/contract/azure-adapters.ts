import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { azureAdapters, type AzureAdapters, type AzureOptions } from '../../src/adapters/azure/azure-adapters.ts';
import { appId, type AppId } from '../../src/kernel/container-app.ts';
import type { ContainerAppBody } from '../../src/kernel/desired-state.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import type { OperationStatus, OperationToken } from '../../src/kernel/operation.ts';
import type { ServiceBuild } from '../../src/local/azure/apps/service-build.ts';
import { startLocalAzure, type LocalAzure } from '../../src/local/azure/start.ts';
import type { FaultName } from '../../src/local/azure/control/fault-descriptions.ts';
import { Secret } from '../../src/kernel/secret.ts';

/** Every Azure port, through the real SDK clients, against the local Azure. In order: later tests use what earlier ones made. */
const contoso = tenantId(100, 7, 'contoso');
const { signal } = new AbortController();
const version = '3f0c2a5b6d7e8f901a2b3c4d5e6f7081';
const tags = { 'trueup-tenant': 'contoso' };

/** Each build needs a file of its own: whoever has met one managed identity endpoint meets no other in that process. */
export function describeAzureAdapters({ build, other }: { readonly build: ServiceBuild; readonly other: ServiceBuild }): void {
  let folder = '';
  let local: LocalAzure;
  let azure: AzureAdapters;
  let place = { subscription: '', resourceGroup: 'rg-storefront-staging', managedEnvironment: 'cae-storefront' };

  function adapters(overrides: Partial<AzureOptions> = {}): AzureAdapters {
    return azureAdapters({
      credential: { kind: 'managed-identity', clientId: local.identity.clientId },
      route: { port: local.port, ca: local.ca },
      pollMs: 20,
      sealKey: new Secret(new Uint8Array(32).fill(3)),
      clock: { now: () => Date.now() },
      grants: { of: (tenant) => (tenant === contoso ? { subscriptions: [place.subscription], resourceGroups: ['rg-storefront-*'], vaults: ['kv-storefront'], workspaces: [], gateHosts: [] } : null) },
      ...overrides,
    });
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'trueup-azure-'));
    const secrets = [{ name: 'payments-api-key', versions: [{ version, value: 'never-seen' }, { version: 'b'.repeat(32), value: 'never-seen', enabled: false }] }];
    local = await startLocalAzure({
      directory: folder,
      pace: { operationMs: 60, environmentMs: 100, readyMs: 60, metricsDelayMs: 50 },
      build,
      vaults: [{ name: 'kv-storefront', resourceGroup: 'rg-vaults', location: 'westeurope', secrets }],
    });
    process.env['IDENTITY_ENDPOINT'] = local.identity.endpoint;
    process.env['IDENTITY_HEADER'] = local.identity.header;
    place = { ...place, subscription: local.subscription };
    azure = adapters();
  });
  afterEach(() => local.faults.clear());
  afterAll(async () => {
    await local[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function ended(token: OperationToken): Promise<OperationStatus> {
    let status: OperationStatus = { status: 'unknown' };
    await expect
      .poll(async () => (status = await azure.apps.operation(contoso, token, signal)).status, { message: 'the operation ends', timeout: 15_000, interval: 20 })
      .not.toBe('running');
    return status;
  }

  function bodyOf(app: AppId, tag: string, suffix: string): ContainerAppBody {
    return {
      location: 'westeurope',
      tags,
      identity: { type: 'None' },
      properties: {
        environmentId: `/subscriptions/${app.subscription}/resourceGroups/${app.resourceGroup}/providers/Microsoft.App/managedEnvironments/${place.managedEnvironment}`,
        configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080, transport: 'auto', traffic: [{ latestRevision: true, weight: 100 }] } },
        template: {
          revisionSuffix: suffix,
          containers: [{ name: 'main', image: `contoso.azurecr.io/${app.name}:${tag}`, resources: { cpu: 0.5, memory: '1Gi' } }],
          scale: { minReplicas: 1, maxReplicas: 2 },
        },
      },
    };
  }

  async function readyRevision(app: AppId, revision: string): Promise<void> {
    await expect
      .poll(async () => (await azure.apps.revision(contoso, app, revision, signal))?.containers.some(({ ready }) => ready), { message: `${revision} has a ready replica`, timeout: 15_000, interval: 50 })
      .toBe(true);
  }

  describe('an environment', () => {
    test('is absent, then provisioned, then found as it is', async () => {
      expect(await azure.resources.resourceGroup(contoso, place, signal)).toBeNull();
      expect(await azure.resources.managedEnvironment(contoso, place, signal)).toBeNull();
      expect(await azure.inventory.apps(contoso, place, signal)).toEqual([]);

      const group = await azure.resources.ensureResourceGroup(contoso, place, 'westeurope', tags, signal);
      expect(group).toMatchObject({ location: 'westeurope', tags });
      expect(await azure.resources.ensureResourceGroup(contoso, place, 'westeurope', { more: 'tags' }, signal)).toMatchObject({ tags: { ...tags, more: 'tags' } });

      const token = await azure.resources.createManagedEnvironment(contoso, place, 'westeurope', tags, signal);
      expect(await azure.workloads.managedEnvironmentState(contoso, place, signal)).not.toBeNull();
      expect(await ended(token)).toEqual({ status: 'succeeded' });
      await azure.resources.tagManagedEnvironment(contoso, place, { more: 'tags' }, signal);
      await expect
        .poll(() => azure.resources.managedEnvironment(contoso, place, signal), { message: 'the environment has its tags', timeout: 15_000, interval: 20 })
        .toMatchObject({ provisioningState: 'Succeeded', location: 'westeurope', tags: { ...tags, more: 'tags' }, defaultDomain: expect.stringMatching(/\.azurecontainerapps\.io$/) });
    });

    test('has an identity that is made once', async () => {
      expect(await azure.resources.identity(contoso, place, 'id-storefront', signal)).toBeNull();
      const made = await azure.resources.ensureIdentity(contoso, place, 'id-storefront', 'westeurope', tags, signal);
      expect(await azure.resources.ensureIdentity(contoso, place, 'id-storefront', 'westeurope', tags, signal)).toEqual(made);
      expect(await azure.access.principal(contoso, place, 'id-storefront', signal)).toBe(made.principalId);
    });
  });

  describe('a vault', () => {
    test('shows its versions and lets itself be granted, twice', async () => {
      expect(await azure.vaults.vault(contoso, place.subscription, 'kv-storefront', signal)).toMatchObject({ name: 'kv-storefront' });
      const vault = (await azure.vaults.vault(contoso, place.subscription, 'kv-storefront', signal)) ?? { id: '', name: '' };
      const versions = await azure.vaults.versions(contoso, vault, 'payments-api-key', signal);
      expect(versions).toHaveLength(2);
      expect(versions).toContainEqual(expect.objectContaining({ version, enabled: true }));
      expect(await azure.vaults.versions(contoso, vault, 'no-such-secret', signal)).toEqual([]);
      expect(JSON.stringify(versions)).not.toContain('never-seen');

      const principal = (await azure.access.principal(contoso, place, 'id-storefront', signal)) ?? '';
      expect(await azure.access.mayRead(contoso, vault, principal, signal)).toBe(false);
      await azure.access.grantRead(contoso, vault, principal, signal);
      await azure.access.grantRead(contoso, vault, principal, signal);
      expect(await azure.access.mayRead(contoso, vault, principal, signal)).toBe(true);
    });
  });

  describe('a container app', () => {
    const checkout = (): AppId => appId(place, 'checkout');

    test('is created, gets ready and answers', async () => {
      expect(await azure.apps.observe(contoso, checkout(), signal)).toBeNull();
      const token = await azure.apps.create(contoso, checkout(), bodyOf(checkout(), '1.4.2', 'first'), signal);
      expect(await ended(token)).toEqual({ status: 'succeeded' });
      await readyRevision(checkout(), 'checkout--first');
      await expect
        .poll(() => azure.apps.observe(contoso, checkout(), signal), { message: 'the revision is the latest ready one', timeout: 15_000, interval: 20 })
        .toMatchObject({ latestRevision: 'checkout--first', latestReadyRevision: 'checkout--first', revisionsMode: 'Multiple', provisioningState: 'Succeeded', tags });
      const fqdn = (await azure.apps.observe(contoso, checkout(), signal))?.fqdn ?? '';
      expect(await azure.endpoints.probe(contoso, { fqdn, path: '/', timeoutMs: 2000 }, signal)).toMatchObject({ status: 200 });
    });

    test('gets a second revision by a patch, and traffic moves', async () => {
      const { properties } = bodyOf(checkout(), '1.4.3', 'second');
      expect(await ended(await azure.apps.patch(contoso, checkout(), { properties: { template: properties.template } }, signal))).toEqual({ status: 'succeeded' });
      await readyRevision(checkout(), 'checkout--second');
      const traffic = [{ revisionName: 'checkout--second', weight: 100 }];
      expect(await ended(await azure.scaling.patch(contoso, checkout(), { properties: { configuration: { ingress: { traffic } } } }, signal))).toEqual({ status: 'succeeded' });
      expect(await azure.apps.observe(contoso, checkout(), signal)).toMatchObject({ traffic: [{ revision: 'checkout--second', weight: 100, label: null }] });

      await azure.apps.deactivate(contoso, checkout(), 'checkout--first', signal);
      const revisions = await azure.apps.revisions(contoso, checkout(), signal);
      expect(Object.fromEntries(revisions.map(({ name, active }) => [name, active]))).toEqual({ 'checkout--first': false, 'checkout--second': true });
      await azure.apps.activate(contoso, checkout(), 'checkout--first', signal);
      expect(await azure.apps.revision(contoso, checkout(), 'checkout--first', signal)).toMatchObject({ active: true });
      expect(await azure.apps.revision(contoso, checkout(), 'checkout--none', signal)).toBeNull();
      expect(await azure.workloads.revisionState(contoso, checkout(), 'checkout--first', signal)).toMatchObject({ name: 'checkout--first', active: true, containers: [] });
      expect(await azure.workloads.revisionState(contoso, checkout(), 'checkout--none', signal)).toBeNull();
      expect(await azure.live.replicas(contoso, checkout(), 'checkout--second', signal)).toBeGreaterThan(0);
      expect(await azure.live.replicas(contoso, checkout(), 'checkout--none', signal)).toBeNull();
    });

    test('has requests per revision once they are measured', async () => {
      const fqdn = (await azure.apps.observe(contoso, checkout(), signal))?.fqdn ?? '';
      await azure.endpoints.probe(contoso, { fqdn, path: '/', timeoutMs: 2000 }, signal);
      await expect
        .poll(() => azure.metrics.requests(contoso, checkout(), 600_000, signal), { message: 'requests are measured', timeout: 15_000, interval: 100 })
        .toContainEqual({ revision: 'checkout--second', total: expect.any(Number), serverErrors: 0 });
      expect(await azure.metrics.requests(contoso, appId(place, 'checkout'), 600_000, signal)).not.toBeNull();
    });

    test('whose image does not exist fails with its field', async () => {
      const orders = appId(place, 'orders');
      const failed = await azure.apps
        .create(contoso, orders, bodyOf(orders, '1.0.0-badimage', 'first'), signal)
        .then(ended, (error: unknown) => error);
      expect(failed).toMatchObject({ code: expect.any(String), field: expect.stringContaining('image') });
    });

    test('that crashes is not ready, although its operation succeeded', async () => {
      const basket = appId(place, 'basket');
      expect(await ended(await azure.apps.create(contoso, basket, bodyOf(basket, '1.0.0-crash', 'first'), signal))).toEqual({ status: 'succeeded' });
      await expect
        .poll(() => azure.apps.revision(contoso, basket, 'basket--first', signal), { message: 'the revision is unhealthy', timeout: 15_000, interval: 50 })
        .toMatchObject({ healthState: 'Unhealthy' });
    });

    test('is listed with its raw body', async () => {
      const apps = await azure.live.apps(contoso, place, signal);
      expect(apps.map(({ id }) => id.name)).toContain('checkout');
      expect(apps.find(({ id }) => id.name === 'checkout')?.raw).toHaveProperty('properties.template.containers');
      // Which build it is shows.
      expect(JSON.stringify(apps).includes('"identitySettings":')).toBe(build.identitySettings);
    });
  });

  describe('when Azure is not well', () => {
    const checkout = (): AppId => appId(place, 'checkout');

    test.each<{ reason: string; fault: FaultName; error: object }>([
      { reason: 'throttled', fault: 'azure:429', error: { name: 'Throttled', retryAfterMs: expect.any(Number) } },
      { reason: 'throttled without a hint', fault: 'azure:429-without-retry-after', error: { name: 'Throttled', retryAfterMs: 30_000 } },
      { reason: 'an outage', fault: 'azure:503', error: { name: 'Unavailable' } },
      { reason: 'a broken connection', fault: 'azure:reset', error: { name: 'Unavailable' } },
      { reason: 'forbidden', fault: 'azure:forbidden', error: { name: 'NotAllowed' } },
    ])('a read and a list say which: $reason', async ({ fault, error }) => {
      local.faults.ask({ name: fault, times: null, path: '/providers/Microsoft.App/', method: 'GET' });
      await expect(azure.apps.observe(contoso, checkout(), signal)).rejects.toMatchObject(error);
      await expect(azure.live.apps(contoso, place, signal)).rejects.toMatchObject(error);
    });

    test('another write that runs is a conflict', async () => {
      local.faults.ask({ name: 'azure:conflict', times: 1, path: 'checkout', method: 'PATCH' });
      await expect(azure.apps.patch(contoso, checkout(), { tags }, signal)).rejects.toMatchObject({ name: 'Conflict', code: expect.stringMatching(/^ContainerApp/) });
    });

    test('an operation that fails says so', async () => {
      local.faults.ask({ name: 'azure:operation-fails', times: 1, path: 'checkout', method: 'PATCH' });
      expect(await ended(await azure.apps.patch(contoso, checkout(), { tags: { x: 'y' } }, signal))).toMatchObject({ status: 'failed', code: expect.stringMatching(/^ContainerApp/) });
    });

    test('a call that hangs is cut off by its caller', async () => {
      local.faults.ask({ name: 'azure:hang', times: 1, path: 'checkout', method: 'GET' });
      await expect(azure.apps.observe(contoso, checkout(), AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'Unavailable', code: 'Aborted' });
    });

    test('an operation whose status is lost is unknown', async () => {
      const token = await azure.apps.patch(contoso, checkout(), { tags: { a: 'b' } }, signal);
      local.faults.ask({ name: 'azure:status-lost', times: 1, path: null, method: 'GET' });
      expect(await azure.apps.operation(contoso, token, signal)).toEqual({ status: 'unknown' });
      await ended(token);
    });

    test('an operation goes on while another build is rolled out', async () => {
      const token = await azure.apps.patch(contoso, checkout(), { tags: { g: 'h' } }, signal);
      local.rollOut(other);
      expect(await ended(token)).toEqual({ status: 'succeeded' });
      const back = await azure.apps.patch(contoso, checkout(), { tags: { i: 'j' } }, signal);
      local.rollOut(build);
      expect(await ended(back)).toEqual({ status: 'succeeded' });
    });

    test('an operation is looked at by another process', async () => {
      const token = await azure.apps.patch(contoso, checkout(), { tags: { c: 'd' } }, signal);
      await expect.poll(async () => (await adapters().apps.operation(contoso, token, signal)).status, { message: 'the operation succeeds', timeout: 15_000, interval: 20 }).toBe('succeeded');
    });
  });

  describe('the boundary', () => {
    test('the same identity works by workload federation', async () => {
      const federated = adapters({ credential: { kind: 'workload-identity', tenantId: local.tenantId, clientId: local.identity.clientId, tokenFile: local.identity.federatedTokenFile } });
      expect(await federated.apps.observe(contoso, appId(place, 'checkout'), signal)).toMatchObject({ id: { name: 'checkout' } });
    });

    test('nothing is asked about what is not granted', async () => {
      const before = local.journal.entries().length;
      await expect(azure.live.apps(contoso, { ...place, resourceGroup: 'rg-vaults' }, signal)).rejects.toMatchObject({ code: 'OutsideGrant' });
      await expect(azure.vaults.vault(contoso, place.subscription, 'kv-other', signal)).rejects.toMatchObject({ code: 'OutsideGrant' });
      expect(local.journal.entries()).toHaveLength(before);
    });

    test('no secret was ever read', () => {
      const reads = local.journal.entries().filter(({ host }) => host.endsWith('.vault.azure.net'));
      expect(reads.length).toBeGreaterThan(0);
      expect(reads.filter(({ path }) => !/^\/secrets\/[^/]+\/versions\/?$/.test(path))).toEqual([]);
    });

    test('another authority is not trusted', async () => {
      const elsewhere = adapters({ route: { port: local.port, ca: rootCertificates[0] ?? '' } });
      await expect(elsewhere.apps.observe(contoso, appId(place, 'checkout'), signal)).rejects.toMatchObject({ name: 'Unavailable', code: expect.stringMatching(/CERT|SIGNATURE/) });
    });

    test('an operation of another tenant is unknown', async () => {
      const token = await azure.apps.patch(contoso, appId(place, 'checkout'), { tags: { e: 'f' } }, signal);
      expect(await azure.apps.operation(tenantId(100, 7, 'fabrikam'), token, signal)).toEqual({ status: 'unknown' });
      await ended(token);
    });
  });
}
