import { describe, expect, test } from 'vitest';
import { envelopeOf, failOnce, runToEnd } from '../../../../test/support/delivery.ts';
import { desiredEnvironment, desiredSecretBinding } from '../../../../test/support/desired.ts';
import { commit, environmentWorld, prod, type EnvironmentWorld } from '../../../../test/support/environment-world.ts';
import { owner } from '../../../../test/support/grants.ts';
import type { MemoryEnvironment } from '../../../../test/support/memory-environment.ts';
import { OutOfBounds, Rejected } from '../../../kernel/errors.ts';
import { whenProvisionEnvironment } from './when-provision-environment.ts';
import { whenRuntimeTenantBindingRefused } from './when-runtime-tenant-binding-refused.ts';

const place = desiredEnvironment().azure;
const staging = desiredEnvironment({ identities: ['id-storefront'] });
const writesOfAll = ['ensureResourceGroup rg-storefront-staging', 'createManagedEnvironment cae-storefront-staging', 'ensureIdentity id-storefront'];
const foreign = { 'trueup-tenant': 'contoso', 'trueup-environment': 'other', 'trueup-repository': '7' };
const managed = { id: '/environments/there', location: 'westeurope', tags: {}, provisioningState: 'Succeeded', defaultDomain: 'd.example' };

const key = `${owner}|RuntimeEnvironment|staging`;

describe('when ProvisionEnvironment', () => {
  test('makes group, managed environment and identities, tagged, and says that they are there', async () => {
    const { store, azure, provision } = environmentWorld(staging);
    await provision();
    expect(azure.writes).toEqual(writesOfAll);
    const tags = { 'trueup-tenant': 'contoso', 'trueup-environment': 'staging', 'trueup-repository': '7', 'trueup-project': 'storefront', 'trueup-trace': expect.stringMatching(/^trace-/) };
    for (const { tags: written } of [...azure.groups.values(), ...azure.environments.values()]) expect(written).toEqual({ ...tags, 'trueup-stage': 'staging' });
    for (const { tags: written } of azure.identities.values()) expect(written).toEqual(tags);
    expect(store.snapshot()[key]).toMatchObject({ status: 'Provisioned', intent: null, operation: null, provisioned: { stage: 'staging', region: 'westeurope' } });
    expect(store.emitted).toMatchObject([
      { type: 'RuntimeEnvironmentProvisioned', tenantId: owner, payload: { environment: 'staging', commit, generation: 1, digest: staging.digest, defaultDomain: 'blue.westeurope.azurecontainerapps.io' } },
      { type: 'RefreshInventory', payload: { environment: 'staging' } },
    ]);
  });

  test('every write follows a delivery that saved its intent, and no delivery makes two', async () => {
    const { azure, store, provision } = environmentWorld(staging);
    const seen: { intent: unknown; writes: number }[] = [];
    const apply = store.apply;
    store.apply = (outcome) => {
      apply(outcome);
      seen.push({ intent: (store.snapshot()[key] as { intent: unknown }).intent, writes: azure.writes.length });
    };
    await provision();
    for (const [index, { writes }] of seen.entries()) {
      const before = seen[index - 1] ?? { intent: null, writes: 0 };
      expect(writes - before.writes).toBe(before.intent === null ? 0 : 1);
    }
    expect(seen.at(-1)?.writes).toBe(3);
  });

  test('delivered twice, Azure is not written again and the events are repeated', async () => {
    const { store, azure, provision } = environmentWorld(staging);
    await provision();
    const [once, resources] = [store.snapshot(), azure.snapshot()];
    const { last } = await provision();
    expect(last.saves).toEqual([]);
    expect([store.snapshot(), azure.snapshot(), azure.writes]).toEqual([once, resources, writesOfAll]);
    expect(store.emitted.slice(2)).toEqual(store.emitted.slice(0, 2));
  });

  test('an emptied store is filled again from Azure, which stays as it is', async () => {
    const { store, azure, provision } = environmentWorld(staging);
    await provision();
    const [once, resources] = [store.snapshot(), azure.snapshot()];
    store.clear();
    await provision();
    expect([azure.snapshot(), azure.writes]).toEqual([resources, writesOfAll]);
    expect(store.snapshot()[key]).toEqual({ ...(once[key] as object), provisioned: expect.anything() });
    expect(store.emitted).toHaveLength(4);
  });

  test('adopts what is there without tags, and keeps the tags of others', async () => {
    const { azure, provision } = environmentWorld(staging);
    azure.groups.set(place.resourceGroup, { id: '/groups/g', location: 'northeurope', tags: { costCenter: '42' } });
    azure.environments.set(`${place.resourceGroup}/${place.managedEnvironment}`, managed);
    await provision();
    expect(azure.writes).toEqual(['ensureResourceGroup rg-storefront-staging', 'tagManagedEnvironment cae-storefront-staging', 'ensureIdentity id-storefront']);
    expect(azure.groups.get(place.resourceGroup)).toMatchObject({ location: 'northeurope', tags: { costCenter: '42', 'trueup-environment': 'staging' } });
  });

  test('an identity is tagged with the tenant whose secrets it reads', async () => {
    const { azure, provision } = environmentWorld({ ...staging, secrets: [desiredSecretBinding({ tenant: 'fabrikam' })] });
    await provision();
    expect([...azure.identities.values()][0]?.tags).toMatchObject({ 'trueup-tenant': 'fabrikam' });
  });

  test('a failed creation is reported with what to do, and tried again when asked again', async () => {
    const { store, azure, provision } = environmentWorld(staging);
    azure.ends = 'Failed';
    const { last } = await provision();
    expect(last).toMatchObject({ end: 'stalled', reason: 'Azure could not create managed environment cae-storefront-staging (ManagedEnvironmentCapacityError).' });
    expect(store.emitted).toMatchObject([{ type: 'RuntimeEnvironmentProvisioningFailed', payload: { environment: 'staging', needs: expect.stringContaining('re-run the check') } }]);
    expect(store.snapshot()[key]).toMatchObject({ status: 'Failed', operation: null, intent: null });
    await provision(2);
    expect(azure.writes.filter((write) => write.startsWith('create'))).toHaveLength(2);
  });

  test('a creation that never ends is given up', async () => {
    const { azure, provision } = environmentWorld(staging);
    azure.looks = null;
    const { last } = await provision(1, 1000);
    expect(last).toMatchObject({ end: 'stalled', reason: 'Azure did not finish managed environment cae-storefront-staging within 45 minutes.' });
  });

  test('what Git does not declare is not made', async () => {
    const { azure, provision, store } = environmentWorld(null);
    expect((await provision()).last).toMatchObject({ end: 'done', saves: [], emits: [] });
    expect([azure.writes, store.emitted]).toEqual([[], []]);
  });

  test('a message that a newer one has overtaken changes nothing', async () => {
    const { store, provision } = environmentWorld(staging);
    await provision(5);
    await provision(4);
    expect(store.emitted).toHaveLength(2);
  });
});

const refusals: { reason: string; prepare: (azure: MemoryEnvironment) => void; says: string }[] = [
  {
    reason: 'a group of another environment',
    prepare: ({ groups }) => groups.set(place.resourceGroup, { id: '/g', location: 'westeurope', tags: foreign }),
    says: 'Resource group rg-storefront-staging carries the trueup tags of another',
  },
  {
    reason: 'a managed environment of another repository',
    prepare: ({ groups, environments }) => {
      groups.set(place.resourceGroup, { id: '/g', location: 'westeurope', tags: {} });
      environments.set(`${place.resourceGroup}/${place.managedEnvironment}`, { ...managed, tags: { 'TRUEUP-Repository': '8' } });
    },
    says: 'Managed environment cae-storefront-staging carries the trueup tags of another',
  },
  {
    reason: 'a managed environment in another region',
    prepare: ({ groups, environments }) => {
      groups.set(place.resourceGroup, { id: '/g', location: 'westeurope', tags: {} });
      environments.set(`${place.resourceGroup}/${place.managedEnvironment}`, { ...managed, location: 'northeurope' });
    },
    says: 'is in northeurope, and staging declares westeurope',
  },
  {
    reason: 'a managed environment that is being deleted',
    prepare: ({ groups, environments }) => {
      groups.set(place.resourceGroup, { id: '/g', location: 'westeurope', tags: {} });
      environments.set(`${place.resourceGroup}/${place.managedEnvironment}`, { ...managed, provisioningState: 'ScheduledForDelete' });
    },
    says: 'is being deleted in Azure',
  },
];

describe('refused without a write', () => {
  test.each(refusals)('$reason', async ({ prepare, says }) => {
    const { azure, store, provision } = environmentWorld(staging);
    prepare(azure);
    const before = azure.snapshot();
    expect((await provision()).last).toMatchObject({ end: 'stalled' });
    expect(azure.snapshot()).toEqual(before);
    expect(store.emitted).toMatchObject([{ type: 'RuntimeEnvironmentProvisioningFailed', payload: { reason: expect.stringContaining(says) } }]);
  });

  test.each([
    { reason: 'stage', change: { stage: 'test' as const } },
    { reason: 'region', change: { region: 'northeurope' } },
  ])('another $reason of what is provisioned', async ({ reason, change }) => {
    const { azure, store, declare, provision } = environmentWorld(staging);
    await provision();
    const [once, resources] = [store.snapshot(), azure.snapshot()];
    declare(2, desiredEnvironment({ identities: ['id-storefront'], ...change }));
    expect((await provision(2)).last).toMatchObject({ end: 'stalled', reason: expect.stringContaining(`The ${reason} of staging is`) });
    expect([store.snapshot(), azure.snapshot()]).toEqual([once, resources]);
  });

  test('what lies out of the tenant’s bounds', async () => {
    const { ports, store, azure, clock } = environmentWorld(staging);
    const desired = { ...ports.desired, at: async () => Promise.reject(new OutOfBounds('Not yours.', { needs: 'Ask.' })) };
    const reaction = whenProvisionEnvironment({ ...ports, desired });
    await runToEnd(reaction, envelopeOf('ProvisionEnvironment', owner, { environment: 'staging', commit, generation: 1 }), { store, clock });
    expect(azure.calls).toEqual([]);
    expect(store.emitted).toMatchObject([{ type: 'RuntimeEnvironmentProvisioningFailed', payload: { reason: 'Not yours.', needs: 'Ask.' } }]);
  });
});

describe('production', () => {
  const refuse = ({ ports, store, clock }: EnvironmentWorld, generation = 1) =>
    runToEnd(whenRuntimeTenantBindingRefused(ports), envelopeOf('RuntimeTenantBindingRefused', owner, { tenant: 'contoso', environment: 'staging', commit, generation, reason: 'Over quota.', needs: 'Raise it.' }), { store, clock });

  test('needs a declared binding', async () => {
    const { azure, provision } = environmentWorld(desiredEnvironment({ stage: 'prod' }));
    expect((await provision()).last).toMatchObject({ end: 'stalled', needs: 'Declare a RuntimeTenantBinding for tenant contoso that names staging.' });
    expect(azure.calls).toEqual([]);
  });

  test('waits for the binding, and touches nothing before', async () => {
    const w = environmentWorld(prod);
    const envelope = envelopeOf('ProvisionEnvironment', owner, { environment: 'staging', commit, generation: 1 });
    const reaction = whenProvisionEnvironment(w.ports);
    await expect(runToEnd(reaction, envelope, w, { limit: 3 })).rejects.toThrow('still waiting');
    expect(w.azure.calls).toEqual([]);
    await w.bound();
    await runToEnd(reaction, envelope, w);
    expect(w.store.emitted[0]).toMatchObject({ type: 'RuntimeEnvironmentProvisioned' });
  });

  test('is refused when the binding is, with its reason', async () => {
    const w = environmentWorld(prod);
    await refuse(w);
    expect((await w.provision()).last).toMatchObject({ end: 'stalled', reason: 'Over quota.', needs: 'Raise it.' });
  });

  test('a refusal that is older than the question does not count', async () => {
    const w = environmentWorld(prod);
    await refuse(w, 1);
    await expect(w.provision(2, 3)).rejects.toThrow('still waiting');
  });

  test('a late answer to an older question does not undo a newer one', async () => {
    const w = environmentWorld(prod);
    await w.bound(2);
    await refuse(w, 1);
    expect((await w.provision(2)).last).toMatchObject({ end: 'done' });
  });

  test('does not wait for ever', async () => {
    expect((await environmentWorld(prod).provision(1, 1000)).last).toMatchObject({ end: 'stalled', reason: 'The binding of tenant contoso to staging was not decided in time.' });
  });
});

describe('what Azure refuses outright', () => {
  test('is said with its code: whoever waits for the environment must not wait in vain', async () => {
    const { ports, store, clock } = environmentWorld(staging);
    const createManagedEnvironment = () => Promise.reject(new Rejected('Azure refuses what was sent', { code: 'MaxNumberOfRegionalEnvironmentsInSubExceeded' }));
    const reaction = whenProvisionEnvironment({ ...ports, resources: { ...ports.resources, createManagedEnvironment } });
    const { last } = await runToEnd(reaction, envelopeOf('ProvisionEnvironment', owner, { environment: 'staging', commit, generation: 1 }), { store, clock });
    expect(last).toMatchObject({ end: 'stalled', reason: 'Azure refuses to set up environment staging (MaxNumberOfRegionalEnvironmentsInSubExceeded).' });
    expect(store.emitted).toMatchObject([{ type: 'RuntimeEnvironmentProvisioningFailed', payload: { environment: 'staging', generation: 1, needs: expect.stringContaining('limits and policies') } }]);
  });
});

describe('one call fails once', () => {
  test('and everything ends in the same world', async () => {
    const counted = failOnce(0, 'before');
    const calm = environmentWorld(staging, counted);
    await calm.provision();
    const calls = counted.calls();
    expect(calls).toBeGreaterThan(20);
    for (const when of ['before', 'after'] as const) {
      for (let failing = 1; failing <= calls; failing += 1) {
        const broken = environmentWorld(staging, failOnce(failing, when));
        const { thrown } = await broken.provision();
        expect(thrown, `call ${failing} ${when}`).toHaveLength(1);
        expect(untimed(broken.azure.snapshot()), `call ${failing} ${when}`).toEqual(untimed(calm.azure.snapshot()));
        expect(untimed(broken.store.snapshot()), `call ${failing} ${when}`).toEqual(untimed(calm.store.snapshot()));
        expect(broken.store.emitted, `call ${failing} ${when}`).toEqual(calm.store.emitted);
      }
    }
  });
});

/** Without traces and times, which differ between two runs of anything. */
function untimed(value: object): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/trace-[0-9a-f-]{36}/g, 'trace').replaceAll(/\d{4}-\d\d-\d\dT[0-9:.]+Z/g, 'time'));
}
