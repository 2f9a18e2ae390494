import { describe, expect, it } from 'vitest';
import { deploymentWorld } from '../../../test/support/deployment-world.ts';
import { release } from '../../../test/support/desired.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';

describe('what the environment may not have as declared', () => {
  const refusedGuest: Partial<DesiredEnvironment> = { invalid: [{ kind: 'RuntimeService', name: 'guest' }] };

  it('is said, while the others are deployed', async () => {
    const world = deploymentWorld();
    world.declare(1, [release('cart', '1.0.0')], refusedGuest);
    expect(await world.deploy(1, ['cart', 'guest'])).toMatchObject({ state: 'Failed', reason: expect.stringContaining('guest') });
    expect(world.steps()).toEqual(['cart done', 'guest kept']);
  });

  it('alone is never a deployment that succeeded', async () => {
    const world = deploymentWorld();
    world.declare(1, [release('cart', '1.0.0')], refusedGuest);
    expect(await world.deploy(1, ['guest'])).toMatchObject({ state: 'Failed' });
    expect(world.apps.snapshot()).toEqual([]);
  });

  it('comes with the next deployment once it may', async () => {
    const world = deploymentWorld();
    world.declare(1, [release('cart', '1.0.0')], refusedGuest);
    await world.deploy(1, ['cart', 'guest']);
    world.declare(2, [release('cart', '1.0.1'), release('guest', '1.0.0')]);
    expect(await world.deploy(2, ['cart'])).toMatchObject({ state: 'Completed' });
    expect(world.steps()).toEqual(['cart done', 'guest done']);
  });
});

it('an app that somebody else takes over between the look and the write is left alone', async () => {
  const world = deploymentWorld();
  world.declare(1, [release('cart', '1.0.0')]);
  await world.deploy(1, ['cart']);
  world.declare(2, [release('cart', '1.0.1')]);
  await world.start(2, ['cart']);
  for (let count = 0; count < 20 && world.progress().services[0]?.step !== 'applying'; count += 1) await world.tick();
  expect(world.progress().services[0]?.step).toBe('applying');
  world.apps.byHand(world.app('cart'), { tags: { 'trueup-repository': '8' } });
  const writes = world.apps.writes.length;
  for (let count = 0; count < 20 && world.progress().state !== 'Failed'; count += 1) await world.tick();
  expect(world.progress()).toMatchObject({ state: 'Failed', reason: expect.stringContaining('managed by another repository') });
  expect(world.apps.writes.slice(writes)).toEqual([]);
  expect(world.apps.snapshot()).toMatchObject([{ revisions: [{ active: true }] }]);
});
