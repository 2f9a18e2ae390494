import { expect, it } from 'vitest';
import { failOnce, type Faults } from '../../../test/support/delivery.ts';
import { commitAt, deploymentWorld, inAzure, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { release } from '../../../test/support/desired.ts';

/** checkout fails and takes catalog back with it; a fix of checkout alone brings both. */
async function play(faults?: Faults): Promise<DeploymentWorld> {
  const world = deploymentWorld(faults, { lookMs: 6000, gateMs: 60_000, operationMs: 60_000 });
  const releases = [['1.0.0', '1.0.0'], ['2.0.0-crash', '1.0.1'], ['2.0.1', '1.0.1']] as const;
  for (const [index, [checkout, catalog]] of releases.entries()) {
    world.declare(index + 1, [release('checkout', checkout), release('catalog', catalog)]);
    await world.deploy(index + 1, index === 2 ? ['checkout'] : ['checkout', 'catalog']);
  }
  return world;
}

/** A lost answer of a read is like a delivery that came a second later: every fifth is enough, and all of the writes. */
const writing: ReadonlySet<string> = new Set(['create', 'patch', 'activate', 'deactivate']);

it('what went back with another is brought in the end when the answer of a call is lost, and nothing is sent twice', async () => {
  const counting = failOnce(0, 'after');
  const calm = await play(counting);
  expect(calm.states().filter((state) => ['Completed', 'RolledBack', 'Failed'].includes(state))).toEqual(['Completed', 'RolledBack', 'Completed']);
  const calls = counting.methods().flatMap((method, index) => (writing.has(method) || index % 5 === 0 ? [index + 1] : []));
  expect(calls.length).toBeGreaterThan(20);
  for (const call of calls) {
    const world = await play(failOnce(call, 'after'));
    expect([world.progress().state, world.apps.writes.length, inAzure(world)], `the answer of call ${call} is lost`).toEqual(['Completed', calm.apps.writes.length, inAzure(calm)]);
  }
}, 120_000);

it('every message that comes twice changes nothing more', async () => {
  const world = await play();
  const before = { azure: inAzure(world), writes: world.apps.writes.length, stored: JSON.stringify(world.store.snapshot()) };
  for (const generation of [1, 2, 3]) await world.send('Deploy', { environment: 'staging', commit: commitAt(generation), generation, services: ['checkout', 'catalog'] });
  await world.advance();
  expect({ azure: inAzure(world), writes: world.apps.writes.length, stored: JSON.stringify(world.store.snapshot()) }).toEqual(before);
});
