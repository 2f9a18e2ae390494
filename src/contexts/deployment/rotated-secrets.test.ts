import { expect, it } from 'vitest';
import { revisionOf, rolloutRelease, rolloutWorld, strategies, type RolloutWorld } from '../../../test/support/rollout-world.ts';
import { liveSecrets } from './domain/app-view.ts';

const { rollout } = strategies['all-at-once'];
const v = (version: number) => rolloutRelease(version, undefined, { rollout });

async function released(...versions: readonly number[]): Promise<RolloutWorld> {
  const world = rolloutWorld();
  for (const version of versions) await merged(world, version);
  return world;
}

async function merged(world: RolloutWorld, version: number): Promise<void> {
  await world.merge(version, [v(version)]);
  await world.drive();
  expect(world.progress().state).toBe('Completed');
}

/** Each release refers to one secret of its own. */
const count = (world: RolloutWorld): number => world.apps.list().flatMap(liveSecrets).length;

it('secrets of ended revisions stay while Azure keeps those, and go when it does not', async () => {
  const world = await released(1, 2, 3);
  expect(count(world)).toBe(3);
  world.apps.purge(world.app('checkout'), revisionOf(v(1)));
  await merged(world, 4);
  expect(count(world)).toBe(3);
  world.apps.purge(world.app('checkout'), revisionOf(v(2)));
  world.apps.purge(world.app('checkout'), revisionOf(v(3)));
  await merged(world, 5);
  expect(count(world)).toBe(2);
});

it('a revision that a person made keeps them all', async () => {
  const world = await released(1, 2);
  world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'by-hand' } } });
  world.apps.purge(world.app('checkout'), revisionOf(v(1)));
  await merged(world, 3);
  expect(count(world)).toBe(3);
});

it.each([
  { tag: '1.0.2-badimage', reason: 'a release that Azure made no revision of takes its secret along as it goes back', left: 1 },
  { tag: '1.0.2-crash', reason: 'one whose revision is there leaves it: that may be started again', left: 2 },
])('$reason', async ({ tag, left }) => {
  const world = await released(1);
  await world.merge(2, [rolloutRelease(2, tag, { rollout })]);
  await world.drive();
  expect([world.progress().state, count(world)]).toEqual(['RolledBack', left]);
});
