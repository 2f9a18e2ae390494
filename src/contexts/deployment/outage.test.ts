import { describe, expect, it } from 'vitest';
import type { Faults } from '../../../test/support/delivery.ts';
import { deploymentWorld, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { release } from '../../../test/support/desired.ts';
import { HeldBack, Throttled, Unavailable } from '../../kernel/errors.ts';

const minute = 60_000;

interface Away extends Faults {
  /** What every call to Azure throws; null for none. */
  error: (() => Error) | null;
}

function away(): Away {
  const switched: Away = {
    error: null,
    calls: () => 0,
    methods: () => [],
    wrap: (port) => (isAzure(port) ? new Proxy(port, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function') return value;
        return (...given: readonly unknown[]): unknown => (switched.error === null ? Reflect.apply(value, target, given) : Promise.reject(switched.error()));
      },
    }) : port),
  };
  return switched;
}

function isAzure(port: object): boolean {
  return 'observe' in port;
}

async function underWay(world: DeploymentWorld): Promise<void> {
  world.declare(1, [release('checkout', '1.0.0')]);
  await world.start(1, ['checkout']);
  await world.tickUntil('RollingOut');
}

describe('while Azure is held back', () => {
  it('a deployment says so once, with the time at which it began, and goes on by itself', async () => {
    const faults = away();
    const world = deploymentWorld(faults);
    await underWay(world);
    const since = world.clock.now() - 30_000;
    faults.error = () => new HeldBack('Azure', { retryAfterMs: minute, since });
    await world.tick();
    expect(world.progress()).toMatchObject({ state: 'RollingOut', awaits: { system: 'Azure', since: new Date(since).toISOString() } });
    const told = world.store.emitted.length;
    for (let look = 0; look < 20; look += 1) await world.tick();
    expect(world.store.emitted.slice(told).filter(({ type }) => type.startsWith('RuntimeDeployment'))).toEqual([]);
    faults.error = null;
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Completed' });
    expect(world.progress()).not.toHaveProperty('awaits');
  });

  it.each([
    { reason: 'an outage', error: (since: number) => new HeldBack('Azure', { retryAfterMs: minute, since }) },
    { reason: 'a limit that Azure tells of', error: () => new Throttled('slow down', { retryAfterMs: 15 * minute }) },
  ])('the time that a deployment has stands still: $reason of hours', async ({ error }) => {
    const faults = away();
    const world = deploymentWorld(faults);
    await underWay(world);
    const began = world.clock.now();
    faults.error = () => error(began);
    while (world.clock.now() < began + 180 * minute) await world.tick();
    faults.error = null;
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Completed' });
  });

  it('a deployment that waits for other contexts says why it waits, and does not end by it', async () => {
    const world = deploymentWorld();
    world.declare(1, [release('checkout', '1.0.0')]);
    await world.send('Deploy', { environment: 'staging', commit: '1'.padStart(40, '0'), generation: 1, services: ['checkout'] });
    await world.tickUntil('Provisioning');
    world.azureAwaySince = world.clock.now();
    await world.tick();
    const { awaits } = world.progress();
    expect(awaits).toEqual({ system: 'Azure', since: new Date(world.azureAwaySince).toISOString() });
    const began = world.clock.now();
    while (world.clock.now() < began + 60 * minute) await world.tick();
    world.azureAwaySince = null;
    await world.tick();
    expect(world.progress()).toMatchObject({ state: 'Provisioning' });
  });

  it.each([
    { reason: 'one call that failed', error: new Unavailable('away', {}) },
    { reason: 'a short limit', error: new Throttled('slow down', { retryAfterMs: 1000 }) },
    { reason: 'a budget of our own', error: new HeldBack('Azure', { retryAfterMs: 1000, since: null }) },
  ])('$reason is left to the job, and no write to GitHub', async ({ error }) => {
    const faults = away();
    const world = deploymentWorld(faults);
    await underWay(world);
    faults.error = () => error;
    const told = world.store.emitted.length;
    await expect(world.tick()).rejects.toThrow(error);
    expect(world.store.emitted).toHaveLength(told);
  });
});
