import { describe, expect } from 'vitest';
import { configurationSecrets } from '../../src/contexts/configuration-secrets/context.ts';
import { environmentInventory } from '../../src/contexts/environment-inventory/context.ts';
import { boundedDesired, tenantIsolation } from '../../src/contexts/tenant-isolation/context.ts';
import type { Reaction } from '../../src/kernel/context.ts';
import { causedBy, emit, newOrigin, parseEnvelope, seal, type EmittedMessage, type Envelope } from '../../src/kernel/envelope.ts';
import { testClock, testDelivery, testIds } from '../support/delivery.ts';
import { desiredConfiguration, desiredEnvironment, desiredSecretBinding, desiredService, desiredTenantBinding, memoryDesired } from '../support/desired.ts';
import { grant, memoryGrants, owner } from '../support/grants.ts';
import { memoryEnvironment } from '../support/memory-environment.ts';
import { memoryStore } from '../support/memory-store.ts';
import { memoryVaults } from '../support/memory-vaults.ts';
import { fc, test } from '../support/property.ts';

/** What must be said before production is deployed to, by the three contexts that meet only through messages. */
const commit = 'a'.repeat(40);
const binding = desiredTenantBinding();
const configuration = desiredConfiguration();
const secret = desiredSecretBinding();
const service = desiredService({ secrets: [secret.name], configuration: configuration.name });
const prod = desiredEnvironment({ stage: 'prod', identities: [secret.identity], bindings: [binding], configurations: [configuration], secrets: [secret], services: [service] });

const at = { environment: prod.name, commit, generation: 1 };
const commands: readonly EmittedMessage[] = [
  emit('BindTenant', owner, { ...at, tenant: 'contoso' }),
  emit('ProvisionEnvironment', owner, at),
  emit('PublishConfiguration', owner, { ...at, configuration: configuration.name, tenant: 'contoso' }),
  emit('BindSecret', owner, { ...at, binding: secret.name, tenant: 'contoso' }),
];

interface Pending {
  readonly envelope: Envelope;
  readonly reaction: Reaction;
  readonly publishedAt: number;
  readonly attempt: number;
}

function world(environment = prod, grants = memoryGrants()) {
  const store = memoryStore();
  const clock = testClock();
  const azure = memoryEnvironment();
  const { vaults, access, writes } = memoryVaults();
  const desired = memoryDesired();
  desired.declare(commit, 1, environment);
  const ports = { store, clock, desired: boundedDesired(desired, grants) };
  // The identity that environment-inventory makes is the one that configuration-secrets looks for.
  const found = { ...access, principal: async (...[tenant, place, name, signal]: Parameters<typeof access.principal>) => (await azure.resources.identity(tenant, place, name, signal))?.principalId ?? null };
  const contexts = [
    tenantIsolation({ store, desired, grants }),
    environmentInventory({ ...ports, resources: azure.resources, inventory: azure.inventory }),
    configurationSecrets({ ...ports, vaults, access: found }),
  ];
  const reactions = contexts.flatMap((context) => context.reactions);
  const pending: Pending[] = [];

  const publish = (message: EmittedMessage, cause: Envelope | null, times: number): void => {
    const origin = cause === null ? newOrigin('test', testIds) : causedBy(cause);
    const envelope = parseEnvelope(seal(message, origin, testIds.uuid(), clock));
    const to = reactions.filter(({ on }) => on === envelope.eventType);
    for (let n = 0; n < times; n += 1) pending.push(...to.map((reaction) => ({ envelope, reaction, publishedAt: clock.now(), attempt: 0 })));
  };

  /** Delivers everything, `choose` deciding what comes next; what waits goes back among the others. */
  async function settle(choose: (count: number) => number, times: number): Promise<void> {
    for (let deliveries = 0; pending.length > 0; deliveries += 1) {
      if (deliveries > 5000) throw new Error(`still pending: ${pending.map(({ reaction }) => reaction.name).join(', ')}`);
      const [next] = pending.splice(choose(pending.length) % pending.length, 1);
      if (next === undefined) continue;
      const outcome = await next.reaction.handle(next.envelope, testDelivery(next.publishedAt, next.attempt));
      store.apply(outcome);
      outcome.emits.forEach((message) => publish(message, next.envelope, times));
      clock.advance(1000);
      if (outcome.end === 'wait') pending.push({ ...next, attempt: next.attempt + 1 });
    }
  }
  return { store, azure, vaultWrites: writes, settle, sync: (times = 1) => commands.forEach((command) => publish(command, null, times)) };
}

const inOrder = () => 0;
const said = (messages: readonly EmittedMessage[]) => new Set(messages.map(({ type, payload }) => JSON.stringify([type, payload])));
const azureWrites = ['ensureResourceGroup rg-storefront-staging', 'createManagedEnvironment cae-storefront-staging', 'ensureIdentity id-storefront'];
const vaultWrites = ['grantRead kv-storefront principal-id-storefront'];

describe('before a deployment', () => {
  test('everything that it waits for is said, with the digests of its commit', async () => {
    const { store, azure, vaultWrites: granted, sync, settle } = world();
    sync();
    await settle(inOrder, 1);
    expect(store.emitted.filter(({ type }) => type !== 'RefreshInventory')).toMatchObject([
      { type: 'RuntimeTenantBound', payload: { ...at, tenant: 'contoso', digest: binding.digest } },
      { type: 'ConfigurationSynced', payload: { ...at, version: configuration.version } },
      { type: 'RuntimeEnvironmentProvisioned', payload: { ...at, digest: prod.digest } },
      { type: 'SecretBound', payload: { ...at, digest: secret.digest } },
    ]);
    expect([azure.writes, granted]).toEqual([azureWrites, vaultWrites]);
  });

  test('in whatever order messages come, and however often, the same is said and Azure is written the same', async () => {
    const calm = world();
    calm.sync();
    await calm.settle(inOrder, 1);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(20)), fc.integer({ min: 1, max: 3 }), async (choices, times) => {
        const wild = world();
        wild.sync(times);
        await wild.settle(() => choices.next().value ?? 0, times);
        expect([wild.azure.writes, wild.vaultWrites]).toEqual([azureWrites, vaultWrites]);
        expect(said(wild.store.emitted)).toEqual(said(calm.store.emitted));
      }),
      { numRuns: 40 },
    );
  });

  test('an emptied store and the same commands again say the same and write nothing', async () => {
    const { store, azure, vaultWrites: granted, sync, settle } = world();
    sync();
    await settle(inOrder, 1);
    const before = said(store.emitted);
    store.clear();
    store.emitted.length = 0;
    sync();
    await settle(inOrder, 1);
    expect(said(store.emitted)).toEqual(before);
    expect([azure.writes, granted]).toEqual([azureWrites, vaultWrites]);
  });

  test.each([
    { reason: 'over quota', environment: { ...prod, bindings: [desiredTenantBinding({ quota: { services: 0, replicas: null, cpu: null, memory: null } })] }, grants: memoryGrants() },
    { reason: 'a resource group that is not granted', environment: prod, grants: memoryGrants({ [owner]: grant({ resourceGroups: [] }) }) },
    { reason: 'a vault that is not granted', environment: prod, grants: memoryGrants({ [owner]: grant({ vaults: [] }) }) },
  ])('$reason: refused everywhere, and Azure is not asked', async ({ environment, grants }) => {
    const { store, azure, vaultWrites: granted, sync, settle } = world(environment, grants);
    sync();
    await settle(inOrder, 1);
    expect(store.emitted.map(({ type }) => type).sort()).toEqual(['RuntimeEnvironmentProvisioningFailed', 'RuntimeTenantBindingRefused', 'SecretBindingRefused']);
    expect([azure.calls, azure.writes, granted]).toEqual([[], [], []]);
  });
});
