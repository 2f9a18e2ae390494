import { describe, expect, it } from 'vitest';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, strategyNames, tagsIn, type RolloutWorld, type StrategyName } from '../../../test/support/rollout-world.ts';
import { desiredService } from '../../../test/support/desired.ts';

interface At {
  readonly strategy: StrategyName;
  readonly weight: number;
}

const everywhere: readonly At[] = strategyNames.flatMap((strategy) => strategies[strategy].weights.map((weight) => ({ strategy, weight })));

const releases = ({ strategy }: At) => {
  const { rollout } = strategies[strategy];
  return { v1: rolloutRelease(1, undefined, { rollout }), v2: rolloutRelease(2, undefined, { rollout }), v3: rolloutRelease(3, undefined, { rollout }) };
};

/** The second release is judged with this weight. */
async function judged(at: At): Promise<RolloutWorld & ReturnType<typeof releases>> {
  const made = releases(at);
  const world = rolloutWorld();
  await world.merge(1, [made.v1]);
  await world.drive();
  await world.merge(2, [made.v2]);
  await world.judged(at.weight);
  return { ...world, ...made };
}

const minute = 60_000;
const staging = { environment: 'staging', by: 'octocat' };

/** A window of two hours has just opened, and the second release, judged with this weight, has not passed. */
async function frozen(at: At): Promise<ReturnType<typeof releases> & { readonly world: RolloutWorld; readonly opens: number }> {
  // The window opens at the next full minute after it gets there without one.
  const opens = Math.ceil(((await judged(at)).clock.now() + 1) / minute) * minute;
  const made = releases(at);
  const world = rolloutWorld();
  await world.merge(1, [made.v1]);
  await world.drive();
  const freezes = [{ cron: `${new Date(opens).getUTCMinutes()} ${new Date(opens).getUTCHours()} * * *`, timezone: 'Etc/UTC', durationMs: 120 * minute, reason: 'the sale' }];
  world.says.set(at.weight, 'inconclusive');
  await world.merge(2, [made.v2], { environment: { freezes } });
  await world.judged(at.weight);
  await world.drive({ forMs: opens - world.clock.now() });
  return { ...made, world, opens };
}

describe.each(everywhere)('$strategy, judged with $weight %', (at) => {
  it('makes way for a fix, and what is in between goes back first', async () => {
    const world = await judged(at);
    await world.merge(3, [world.v3]);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 3 });
    expect(world.states()).toContain('Superseded');
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(world.v3)]: 100 }, active: [revisionOf(world.v3)] });
    expect(world.apps.writes.flatMap(({ traffic }) => [traffic.filter(({ weight }) => weight > 0).length]), 'three releases never serve at a time').not.toContain(3);
    expect((await world.standing()).quarantined).toEqual([]);
    expect((await world.standing()).knownGood.map(({ digest }) => digest)).toEqual([world.v1.digest, world.v3.digest]);
  });

  it('makes way for its revert', async () => {
    const world = await judged(at);
    await world.merge(3, [world.v1], { material: 1 });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 3 });
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(world.v1)]: 100 }, active: [revisionOf(world.v1)] });
    expect(appIn(world).body).toMatchObject({ properties: { template: world.v1.app.properties.template } });
    expect((await world.standing()).quarantined).toEqual([]);
  });

  it('makes way for a fix that is bad as well: what was good serves, not what nobody had judged to its end', async () => {
    const world = await judged(at);
    await world.merge(3, [rolloutRelease(3, '1.0.3-crash', { rollout: strategies[at.strategy].rollout })]);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'RolledBack', generation: 3 });
    expect(appIn(world).weights).toEqual({ [revisionOf(world.v1)]: 100 });
  });

  it('is carried over by an unrelated service', async () => {
    const world = await judged(at);
    const catalog = desiredService({ name: 'catalog' });
    await world.merge(3, [world.v2, catalog], { asked: ['catalog'], material: 2 });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 3 });
    expect(world.steps()).toEqual(['catalog done', 'checkout done']);
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(world.v2)]: 100 }, active: [revisionOf(world.v2)] });
    expect((await world.standing()).knownGood.at(-1)).toMatchObject({ digest: world.v2.digest });
  });

  it('is aborted within ten seconds without Azure\'s own time', async () => {
    const world = await judged(at);
    const from = world.clock.now();
    const isMoved = (): boolean => (appIn(world).weights[revisionOf(world.v1)] ?? 0) === 100 && world.progress().state === 'RollingBack';
    await world.say('AbortDeployment', { ...staging, reason: 'octocat stopped it' });
    await world.drive({ until: isMoved });
    expect(world.clock.now() - from).toBeLessThan(10_000);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'RolledBack', reason: expect.stringContaining('octocat stopped it') as string });
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(world.v1)]: 100 }, active: [revisionOf(world.v1)] });
    expect(tagsIn(world)['trueup-rolled-back']).toBe(world.v2.digest);
    expect((await world.standing()).quarantined).toMatchObject([{ digest: world.v2.digest }]);
  });

  it('stands still while it is paused, is judged meanwhile, and goes on when it is resumed', async () => {
    const world = await judged(at);
    await world.say('PauseDeployments', staging);
    await world.drive({ forMs: 60 * minute });
    const isLast = at.weight === 100;
    expect(world.sent(world.v2).at(-1)).toBe(at.weight);
    if (isLast) expect(world.progress().state).toBe('Completed');
    else expect(world.progress()).toMatchObject({ hold: { why: 'paused', until: null } });
    await world.say('ResumeDeployments', staging);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', hold: null });
    expect(world.sent(world.v2)).toEqual(strategies[at.strategy].weights);
  });

  it('goes back while it is paused, when it turns out to be bad', async () => {
    const world = await judged(at);
    await world.say('PauseDeployments', staging);
    world.says.set(at.weight, 'fail');
    await world.drive({ forMs: 60 * minute });
    expect(world.progress().state).toBe('RolledBack');
    expect(appIn(world).weights).toEqual({ [revisionOf(world.v1)]: 100 });
  });

  it('comes to a safe point in a freeze that opens meanwhile, and goes on when it is over', async () => {
    const { world, opens, v2 } = await frozen(at);
    world.says.clear();
    await world.drive({ forMs: 60 * minute });
    expect(world.sent(v2).at(-1)).toBe(at.weight);
    if (at.weight < 100) expect(world.progress()).toMatchObject({ hold: { why: 'frozen', detail: expect.stringContaining('the sale'), until: new Date(opens + 120 * minute).toISOString() } });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', hold: null });
    if (at.weight < 100) expect(world.clock.now()).toBeGreaterThan(opens + 120 * minute);
    expect(world.sent(v2)).toEqual(strategies[at.strategy].weights);
  });

  it('goes back in a freeze, when it turns out to be bad', async () => {
    const { world, v1 } = await frozen(at);
    world.says.set(at.weight, 'fail');
    await world.drive({ forMs: 60 * minute });
    expect(world.progress().state).toBe('RolledBack');
    expect(appIn(world).weights).toEqual({ [revisionOf(v1)]: 100 });
  });
});

describe('a pause or a freeze from the start', () => {
  it('writes nothing, and lets the way back of a completed release pass', async () => {
    const { v1, v2, v3 } = releases({ strategy: 'canary', weight: 0 });
    const world = rolloutWorld();
    await world.merge(1, [v1]);
    await world.drive();
    await world.merge(2, [v2]);
    await world.drive();
    await world.say('PauseDeployments', staging);
    const before = world.apps.writes.length;
    await world.merge(3, [v3]);
    await world.drive({ forMs: 60 * minute });
    expect(world.apps.writes.length).toBe(before);
    expect(world.progress()).toMatchObject({ generation: 3, hold: { why: 'paused', detail: expect.stringContaining('octocat') } });
    await world.say('AbortDeployment', { ...staging, reason: 'not today' });
    await world.say('RollbackDeployment', { ...staging, services: ['checkout'], reason: 'octocat asked for it' });
    await world.drive({ forMs: 60 * minute });
    expect(appIn(world).weights).toEqual({ [revisionOf(v1)]: 100 });
  });
});
