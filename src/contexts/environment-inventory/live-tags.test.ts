import { describe, expect, test } from 'vitest';
import { envelopeOf, runToEnd } from '../../../test/support/delivery.ts';
import { desiredEnvironment } from '../../../test/support/desired.ts';
import { commit, environmentWorld, prod } from '../../../test/support/environment-world.ts';
import { owner } from '../../../test/support/grants.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { parseTenantId } from '../../kernel/ids.ts';
import type { ObservedResource } from './ports.ts';
import { whenProvisionEnvironment } from './reactions/when-provision-environment.ts';
import { whenUnmanageEnvironment } from './reactions/when-unmanage-environment.ts';

const fabrikam = parseTenantId('100.7.fabrikam');

describe('what Azure says is not changed, whatever the store remembers', () => {
  test.each([
    { what: 'stage', change: { stage: 'dev' as const }, says: { reason: 'The stage of staging is staging and cannot become dev: what is provisioned cannot move.', needs: expect.stringContaining('Declare stage staging again') } },
    { what: 'region', change: { region: 'northeurope' }, says: { reason: expect.stringContaining('is in westeurope, and staging declares northeurope') } },
  ])('another $what than the live one, by a store that was emptied', async ({ change, says }) => {
    const { azure, store, declare, provision } = environmentWorld(desiredEnvironment());
    await provision();
    const resources = azure.snapshot();
    store.clear();
    declare(2, desiredEnvironment(change));
    expect((await provision(2)).last).toMatchObject({ end: 'stalled', ...says });
    expect(azure.snapshot()).toEqual(resources);
  });

  test('production that comes back as a lesser stage after it was removed', async () => {
    const { ports, store, clock, azure, declare, provision, bound } = environmentWorld(prod);
    await bound();
    await provision();
    declare(2);
    await runToEnd(whenUnmanageEnvironment(ports), envelopeOf('UnmanageEnvironment', owner, { environment: 'staging', commit, generation: 2 }), { store, clock });
    const resources = azure.snapshot();
    declare(3, desiredEnvironment({ stage: 'dev' }));
    expect((await provision(3)).last).toMatchObject({ end: 'stalled', reason: expect.stringContaining('The stage of staging is prod and cannot become dev') });
    expect(azure.snapshot()).toEqual(resources);
  });

  test('an environment of ours without a stage gets it', async () => {
    const { azure, store, provision } = environmentWorld(desiredEnvironment());
    await provision();
    for (const resources of [azure.groups, azure.environments] as Map<string, ObservedResource>[]) {
      for (const [name, resource] of resources) resources.set(name, { ...resource, tags: Object.fromEntries(Object.entries(resource.tags).filter(([tag]) => tag !== 'trueup-stage')) });
    }
    store.clear();
    await provision();
    expect(azure.writes.slice(2)).toEqual(['ensureResourceGroup rg-storefront-staging', 'tagManagedEnvironment cae-storefront-staging']);
    for (const { tags } of [...azure.groups.values(), ...azure.environments.values()]) expect(tags).toMatchObject({ 'trueup-stage': 'staging' });
  });
});

describe('two environments in one place', () => {
  const second = { name: 'alpha', tenant: 'fabrikam', stage: 'dev' as const };
  const rows: { reason: string; newcomer: DesiredEnvironment; empty: boolean }[] = [
    { reason: 'another tenant names the same managed environment', newcomer: desiredEnvironment(second), empty: false },
    { reason: 'the same with an emptied store', newcomer: desiredEnvironment(second), empty: true },
    { reason: 'the same tenant', newcomer: desiredEnvironment({ ...second, tenant: 'contoso' }), empty: false },
    { reason: 'another managed environment in the same resource group', newcomer: desiredEnvironment({ ...second, azure: { ...desiredEnvironment().azure, managedEnvironment: 'cae-alpha' } }), empty: true },
  ];

  test.each(rows)('the second is refused without a write and the first goes on: $reason', async ({ newcomer, empty }) => {
    const { azure, store, clock, ports, declare, provision } = environmentWorld(desiredEnvironment());
    await provision();
    const resources = azure.snapshot();
    if (empty) store.clear();
    declare(2, newcomer, desiredEnvironment({ identities: ['id-new'] }));
    const tenant = newcomer.tenant === 'fabrikam' ? fabrikam : owner;
    const { last } = await runToEnd(whenProvisionEnvironment(ports), envelopeOf('ProvisionEnvironment', tenant, { environment: 'alpha', commit, generation: 2 }), { store, clock });
    expect(last).toMatchObject({ end: 'stalled', reason: expect.stringContaining('carries the trueup tags of another tenant, environment or repository') });
    expect(azure.snapshot()).toEqual(resources);
    expect((await provision(2)).last).toMatchObject({ end: 'done', emits: [{ type: 'RuntimeEnvironmentProvisioned' }, { type: 'RefreshInventory' }] });
    expect(azure.writes.at(-1)).toBe('ensureIdentity id-new');
  });
});
