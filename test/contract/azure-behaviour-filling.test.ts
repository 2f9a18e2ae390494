import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appsThroughSdk, group, location, type AppsThroughSdk } from '../support/apps-through-sdk.ts';

/** Values that the service fills in or writes in other letters: the table of facts/azure.md A1.6, row by row, as raw bodies and as the SDK shows them. */
let bench: AppsThroughSdk;
beforeAll(async () => {
  bench = await appsThroughSdk();
});
afterAll(() => bench[Symbol.asyncDispose]());

type Loose = Readonly<Record<string, unknown>>;

interface Row {
  readonly reason: string;
  /** Below `properties`. */
  readonly path: string;
  readonly sent: { readonly configuration?: Loose; readonly ingress?: Loose; readonly template?: Loose; readonly container?: Loose; readonly scale?: Loose };
  readonly raw: unknown;
  /** What the model of the SDK makes of it; the same if absent, null too. */
  readonly sdk?: unknown;
}

const queue = { name: 'queue', custom: { type: 'azure-queue', metadata: { accountName: 'store', queueName: 'orders', queueLength: '7' }, auth: [{ secretRef: 'key', triggerParameter: 'connection' }] } };
const secrets = [{ name: 'key', value: 'x' }];

const rows: readonly Row[] = [
  { reason: 'a mode gets its capital', path: 'configuration.activeRevisionsMode', sent: { configuration: { activeRevisionsMode: 'single' } }, raw: 'Single' },
  { reason: 'how many inactive revisions are kept', path: 'configuration.maxInactiveRevisions', sent: {}, raw: 100 },
  { reason: 'the same for null', path: 'configuration.maxInactiveRevisions', sent: { configuration: { maxInactiveRevisions: null } }, raw: 100 },
  { reason: 'settings of identities', path: 'configuration.identitySettings', sent: {}, raw: [] },
  { reason: 'delegated identities, which the SDK drops (B4)', path: 'delegatedIdentities', sent: {}, raw: [], sdk: undefined },
  { reason: 'no secrets', path: 'configuration.secrets', sent: { configuration: { secrets: [] } }, raw: null },
  { reason: 'secrets by name', path: 'configuration.secrets', sent: { configuration: { secrets } }, raw: [{ name: 'key' }] },
  { reason: 'a registry with an identity', path: 'configuration.registries', sent: { configuration: { registries: [{ server: 'r.azurecr.io', identity: 'system' }] } }, raw: [{ server: 'r.azurecr.io', username: '', passwordSecretRef: '', identity: 'system' }] },
  { reason: 'a registry with a password', path: 'configuration.registries', sent: { configuration: { secrets, registries: [{ server: 'r.azurecr.io', username: 'u', passwordSecretRef: 'key', identity: null }] } }, raw: [{ server: 'r.azurecr.io', username: 'u', passwordSecretRef: 'key', identity: '' }] },
  { reason: 'traffic', path: 'configuration.ingress.traffic', sent: { ingress: { traffic: null } }, raw: [{ weight: 100, latestRevision: true }] },
  { reason: 'an entry without what it is not', path: 'configuration.ingress.traffic', sent: { ingress: { traffic: [{ revisionName: 'APP--one', weight: 100, latestRevision: false, label: null }] }, template: { revisionSuffix: 'one' } }, raw: [{ revisionName: 'APP--one', weight: 100 }] },
  { reason: 'a transport that nobody names', path: 'configuration.ingress.transport', sent: {}, raw: 'Auto' },
  { reason: 'transport auto', path: 'configuration.ingress.transport', sent: { ingress: { transport: 'auto' } }, raw: 'Auto' },
  { reason: 'transport http2', path: 'configuration.ingress.transport', sent: { ingress: { transport: 'http2' } }, raw: 'Http2' },
  { reason: 'transport tcp', path: 'configuration.ingress.transport', sent: { ingress: { transport: 'tcp' } }, raw: 'Tcp' },
  { reason: 'an exposed port', path: 'configuration.ingress.exposedPort', sent: {}, raw: 0 },
  { reason: 'insecure requests', path: 'configuration.ingress.allowInsecure', sent: {}, raw: false },
  { reason: 'who reaches it', path: 'configuration.ingress.external', sent: { ingress: { external: undefined } }, raw: false },
  { reason: 'a port as a text', path: 'configuration.ingress.targetPort', sent: { ingress: { targetPort: '80' } }, raw: 80 },
  { reason: 'a suffix', path: 'template.revisionSuffix', sent: { template: { revisionSuffix: null } }, raw: '' },
  { reason: 'the grace period stays open', path: 'template.terminationGracePeriodSeconds', sent: {}, raw: null },
  { reason: 'the most replicas', path: 'template.scale.maxReplicas', sent: {}, raw: 10 },
  { reason: 'the fewest replicas stay open', path: 'template.scale.minReplicas', sent: {}, raw: null },
  { reason: 'the cooldown', path: 'template.scale.cooldownPeriod', sent: {}, raw: 300 },
  { reason: 'the polling interval', path: 'template.scale.pollingInterval', sent: {}, raw: 30 },
  { reason: 'no rules', path: 'template.scale.rules', sent: { scale: { rules: [] } }, raw: null },
  {
    reason: 'a rule of KEDA for a queue',
    path: 'template.scale.rules',
    sent: { configuration: { secrets }, scale: { rules: [queue] } },
    raw: [{ name: 'queue', azureQueue: { accountName: 'store', queueName: 'orders', queueLength: 7, auth: [{ secretRef: 'key', triggerParameter: 'connection' }] } }],
  },
  { reason: 'a rule of KEDA for http', path: 'template.scale.rules', sent: { scale: { rules: [{ name: 'web', custom: { type: 'http', metadata: { concurrentRequests: '50' } } }] } }, raw: [{ name: 'web', http: { metadata: { concurrentRequests: '50' } } }] },
  { reason: 'resources', path: 'template.containers.0.resources', sent: {}, raw: { cpu: 0.5, memory: '1Gi', ephemeralStorage: '2Gi' } },
  { reason: 'memory without a fraction', path: 'template.containers.0.resources', sent: { container: { resources: { cpu: 0.5, memory: '1.0Gi' } } }, raw: { cpu: 0.5, memory: '1Gi', ephemeralStorage: '2Gi' } },
  { reason: 'storage of a small container', path: 'template.containers.0.resources', sent: { container: { resources: { cpu: 0.25, memory: '0.5Gi' } } }, raw: { cpu: 0.25, memory: '0.5Gi', ephemeralStorage: '1Gi' } },
  // Recorded are small ones only; Microsoft's page on ephemeral storage has the steps: 1 Gi to 0.25 cores, 2 Gi to 0.5, 4 Gi to 1, 8 Gi above.
  { reason: 'storage below one core', path: 'template.containers.0.resources', sent: { container: { resources: { cpu: 0.75, memory: '1.5Gi' } } }, raw: { cpu: 0.75, memory: '1.5Gi', ephemeralStorage: '4Gi' } },
  { reason: 'storage of one core', path: 'template.containers.0.resources', sent: { container: { resources: { cpu: 1, memory: '2Gi' } } }, raw: { cpu: 1, memory: '2Gi', ephemeralStorage: '4Gi' } },
  { reason: 'storage above one core', path: 'template.containers.0.resources', sent: { container: { resources: { cpu: 1.25, memory: '2.5Gi' } } }, raw: { cpu: 1.25, memory: '2.5Gi', ephemeralStorage: '8Gi' } },
  { reason: 'storage of a large container', path: 'template.containers.0.resources', sent: { container: { resources: { cpu: 2, memory: '4Gi' } } }, raw: { cpu: 2, memory: '4Gi', ephemeralStorage: '8Gi' } },
  { reason: 'a workload profile', path: 'workloadProfileName', sent: {}, raw: 'Consumption' },
];

function bodyOf({ configuration, ingress, template, container, scale }: Row['sent'], name: string): object {
  const body = {
    location,
    properties: {
      environmentId: bench.environmentId,
      configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080, ...ingress }, ...configuration },
      template: { containers: [{ name: 'main', image: 'r.azurecr.io/web:1', ...container }], ...template, ...(scale && { scale }) },
    },
  };
  return JSON.parse(JSON.stringify(body).replaceAll('APP', name)) as object;
}

function at(holder: unknown, path: string): unknown {
  return path.split('.').reduce((value: unknown, key) => (value === null || value === undefined ? undefined : (value as Loose)[key]), holder);
}

describe('what nobody sent, or in other letters', () => {
  test.each(rows.map((row, index) => ({ ...row, name: `row-${index}` })))('$path: $reason', async ({ name, path, sent, raw, ...row }) => {
    expect((await bench.raw('PUT', `containerApps/${name}`, bodyOf(sent, name))).status).toBe(201);
    const wanted = JSON.parse(JSON.stringify(raw).replaceAll('APP', name)) as unknown;
    expect(at(await bench.settled(name), path)).toEqual(wanted);
    expect(at(await bench.client.containerApps.get(group, name), path)).toEqual('sdk' in row ? row.sdk : wanted);
  });
});

describe('when it is filled in', () => {
  test('the answer to a PUT still shows what was sent', async () => {
    const { status, body } = await bench.raw('PUT', 'containerApps/accepted', bodyOf({}, 'accepted'));
    expect({ status, body }).toMatchObject({ status: 201, body: { properties: { provisioningState: 'InProgress', configuration: { ingress: { traffic: null, fqdn: null } }, template: { revisionSuffix: null, scale: null } } } });
    expect(await bench.settled('accepted')).toMatchObject({ configuration: { ingress: { traffic: [{ weight: 100, latestRevision: true }], fqdn: `accepted.${bench.domain}` } }, template: { revisionSuffix: '', scale: { maxReplicas: 10 } } });
  });

  test.each([
    { reason: '2024-03-01 has no times of scaling', version: '2024-03-01', shown: { template: { scale: { maxReplicas: 10 } } }, absent: ['template.scale.cooldownPeriod', 'template.scale.pollingInterval', 'patchingMode'] },
    { reason: '2025-01-01 has them', version: '2025-01-01', shown: { template: { scale: { cooldownPeriod: 300, pollingInterval: 30 } } }, absent: ['patchingMode'] },
    { reason: 'previews show more', version: '2024-10-02-preview', shown: { patchingMode: 'Automatic', configuration: { ingress: { targetPortHttpScheme: null } }, template: { containers: [{ imageType: 'ContainerImage' }] } }, absent: [] },
  ])('$reason', async ({ version, shown, absent }) => {
    await bench.raw('PUT', 'containerApps/versions', bodyOf({}, 'versions'));
    await bench.settled('versions');
    const { client, wire } = bench.another({ apiVersion: version });
    await client.containerApps.get(group, 'versions');
    const properties = at(wire.exchanges[0]?.body, 'properties');
    expect(properties).toMatchObject(shown);
    expect(absent.filter((path) => at(properties, path) !== undefined)).toEqual([]);
  });
});

describe('what changes by itself', () => {
  test('outbound addresses: 150 of them, others with each look, where nothing was written (A1.6)', async () => {
    await bench.put('drifts', bench.app('r.azurecr.io/web:1', 'one'));
    const { outboundIpAddresses: first, ...before } = await bench.settled('drifts');
    const { outboundIpAddresses: second, ...after } = await bench.settled('drifts');
    expect(after).toEqual(before);
    for (const addresses of [first, second]) expect(new Set(addresses as string[]).size).toBe(150); // a list of texts, or it has no such size
    expect(second).not.toEqual(first);
  });
});

describe('the template of a revision is not the declared one (A1.3)', () => {
  test('references to secrets lead to `capp-<app>` (azure-container-apps#1705), and suffix, probes and storage are not those of the app', async () => {
    const env = [{ name: 'DB', secretRef: 'key' }, { name: 'PLAIN', value: 'x' }];
    const template = { revisionSuffix: 'one', containers: [{ name: 'main', image: 'r.azurecr.io/web:1', env }], scale: { minReplicas: 1 } };
    await bench.put('rewritten', bench.app('r.azurecr.io/web:1', 'one', { template, configuration: { activeRevisionsMode: 'Multiple', secrets } }));
    expect(at(await bench.settled('rewritten'), 'template.containers.0.env')).toEqual(env);
    const shown = at((await bench.raw('GET', 'containerApps/rewritten/revisions/rewritten--one')).body, 'properties.template');
    expect(shown).toMatchObject({ revisionSuffix: null, containers: [{ probes: [], resources: { cpu: 0.5, memory: '1Gi' } }] });
    expect(at(shown, 'containers.0.env')).toEqual([{ name: 'DB', secretRef: 'capp-rewritten' }, { name: 'PLAIN', value: 'x' }]);
    expect(at(shown, 'containers.0.resources')).not.toHaveProperty('ephemeralStorage');
    expect(at(await bench.client.containerAppsRevisions.getRevision(group, 'rewritten', 'rewritten--one'), 'template.containers.0.env.0')).toMatchObject({ secretRef: 'capp-rewritten' });
  });
});

describe('names and places (A1.4)', () => {
  test('ids, types, places, identities and times are written as the service writes them', async () => {
    const { id } = await bench.identity('id-Written');
    await bench.put('written', bench.app('r.azurecr.io/web:1', null, { identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } } }));
    const { body } = await bench.raw('GET', 'containerApps/written');
    expect(body).toMatchObject({
      id: expect.stringMatching(/\/providers\/Microsoft\.App\/containerapps\/written$/),
      type: 'Microsoft.App/containerApps',
      location: 'West Europe',
      systemData: { createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z?$/), lastModifiedAt: expect.stringMatching(/\.\d{7}Z?$/) },
      properties: { latestRevisionName: expect.stringMatching(/^written--[a-z0-9]{7}$/) },
    });
    const shown = Object.keys(at(body, 'identity.userAssignedIdentities') ?? {});
    expect(shown).toEqual([expect.stringMatching(/\/resourcegroups\/rg-contract\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/id-Written$/)]);
    // The SDK reads times with seven digits.
    const read = await bench.client.containerApps.get(group, 'WRITTEN');
    expect(read.systemData?.createdAt?.getTime()).toBeGreaterThan(Date.now() - 600_000);
    expect(read).toMatchObject({ name: 'written', location: 'West Europe' });
  });
});
