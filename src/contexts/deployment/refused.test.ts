import { describe, expect, it } from 'vitest';
import { failWhen, type Faults } from '../../../test/support/delivery.ts';
import { deploymentWorld, tenant, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { release } from '../../../test/support/desired.ts';
import { Rejected } from '../../kernel/errors.ts';


/** What is refused from now on: the port's method, and where it matters the name of the app. */
interface Refusing {
  method: string | null;
  app: string | null;
}

function refusing(refused: Refusing): Faults {
  return failWhen((method, [, id]) => {
    const isRefused = method === refused.method && (refused.app === null || JSON.stringify(id ?? null).includes(refused.app));
    return isRefused ? new Rejected('no', { code: 'Refused', field: 'name' }) : null;
  });
}

/** Both run 1.0.1; what ran before is there and sleeps. */
async function reverted(refused: Refusing): Promise<DeploymentWorld> {
  const world = deploymentWorld(refusing(refused), { gateMs: 60_000, writingMs: 300_000 });
  for (const [index, tag] of ['1.0.0', '1.0.1'].entries()) {
    world.declare(index + 1, [release('checkout', tag), release('catalog', tag)]);
    await world.deploy(index + 1, ['checkout', 'catalog']);
  }
  expect(world.progress().state).toBe('Completed');
  return world;
}

describe('what Azure refuses outside of a write ends the deployment', () => {
  it('a revert whose revision may not be started goes back, and only that service is to blame', async () => {
    const refused: Refusing = { method: null, app: null };
    const world = await reverted(refused);
    Object.assign(refused, { method: 'activate', app: 'checkout' });
    world.declare(3, [release('checkout', '1.0.0'), release('catalog', '1.0.2')]);
    expect(await world.deploy(3, ['checkout', 'catalog'])).toMatchObject({
      state: 'RolledBack',
      reason: 'checkout: its revision was there before and Azure refuses to start it (Refused, field name)',
      needs: 'Merge a change of checkout that makes another revision.',
    });
    expect(world.steps()).toEqual(['catalog restored', 'checkout restored']);
    const rolledBack = await Promise.all(['checkout', 'catalog'].map(async (name) => (await world.apps.observe(tenant, world.app(name), { aborted: false }))?.tags['trueup-rolled-back']));
    expect(rolledBack).toEqual([release('checkout', '1.0.0').digest, undefined]);
  });

  it.each([
    { method: 'observe', state: 'Failed', reason: 'the look before the first write' },
    { method: 'revision', state: 'RolledBack', reason: 'the look of the gate' },
    { method: 'probe', state: 'RolledBack', reason: 'the probe of the gate' },
    { method: 'operation', state: 'RolledBack', reason: 'the look at a write that runs' },
  ])('$reason: $method', async ({ method, state }) => {
    const refused: Refusing = { method: null, app: null };
    const world = await reverted(refused);
    const services = ['checkout', 'catalog'].map((name) => release(name, '1.0.2'));
    world.declare(3, services.map((one) => ({ ...one, ingress: { port: 80, external: true } })));
    Object.assign(refused, { method });
    // Azure shows everything again once the deployment has met the refusal.
    await world.start(3, ['checkout', 'catalog']);
    await world.tickUntil('RollingBack', 'Failed');
    expect(JSON.stringify(world.progress())).toContain('(Refused, field name)');
    refused.method = null;
    await world.advance();
    expect(world.progress().state).toBe(state);
  });

  it('on the way back holds up no other service, and ends with what a person must do when its time is over', async () => {
    const refused: Refusing = { method: null, app: null };
    const world = await reverted(refused);
    world.declare(3, [release('checkout', '1.0.2-crash'), release('catalog', '1.0.2')]);
    await world.start(3, ['checkout', 'catalog']);
    await world.tickUntil('RollingBack');
    Object.assign(refused, { method: 'revision', app: 'checkout' });
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: 'The way back did not end within 5 minutes', needs: expect.stringContaining('by hand') });
    expect(world.steps()).toEqual(['catalog restored', 'checkout reviving']);
    expect(world.progress().services.find(({ service }) => service === 'checkout')?.detail).toBe('Azure refuses a step of its way back (Refused, field name)');
  });

  it('a commit that cannot be read when it is asked for is a deployment that fails and says so, and is not lost', async () => {
    const refused: Refusing = { method: null, app: null };
    const world = await reverted(refused);
    world.declare(3, [release('checkout', '1.0.2'), release('catalog', '1.0.1')]);
    refused.method = 'at';
    expect(await world.deploy(3, ['checkout'])).toMatchObject({ state: 'Failed', reason: expect.stringMatching(/^What commit 0000000 declares for staging cannot be read \(Refused/), needs: expect.stringContaining('re-run the check') });
    refused.method = null;
    world.declare(4, [release('checkout', '1.0.2'), release('catalog', '1.0.2')]);
    await world.deploy(4, ['catalog']);
    expect(world.steps()).toEqual(['catalog done', 'checkout done']);
  });

  it.each([
    { until: 'Configuring', needs: 'See that the repository', reason: 'before anything was written' },
    { until: 'RollingBack', needs: 'Set the traffic', reason: 'on the way back' },
  ] as const)('a commit that cannot be read any more: $reason', async ({ until, needs }) => {
    const refused: Refusing = { method: null, app: null };
    const world = await reverted(refused);
    world.declare(3, [release('checkout', '1.0.2-crash'), release('catalog', '1.0.1')]);
    await world.start(3, ['checkout']);
    await world.tickUntil(until);
    refused.method = 'at';
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: expect.stringContaining('cannot be read'), needs: expect.stringContaining(needs) });
  });
});
