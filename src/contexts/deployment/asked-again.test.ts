import { describe, expect, it } from 'vitest';
import { commitAt, deploymentWorld, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { desiredEnvironment, desiredSecretBinding, desiredService } from '../../../test/support/desired.ts';

const about = (generation: number) => ({ environment: 'staging', commit: commitAt(generation), generation });
const binding = desiredSecretBinding();
const payments = desiredService({ name: 'payments', secrets: [binding.name] });
const asked = (world: DeploymentWorld): readonly string[] => world.store.emitted.flatMap(({ type }) => (['BindTenant', 'ProvisionEnvironment', 'PublishConfiguration', 'BindSecret'].includes(type) ? [type] : []));
const provision = (world: DeploymentWorld, generation: number) => world.send('RuntimeEnvironmentProvisioned', { ...about(generation), digest: desiredEnvironment().digest, managedEnvironmentId: 'id', defaultDomain: 'd' });

async function waiting(): Promise<DeploymentWorld> {
  const world = deploymentWorld();
  world.declare(1, [payments], { secrets: [binding] });
  await world.send('Deploy', { ...about(1), services: ['payments'] });
  return world;
}

async function tickFor(world: DeploymentWorld, ms: number): Promise<void> {
  const until = world.clock.now() + ms;
  while (world.clock.now() < until && world.progress().state !== 'Completed') await world.tick();
}

describe('an answer that does not come', () => {
  it('is asked for anew, less and less often, until the time is over', async () => {
    const world = await waiting();
    await tickFor(world, 4 * 60_000);
    expect(asked(world), 'it may be on its way').toEqual([]);
    await tickFor(world, 2 * 60_000);
    expect(asked(world)).toEqual(['ProvisionEnvironment']);
    expect(world.store.emitted.find(({ type }) => type === 'ProvisionEnvironment')).toMatchObject({ payload: about(1) });
    await world.advance();
    expect(world.progress().state).toBe('Failed');
    expect(asked(world)).toEqual(['ProvisionEnvironment', 'ProvisionEnvironment', 'ProvisionEnvironment']);
  });

  it('is asked for in each state by its own time, and only what is missing', async () => {
    const world = await waiting();
    await tickFor(world, 6 * 60_000);
    await provision(world, 1);
    await tickFor(world, 4 * 60_000);
    expect([world.progress().state, asked(world)]).toEqual(['Configuring', ['ProvisionEnvironment']]);
    await tickFor(world, 2 * 60_000);
    expect(asked(world)).toEqual(['ProvisionEnvironment', 'BindSecret']);
    await world.send('SecretBound', { ...about(1), binding: binding.name, tenant: 'contoso', digest: binding.digest });
    await world.advance();
    expect(world.progress().state).toBe('Completed');
  });
});

describe('an environment that was removed from Git and is declared again', () => {
  it.each([
    { decommissioned: 2, state: 'Provisioning', reason: 'has to be provisioned again' },
    { decommissioned: 1, state: 'Completed', reason: 'an end that comes late takes nothing away' },
  ])('$reason', async ({ decommissioned, state }) => {
    const world = deploymentWorld();
    await provision(world, 2);
    await world.send('RuntimeEnvironmentDecommissioned', about(decommissioned));
    world.declare(3, [desiredService()]);
    await world.send('Deploy', { ...about(3), services: ['checkout'] });
    await tickFor(world, 4 * 60_000);
    expect(world.progress().state).toBe(state);
  });
});
