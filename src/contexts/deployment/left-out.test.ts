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
