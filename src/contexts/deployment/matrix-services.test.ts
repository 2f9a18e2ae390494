import { describe, expect, it } from 'vitest';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, tagsIn, type RolloutWorld } from '../../../test/support/rollout-world.ts';
import type { DesiredRollout } from '../../kernel/desired-state.ts';

const { rollout: canary, weights } = strategies.canary;
const both = (version: number, tag?: string, rollout: DesiredRollout = canary) => ({
  checkout: rolloutRelease(version, tag, { rollout }),
  catalog: rolloutRelease(version, undefined, { name: 'catalog', rollout: { ...canary, independent: false } }),
});
const list = ({ checkout, catalog }: ReturnType<typeof both>) => [checkout, catalog];
const desk = (world: RolloutWorld, service: string, failsAt: number): void => {
  world.gates.verdict = (question) => ({ verdict: question.service === service && question.weight === failsAt && question.commit.endsWith('2') ? 'fail' : 'pass', detail: null });
};

async function good(rollout: DesiredRollout = canary): Promise<RolloutWorld> {
  const world = rolloutWorld();
  await world.merge(1, list(both(1, undefined, rollout)));
  await world.drive();
  expect(world.progress().state).toBe('Completed');
  return world;
}

describe.each(weights.map((weight) => ({ weight })))('two services as one, of which one fails at $weight %', ({ weight }) => {
  it.each([{ twice: false }, { twice: true }])('both go back, and only one is quarantined; twice: $twice', async ({ twice }) => {
    const [v1, v2] = [both(1), both(2)];
    const world = await good();
    const before = [appIn(world, 'checkout'), appIn(world, 'catalog')];
    desk(world, 'checkout', weight);
    await world.merge(2, list(v2));
    await world.drive({ twice });
    expect(world.progress()).toMatchObject({ state: 'RolledBack' });
    expect(world.steps()).toEqual(['catalog restored', 'checkout restored']);
    for (const [index, name] of (['checkout', 'catalog'] as const).entries()) {
      const { weights: served, active } = appIn(world, name);
      expect({ served, active }).toEqual({ served: before[index]?.weights, active: [revisionOf(v1[name])] });
    }
    expect(tagsIn(world, 'checkout')['trueup-rolled-back']).toBe(v2.checkout.digest);
    expect(tagsIn(world, 'catalog')['trueup-rolled-back']).toBeUndefined();
    expect((await world.standing('catalog')).quarantined).toEqual([]);
    expect((await world.standing('catalog')).knownGood.map(({ digest }) => digest)).toEqual([v1.catalog.digest]);
  });

  it('an independent one goes back by itself, and the others go on', async () => {
    const alone = { ...canary, independent: true };
    const world = await good(alone);
    const [v1, v2] = [both(1, undefined, alone), both(2, undefined, alone)];
    desk(world, 'checkout', weight);
    await world.merge(2, list(v2));
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: expect.stringMatching(/^The others are deployed\. Not deployed: checkout/) });
    expect(appIn(world, 'checkout')).toMatchObject({ weights: { [revisionOf(v1.checkout)]: 100 }, active: [revisionOf(v1.checkout)] });
    expect(appIn(world, 'catalog')).toMatchObject({ weights: { [revisionOf(v2.catalog)]: 100 }, active: [revisionOf(v2.catalog)] });
    expect((await world.standing('checkout')).quarantined).toMatchObject([{ digest: v2.checkout.digest }]);
    expect((await world.standing('catalog')).knownGood.at(-1)).toMatchObject({ digest: v2.catalog.digest });
  });
});

describe('two services of which one takes longer to prove itself', () => {
  it.each([
    { independent: false, moves: false, reason: 'no traffic moves before both have passed without any' },
    { independent: true, moves: true, reason: 'an independent one waits for nobody' },
  ])('$reason', async ({ independent, moves }) => {
    const world = await good({ ...canary, independent });
    const v2 = both(2, undefined, { ...canary, independent });
    let isSlow = true;
    world.gates.verdict = ({ service }) => ({ verdict: service === 'checkout' && isSlow ? 'inconclusive' : 'pass', detail: null });
    await world.merge(2, list(v2));
    await world.judged(0);
    // Below the limit of what is inconclusive, and long enough for steps of the other.
    await world.drive({ forMs: 460_000 });
    expect(Math.max(...world.sent(v2.catalog)) > 0).toBe(moves);
    expect(Math.max(...world.sent(v2.checkout))).toBe(0);
    isSlow = false;
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 2 });
    expect(world.sent(v2.catalog)).toEqual(weights);
  });
});

describe('a release that was taken back', () => {
  async function takenBack(): Promise<RolloutWorld> {
    const world = rolloutWorld();
    await world.merge(1, [rolloutRelease(1)]);
    await world.drive();
    world.says.set(10, 'fail');
    await world.merge(2, [rolloutRelease(2)]);
    await world.drive();
    world.says.clear();
    expect(world.progress().state).toBe('RolledBack');
    return world;
  }

  it('is refused when it is merged again as it is, with the reason; also when the store was emptied', async () => {
    for (const isForgotten of [false, true]) {
      const world = await takenBack();
      if (isForgotten) world.store.clear();
      const before = world.apps.writes.length;
      await world.merge(3, [rolloutRelease(2)], { material: 2 });
      await world.drive();
      expect(world.progress()).toMatchObject({ state: 'Failed', reason: expect.stringContaining('rolled back before') });
      expect(world.apps.writes.length).toBe(before);
      expect(appIn(world).weights).toEqual({ [revisionOf(rolloutRelease(1))]: 100 });
    }
  });

  it('is refused after its revert too', async () => {
    const world = await takenBack();
    await world.merge(3, [rolloutRelease(1)], { material: 1 });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 3 });
    await world.merge(4, [rolloutRelease(2)], { material: 2 });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', generation: 4, reason: expect.stringContaining('rolled back before') });
    expect(appIn(world).weights).toEqual({ [revisionOf(rolloutRelease(1))]: 100 });
  });

  it('makes way for a fix', async () => {
    const world = await takenBack();
    const v3 = rolloutRelease(3);
    await world.merge(3, [v3]);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 3 });
    expect(world.sent(v3)).toEqual(weights);
    expect(tagsIn(world)['trueup-rolled-back']).toBeUndefined();
  });
});

describe('/trueup rollback', () => {
  const ask = { environment: 'staging', by: 'octocat', reason: 'octocat asked for it' };

  async function completed(): Promise<RolloutWorld> {
    const world = rolloutWorld();
    for (const version of [1, 2]) {
      await world.merge(version, [rolloutRelease(version), rolloutRelease(version, undefined, { name: 'catalog' })]);
      await world.drive();
    }
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 2 });
    return world;
  }

  it.each([
    { reason: 'one that is named', services: ['checkout'], back: ['checkout'] },
    { reason: 'all of the last deployment', services: [], back: ['catalog', 'checkout'] },
  ])('takes a completed release back to the known good one before it: $reason', async ({ services, back }) => {
    const world = await completed();
    await world.say('RollbackDeployment', { ...ask, services: [...services] });
    await world.drive();
    for (const name of ['catalog', 'checkout']) {
      const version = back.includes(name) ? 1 : 2;
      const release = rolloutRelease(version, undefined, { name });
      expect(appIn(world, name)).toMatchObject({ weights: { [revisionOf(release)]: 100 }, active: [revisionOf(release)], body: { properties: { template: release.app.properties.template } } });
      const { knownGood, quarantined } = await world.standing(name);
      expect(knownGood.at(-1)?.digest).toBe(release.digest);
      expect(quarantined.map(({ digest }) => digest)).toEqual(back.includes(name) ? [rolloutRelease(2, undefined, { name }).digest] : []);
    }
  });

  it('does it once, however often it arrives', async () => {
    const world = await completed();
    await world.say('RollbackDeployment', { ...ask, services: ['checkout'] });
    await world.drive({ twice: true });
    const before = world.apps.writes.length;
    await world.drive({ twice: true });
    expect(world.apps.writes.length).toBe(before);
  });
});
