import { describe, expect, it } from 'vitest';
import { command } from '../../../test/support/commands.ts';
import { commitAt, tenant } from '../../../test/support/deployment-world.ts';
import { desiredEnvironment } from '../../../test/support/desired.ts';
import { revisionOf, rolloutRelease, rolloutWorld, strategies, tagsIn, type RolloutWorld } from '../../../test/support/rollout-world.ts';

const { rollout } = strategies['all-at-once'];
const v = (version: number) => rolloutRelease(version, undefined, { rollout });

/** The second release failed at its gate and was taken back. */
async function quarantined(): Promise<RolloutWorld> {
  const world = rolloutWorld();
  await world.merge(1, [v(1)]);
  await world.drive();
  world.says.set(100, 'fail');
  await world.merge(2, [v(2)]);
  await world.drive();
  world.says.clear();
  expect(world.progress().state).toBe('RolledBack');
  return world;
}

const untag = (world: RolloutWorld): void => world.apps.byHand(world.app('checkout'), { tags: { 'trueup-rolled-back': null } });

async function merged(world: RolloutWorld, generation: number, version: number): Promise<RolloutWorld> {
  await world.merge(generation, [v(version)], { material: version });
  await world.drive();
  return world;
}

describe('a release in quarantine', () => {
  it('is remembered with the gate that failed', async () => {
    const { quarantined: list } = await (await quarantined()).standing();
    expect(list).toMatchObject([{ digest: v(2).digest, commit: commitAt(2), image: v(2).image, reason: expect.stringContaining('release desk') as string }]);
  });

  it('is refused with the time and the gate', async () => {
    const world = await merged(await quarantined(), 3, 2);
    expect(world.progress().state).toBe('Failed');
    expect(world.progress().reason).toMatch(/was rolled back before and is not tried again as it is, at 2026-11-24 \d\d:\d\d UTC: .*release desk: Its system fails it/);
    expect(world.serving()).toBe(revisionOf(v(1)));
  });

  it('is refused still when a later release has cleared the tag', async () => {
    const world = await merged(await quarantined(), 3, 3);
    expect(world.progress().state).toBe('Completed');
    expect(tagsIn(world)).not.toHaveProperty('trueup-rolled-back');
    await merged(world, 4, 2);
    expect(world.progress()).toMatchObject({ state: 'Failed', needs: 'Merge a change of checkout; then re-run the check.' });
    expect(world.serving()).toBe(revisionOf(v(3)));
  });

  it('is tried again, and forgotten, when a person has removed the tag', async () => {
    const world = await quarantined();
    untag(world);
    await merged(world, 3, 2);
    expect(world.progress().state).toBe('Completed');
    expect((await world.standing()).quarantined).toEqual([]);
  });

  it('that a person let out stays out, though another release is applied first', async () => {
    const world = await quarantined();
    untag(world);
    await merged(world, 3, 3);
    await merged(world, 4, 2);
    expect(world.progress().state).toBe('Completed');
  });

  it('is not let out by the tag of a newer one', async () => {
    const world = await quarantined();
    world.says.set(100, 'fail');
    await merged(world, 3, 3);
    world.says.clear();
    untag(world);
    await merged(world, 4, 2);
    expect(world.progress().state).toBe('Failed');
    await merged(world, 5, 3);
    expect(world.progress().state).toBe('Completed');
  });

  it('that a person took back after it was good is not known good any more', async () => {
    const world = rolloutWorld();
    await merged(world, 1, 1);
    await merged(world, 2, 2);
    expect((await world.standing()).knownGood.map(({ commit }) => commit)).toEqual([commitAt(1), commitAt(2)]);
    await command(world, 'RollbackDeployment', { environment: 'staging', services: [], by: 'octocat', reason: 'wrong prices' });
    await world.drive();
    const standing = await world.standing();
    expect(standing.knownGood.map(({ commit }) => commit)).toEqual([commitAt(1)]);
    expect(standing.quarantined).toMatchObject([{ commit: commitAt(2), reason: 'octocat took it back: wrong prices' }]);
    await merged(world, 3, 2);
    expect(world.progress().state).toBe('Failed');
    await merged(world, 4, 4);
    expect(world.progress().state).toBe('Completed');
  });

  it.each([
    { reason: 'while the tag is there', cleared: false, hint: /^Change the service, or remove the tag trueup-rolled-back/ },
    { reason: 'after a later release', cleared: true, hint: /^Change the service\.$/ },
  ])('is told of on the pull request, $reason', async ({ cleared, hint }) => {
    const world = await quarantined();
    if (cleared) await merged(world, 3, 3);
    const plan = async (version: number) => world.context.plan?.({ tenantId: tenant, environment: 'staging', base: desiredEnvironment(), head: desiredEnvironment({ services: [v(version)] }) });
    expect((await plan(2))?.problems).toMatchObject([{ code: 'rolled-back-release', message: expect.stringContaining('release desk') as string, hint: expect.stringMatching(hint) as string }]);
    expect((await plan(4))?.problems).toEqual([]);
  });

  it('is refused by the tag alone when the store was emptied', async () => {
    const world = await quarantined();
    world.store.clear();
    await merged(world, 3, 2);
    expect(world.progress().state).toBe('Failed');
    expect(world.serving()).toBe(revisionOf(v(1)));
  });
});
