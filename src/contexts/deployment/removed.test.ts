import { describe, expect, it } from 'vitest';
import { testClock } from '../../../test/support/delivery.ts';
import { commitAt, deploymentWorld, tenant, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { desiredSecretBinding, desiredService, memoryDesired } from '../../../test/support/desired.ts';
import { memoryStore } from '../../../test/support/memory-store.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { DesiredStateReader } from '../../kernel/ports.ts';
import { deploymentQueue, queueKey } from './domain/deployment-queue.ts';

const about = (generation: number) => ({ environment: 'staging', commit: commitAt(generation), generation });
const binding = desiredSecretBinding();
const payments = desiredService({ name: 'payments', secrets: [binding.name] });
const cart = desiredService({ name: 'cart' });
const catalog = desiredService({ name: 'catalog' });
const secrets: Partial<DesiredEnvironment> = { secrets: [binding] };

async function owed({ store }: DeploymentWorld): Promise<readonly string[]> {
  return Object.keys((await store.load(queueKey(tenant, 'staging'), deploymentQueue))?.value.owed ?? {});
}

async function bind(world: DeploymentWorld, generation: number): Promise<void> {
  world.clock.advance(60_000);
  const from = world.store.emitted.length;
  await world.send('SecretBound', { ...about(generation), binding: binding.name, tenant: 'contoso', digest: binding.digest });
  await world.follow(from);
}

/** payments lacks its secret. */
async function lacking(world = deploymentWorld()): Promise<DeploymentWorld> {
  world.declare(1, [payments], secrets);
  await world.send('SecretBindingRefused', { ...about(1), binding: binding.name, tenant: 'contoso', reason: 'There is no such secret', needs: 'Create it.' });
  expect(await world.deploy(1, ['payments'])).toMatchObject({ state: 'Failed' });
  return world;
}

describe('a service that did not arrive and is removed from Git', () => {
  it('makes no deployment of nothing when what it lacked is there: that would be green', async () => {
    const world = await lacking();
    world.declare(2, [], secrets);
    const before = world.states();
    await bind(world, 2);
    expect(world.states()).toEqual(before);
    expect(await owed(world)).toEqual([]);
  });

  it('is owed no more after a deployment of another', async () => {
    const world = await lacking();
    world.declare(2, [cart]);
    expect(await world.deploy(2, ['cart'])).toMatchObject({ state: 'Completed', services: [{ service: 'cart' }] });
    expect(await owed(world)).toEqual([]);
  });

  it('stays owed while it is declared wrongly', async () => {
    const world = await lacking();
    world.declare(2, [cart], { invalid: [{ kind: 'RuntimeService', name: 'payments' }] });
    await world.deploy(2, ['cart']);
    expect(await owed(world)).toEqual(['payments']);
  });

  it('stays owed while a file that cannot be read may hide it: only what is known beside the commit says that it is declared', async () => {
    const desired = memoryDesired();
    let hidden: DesiredEnvironment['invalid'] = [];
    const reader: DesiredStateReader = {
      at: desired.at,
      async current(...where) {
        const now = await desired.current(...where);
        return now && { ...now, environment: now.environment && { ...now.environment, invalid: hidden } };
      },
    };
    const world = deploymentWorld(undefined, {}, { clock: testClock(), store: memoryStore(), reader });
    const declare = (generation: number, environment: DesiredEnvironment): void => desired.declare(commitAt(generation), generation, environment);
    declare(1, world.declare(1, [payments], secrets));
    await lacking(world);
    hidden = [{ kind: 'RuntimeService', name: 'payments' }];
    declare(2, world.declare(2, [cart], secrets));
    await world.deploy(2, ['cart']);
    expect(await owed(world)).toEqual(['payments']);
    hidden = [];
    declare(3, world.declare(3, [cart, payments, catalog], secrets));
    await world.send('SecretBound', { ...about(3), binding: binding.name, tenant: 'contoso', digest: binding.digest });
    expect(await world.deploy(3, ['catalog'])).toMatchObject({ state: 'Completed' });
    expect(await owed(world)).toEqual([]);
  });
});

it('a deployment of nothing that is declared is never a success', async () => {
  const world = deploymentWorld();
  world.declare(1, [cart]);
  expect(await world.deploy(1, ['payments'])).toMatchObject({ state: 'Failed', services: [], reason: 'Commit 0000000 declares none of the services that were asked for' });
});
