import { describe, expect, it } from 'vitest';
import { command } from '../../../test/support/commands.ts';
import { envelopeOf, testDelivery } from '../../../test/support/delivery.ts';
import { inAzure, tenant, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, tagsIn, type RolloutWorld } from '../../../test/support/rollout-world.ts';
import type { DesiredRollout } from '../../kernel/desired-state.ts';

const { rollout } = strategies.canary;
const by = 'octocat';
const wish = { environment: 'staging', by, reason: 'wrong day' };
const held: DesiredRollout = { ...rollout, onFailure: 'hold' };
const v = (version: number, how = rollout) => rolloutRelease(version, undefined, { rollout: how });

async function begun(how = rollout): Promise<RolloutWorld> {
  const world = rolloutWorld();
  await world.merge(1, [v(1, how)]);
  await world.drive();
  await world.merge(2, [v(2, how)]);
  return world;
}

const isIn = (state: string) => (world: DeploymentWorld): boolean => world.progress().state === state;

interface Moment {
  readonly reason: string;
  readonly until: (world: DeploymentWorld) => boolean;
  readonly how?: DesiredRollout;
  readonly end: 'Failed' | 'RolledBack';
  /** What is kept with the release. */
  readonly failure?: string;
}

const moments: readonly Moment[] = [
  { reason: 'it waits for what it needs', until: isIn('Provisioning'), end: 'Failed' },
  { reason: 'it waits for its configuration', until: isIn('Configuring'), end: 'Failed' },
  { reason: 'it has looked at nothing', until: isIn('RollingOut'), end: 'Failed' },
  { reason: 'its write is under way in Azure', until: (world) => world.progress().services.some(({ step }) => step === 'applying') && world.apps.list().some(({ provisioningState }) => provisioningState === 'InProgress'), end: 'RolledBack' },
  { reason: 'its first stage is judged', until: isIn('HealthGating'), end: 'RolledBack' },
  { reason: 'its weight is being set', until: isIn('Promoting'), end: 'RolledBack' },
  { reason: 'it is watched with all of the traffic', until: (world) => world.progress().services.some(({ weight }) => weight === 100), end: 'RolledBack' },
  { reason: 'it is held', until: isIn('Held'), how: held, end: 'RolledBack', failure: 'release desk: Its system fails it' },
];

async function at({ until, how = rollout, reason }: Moment): Promise<RolloutWorld> {
  const world = await begun(how);
  if (how === held) world.says.set(10, 'fail');
  await world.drive({ until });
  if (!until(world)) throw new Error(`it never came to where ${reason}`);
  return world;
}

describe('aborted while', () => {
  it.each(moments)('$reason, what ran before serves as before', async (moment) => {
    const world = await at(moment);
    const { again } = await command(world, 'AbortDeployment', wish);
    expect(world.progress()).toMatchObject({ state: moment.end === 'Failed' ? 'Failed' : 'RollingBack', reason: 'octocat took it back: wrong day' });
    await again();
    await world.drive({ twice: true });
    expect(world.progress()).toMatchObject({ state: moment.end, reason: 'octocat took it back: wrong day', services: [{ failure: { reason: moment.failure ?? 'octocat took it back: wrong day' } }] });
    expect(appIn(world).weights).toEqual({ [revisionOf(v(1))]: 100 });
    expect(tagsIn(world)['trueup-digest']).toBe(v(1).digest);
  });

  it.each(moments.filter(({ end }) => end === 'RolledBack'))('$reason, the weights are back within ten seconds, besides what Azure takes', async (moment) => {
    const world = await at(moment);
    const started = world.clock.now();
    await command(world, 'AbortDeployment', wish);
    await world.drive({ until: (now) => now.apps.weights('checkout').at(-1)?.weights.get(revisionOf(v(1))) === 100 && now.progress().services.every(({ step }) => step !== 'reviving') });
    // One operation of Azure takes twelve seconds here, and one may be under way.
    expect(world.clock.now() - started).toBeLessThan(10_000 + 2 * 12_000);
  });

  it('its way back goes before the looks at rollouts that do well', async () => {
    const world = await begun();
    await world.judged(10);
    const look = world.context.reactions.find(({ on }) => on === 'AdvanceDeployment');
    const outcome = () => look?.handle(envelopeOf('AdvanceDeployment', tenant, { environment: 'staging' }, world.clock), testDelivery(world.clock.now()));
    expect(await outcome()).toMatchObject({ end: 'wait', urgent: false });
    await command(world, 'AbortDeployment', wish);
    expect(await outcome()).toMatchObject({ end: 'wait', urgent: true });
    const advance = world.store.emitted.findLast(({ type }) => type === 'AdvanceDeployment');
    expect(advance?.payload).toEqual({ environment: 'staging', urgent: true });
  });

  it('nothing runs, nothing happens', async () => {
    const world = await begun();
    await world.drive();
    const [azure, emitted] = [inAzure(world), world.store.emitted.length];
    await command(world, 'AbortDeployment', wish);
    await world.drive();
    expect(inAzure(world)).toEqual(azure);
    expect(world.store.emitted.length).toBe(emitted);
  });

  it('one waits behind it, that one takes over', async () => {
    const world = await begun();
    await world.judged(10);
    await world.merge(3, [v(3)]);
    await command(world, 'AbortDeployment', wish);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 3 });
  });

  it('and delivered once more much later, the next deployment is left alone', async () => {
    const world = await begun();
    await world.judged(10);
    const { again } = await command(world, 'AbortDeployment', wish);
    await world.drive();
    await world.merge(3, [v(3)]);
    await world.judged(10);
    await again();
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 3 });
  });

  it('a rollback does the same to what runs', async () => {
    const world = await begun();
    await world.judged(10);
    await command(world, 'RollbackDeployment', { ...wish, services: ['checkout'] });
    await world.drive();
    expect(world.progress()).toMatchObject({ deploymentId: 'staging-2', state: 'RolledBack', reason: 'octocat took it back: wrong day' });
    expect(tagsIn(world)['trueup-rolled-back']).toBe(v(2).digest);
  });
});

describe('the one that took over has written nothing, and what serves had its watch cut short', () => {
  const untried = async (cutShort: boolean): Promise<RolloutWorld> => {
    const world = await begun();
    await world.drive(cutShort ? { until: (now) => now.progress().services.some(({ weight }) => weight === 100) } : {});
    await world.merge(3, [v(3)]);
    await world.drive({ until: (now) => now.progress().generation === 3 && now.progress().state === 'Provisioning' });
    return world;
  };
  const asked = (world: DeploymentWorld) => world.store.emitted.flatMap((message) => (message.type === 'RollbackDeployment' ? [message.payload] : []));

  it.each(['AbortDeployment', 'RollbackDeployment'] as const)('%s goes back to what was found good', async (type) => {
    const world = await untried(true);
    expect(appIn(world).weights).toEqual({ [revisionOf(v(2))]: 100 });
    await command(world, type, type === 'AbortDeployment' ? wish : { ...wish, services: [] });
    expect(world.progress()).toMatchObject({ state: 'Failed', generation: 3 });
    for (const payload of asked(world)) await command(world, 'RollbackDeployment', payload);
    await world.drive({ twice: true });
    expect(world.progress().state).toBe('RolledBack');
    expect(appIn(world).weights).toEqual({ [revisionOf(v(1))]: 100 });
    expect(tagsIn(world)['trueup-rolled-back']).toBe(v(2).digest);
  });

  it('what was found good stays', async () => {
    const world = await untried(false);
    await command(world, 'AbortDeployment', wish);
    const [azure, said] = [inAzure(world), world.progress()];
    for (const payload of asked(world)) await command(world, 'RollbackDeployment', payload);
    await world.drive();
    expect({ azure: inAzure(world), said: world.progress() }).toEqual({ azure, said });
    expect(appIn(world).weights).toEqual({ [revisionOf(v(2))]: 100 });
  });
});

describe('a pause', () => {
  it('lets no traffic move, and its end does', async () => {
    const world = await begun();
    await world.judged(10);
    const { again } = await command(world, 'PauseDeployments', { environment: 'staging', by });
    await again();
    await world.drive({ forMs: 3_600_000 });
    expect(world.progress()).toMatchObject({ hold: { why: 'paused', detail: 'Paused by octocat', until: null } });
    expect(world.progress().services).toMatchObject([{ weight: 10 }]);
    await command(world, 'ResumeDeployments', { environment: 'staging', by });
    await again();
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', hold: null });
  });

  it('of an environment that was never deployed to holds its first deployment', async () => {
    const world = rolloutWorld();
    await command(world, 'PauseDeployments', { environment: 'staging', by });
    await world.merge(1, [v(1)]);
    await world.drive({ forMs: 3_600_000 });
    expect(world.apps.list()).toEqual([]);
    expect((await world.context.standing?.(tenant, 'staging'))?.paused?.by).toBe(by);
    await command(world, 'ResumeDeployments', { environment: 'staging', by });
    await world.drive();
    expect(world.progress().state).toBe('Completed');
  });

  it('names whoever paused first', async () => {
    const world = await begun();
    await world.judged(10);
    await command(world, 'PauseDeployments', { environment: 'staging', by });
    await command(world, 'PauseDeployments', { environment: 'staging', by: 'hubot' });
    await world.drive({ forMs: 600_000 });
    expect(world.progress().hold?.detail).toBe('Paused by octocat');
  });

  it('is left by an abort', async () => {
    const world = await begun();
    await world.judged(10);
    await command(world, 'PauseDeployments', { environment: 'staging', by });
    await command(world, 'AbortDeployment', wish);
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
  });
});

describe('what is held', () => {
  it('is judged anew from zero when it is resumed, and goes on when it passes', async () => {
    const world = await at({ reason: 'it is held', until: isIn('Held'), how: held, end: 'RolledBack' });
    world.says.delete(10);
    const { again } = await command(world, 'ResumeDeployments', { environment: 'staging', by });
    expect(world.progress()).toMatchObject({ state: 'HealthGating', needs: null, services: [{ weight: 10, failure: null, gates: [] }] });
    const resumed = world.clock.now();
    await world.drive({ until: isIn('Promoting') });
    expect(world.clock.now() - resumed).toBeGreaterThanOrEqual(60_000);
    await again();
    await world.drive();
    expect(world.progress().state).toBe('Completed');
  });

  it('is held again when it fails again', async () => {
    const world = await at({ reason: 'it is held', until: isIn('Held'), how: held, end: 'RolledBack' });
    await command(world, 'ResumeDeployments', { environment: 'staging', by });
    await world.drive({ until: isIn('Held') });
    expect(world.progress().services).toMatchObject([{ weight: 10, failure: { weight: 10 } }]);
  });
});
