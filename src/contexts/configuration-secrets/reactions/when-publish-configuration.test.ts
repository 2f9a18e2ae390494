import { describe, expect, test } from 'vitest';
import { envelopeOf, failOnce, runToEnd, testClock, type Faults } from '../../../../test/support/delivery.ts';
import { desiredConfiguration, desiredEnvironment, memoryDesired } from '../../../../test/support/desired.ts';
import { owner } from '../../../../test/support/grants.ts';
import { memoryStore } from '../../../../test/support/memory-store.ts';
import { memoryVaults } from '../../../../test/support/memory-vaults.ts';
import type { DesiredConfiguration } from '../../../kernel/desired-state.ts';
import { whenPublishConfiguration } from './when-publish-configuration.ts';

const commit = 'a'.repeat(40);
const off = desiredConfiguration();
const on = desiredConfiguration({ values: { FEATURE_NEW_CART: 'on' } });

function world(faults: Faults = failOnce(0, 'before')) {
  const store = memoryStore();
  const clock = testClock();
  const desired = memoryDesired();
  const publish = async (generation: number, ...configurations: DesiredConfiguration[]) => {
    desired.declare(commit, generation, desiredEnvironment({ configurations }));
    const reaction = whenPublishConfiguration({ ...memoryVaults(), store: faults.wrap(store), clock, desired: faults.wrap(desired) });
    const payload = { environment: 'staging', commit, generation, configuration: 'storefront', tenant: 'contoso' };
    return runToEnd(reaction, envelopeOf('PublishConfiguration', owner, payload), { store, clock });
  };
  return { store, clock, publish };
}

describe('when PublishConfiguration', () => {
  test('every version is kept, and going back to an old one publishes nothing', async () => {
    const { store, clock, publish } = world();
    await publish(1, off);
    clock.advance(60_000);
    await publish(2, on);
    const both = store.snapshot();
    expect(Object.keys(both)).toEqual([off, on].map(({ version }) => `${owner}|RuntimeConfiguration|staging.storefront.${version}`));
    clock.advance(60_000);
    await publish(3, off);
    expect(store.snapshot()).toEqual(both);
    expect(store.emitted).toMatchObject([off, on, off].map(({ version }, index) => ({ type: 'ConfigurationSynced', payload: { version, generation: index + 1 } })));
  });

  test('a published version is immutable', async () => {
    const { publish } = world();
    await publish(1, off);
    await expect(publish(2, { ...on, version: off.version })).rejects.toThrow('was published with other values');
  });

  test('what is declared no more is dealt with', async () => {
    const { store, publish } = world();
    expect((await publish(1)).last).toMatchObject({ end: 'done', emits: [] });
    expect(store.snapshot()).toEqual({});
  });

  test.each([1, 2].flatMap((failing) => (['before', 'after'] as const).map((when) => ({ failing, when, reason: `call ${failing} fails ${when} its effect` }))))('$reason', async ({ failing, when }) => {
    const { store, publish } = world(failOnce(failing, when));
    const { thrown } = await publish(1, off);
    expect([thrown.length, store.emitted.length, Object.keys(store.snapshot()).length]).toEqual([1, 1, 1]);
  });
});
