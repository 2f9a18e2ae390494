import { describe, expect, it } from 'vitest';
import { failOnce, type Faults } from '../../../test/support/delivery.ts';
import { deploymentWorld, inAzure, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { release } from '../../../test/support/desired.ts';

interface Scenario {
  readonly reason: string;
  readonly second: string;
  readonly ends: string;
}

const scenarios: readonly Scenario[] = [
  { reason: 'two services, one new, one updated', second: '1.0.1', ends: 'Completed' },
  { reason: 'one of two fails its gate', second: '2.0.0-crash', ends: 'RolledBack' },
];

async function firstDeployed({ second }: Scenario, faults?: Faults): Promise<DeploymentWorld> {
  const world = deploymentWorld(faults, { lookMs: 6000, gateMs: 60_000, operationMs: 60_000 });
  world.declare(1, [release('checkout', '1.0.0')]);
  await world.deploy(1, ['checkout']);
  world.declare(2, [release('checkout', second), release('catalog', '1.0.0')]);
  return world;
}

async function play(scenario: Scenario, faults?: Faults): Promise<DeploymentWorld> {
  const world = await firstDeployed(scenario, faults);
  await world.deploy(2, ['checkout', 'catalog']);
  return world;
}

/** After a loss, Git knows the commit that served and not its generation. */
function withoutGeneration(world: unknown): unknown {
  return JSON.parse(JSON.stringify(world, (key, value: unknown) => (['trueup-generation', 'trueup-trace', 'trueup-previous'].includes(key) ? undefined : value)));
}

/** The rest changes nothing: a lost answer is then the same as a call that was never made. */
const writing: ReadonlySet<string> = new Set(['create', 'patch', 'activate', 'deactivate']);

describe.each(scenarios)('$reason', (scenario) => {
  it('ends in the same world when any call fails once, and sends nothing twice', async () => {
    const counting = failOnce(0, 'before');
    const calm = await play(scenario, counting);
    expect(calm.progress().state).toBe(scenario.ends);
    const wanted = inAzure(calm);
    for (let call = 1; call <= counting.calls(); call += 1) {
      for (const when of writing.has(counting.methods()[call - 1] ?? '') ? (['before', 'after'] as const) : (['before'] as const)) {
        const world = await play(scenario, failOnce(call, when));
        expect(inAzure(world), `call ${call} fails ${when}`).toEqual(wanted);
        expect(world.progress().state, `call ${call} fails ${when}`).toBe(scenario.ends);
        expect(world.apps.writes.length, `call ${call} fails ${when}`).toBe(calm.apps.writes.length);
      }
    }
  }, 60_000);

  it('changes nothing when every message comes twice', async () => {
    const world = await play(scenario);
    const before = { azure: inAzure(world), writes: world.apps.writes.length, emitted: world.store.emitted.length };
    await world.deploy(2, ['checkout', 'catalog']);
    await world.advance();
    const advances = world.store.emitted.slice(before.emitted).filter(({ type }) => type !== 'AdvanceDeployment');
    expect({ azure: inAzure(world), writes: world.apps.writes.length, said: advances }).toEqual({ azure: before.azure, writes: before.writes, said: [] });
  });

  it('finds its way when the store is emptied between any two deliveries', async () => {
    const wanted = withoutGeneration(inAzure(await play(scenario)));
    for (let emptied = 1; emptied <= 30; emptied += 1) {
      const world = await firstDeployed(scenario);
      await world.start(2, ['checkout', 'catalog']);
      for (let ticks = 0; ticks < emptied; ticks += 1) await world.tick();
      world.store.clear();
      await world.deploy(2, ['checkout', 'catalog']);
      const isRefused = world.progress().state === 'Failed' && scenario.ends === 'RolledBack';
      expect(isRefused ? scenario.ends : world.progress().state).toBe(scenario.ends);
      expect(withoutGeneration(inAzure(world)), `emptied after ${emptied} deliveries`).toEqual(wanted);
    }
  }, 60_000);
});
