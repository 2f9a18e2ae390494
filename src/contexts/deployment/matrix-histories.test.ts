import { expect } from 'vitest';
import { failOnce } from '../../../test/support/delivery.ts';
import { fc, test } from '../../../test/support/property.ts';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, strategyNames, type RolloutWorld } from '../../../test/support/rollout-world.ts';

const staging = { environment: 'staging', by: 'octocat' };
const commands = {
  none: async () => undefined,
  abort: (world: RolloutWorld) => world.say('AbortDeployment', { ...staging, reason: 'octocat stopped it' }),
  pause: (world: RolloutWorld) => world.say('PauseDeployments', staging),
  resume: (world: RolloutWorld) => world.say('ResumeDeployments', staging),
  rollback: (world: RolloutWorld) => world.say('RollbackDeployment', { ...staging, services: [], reason: 'octocat asked for it' }),
} as const;
// The keys are those of the object above.
const commandNames = Object.keys(commands) as (keyof typeof commands)[];

/** A merge; then time passes, a person says something, and more time passes. */
const chapter = fc.record({
  version: fc.integer({ min: 2, max: 5 }),
  strategy: fc.constantFrom(...strategyNames),
  onFailure: fc.constantFrom('rollback' as const, 'hold' as const),
  minutes: fc.integer({ min: 0, max: 25 }),
  command: fc.constantFrom(...commandNames),
  later: fc.integer({ min: 0, max: 10 }),
});
/** The least weight at which each version turns out to be bad; null: never. */
const badAt = fc.record({ 2: fc.constantFrom(null, 0, 10), 3: fc.constantFrom(null, 50), 4: fc.constantFrom(null, 100), 5: fc.constant(null) });

const minute = 60_000;

test('whatever is merged, said and lost: nobody is served by what is known to be bad, and what serves in the end was known good', async () =>
  fc.assert(
    fc.asyncProperty(fc.array(chapter, { minLength: 1, maxLength: 5 }), badAt, fc.integer({ min: 100, max: 900 }), async (chapters, bad, fails) => {
      const world = rolloutWorld(failOnce(fails, fails % 2 === 0 ? 'before' : 'after'));
      const badAtOf = (version: number): number | null => ({ 1: null, ...bad })[version] ?? null;
      world.gates.verdict = ({ image, weight }) => ({ verdict: weight >= (badAtOf(Number(image.at(-1))) ?? 101) ? 'fail' : 'pass', detail: null });
      await world.merge(1, [rolloutRelease(1)]);
      await world.drive();
      for (const [index, { version, strategy, onFailure, minutes, command, later }] of chapters.entries()) {
        await world.merge(index + 2, [rolloutRelease(version, undefined, { rollout: { ...strategies[strategy].rollout, onFailure } })], { material: version });
        await world.drive({ forMs: minutes * minute });
        await commands[command](world);
        await world.drive({ forMs: later * minute });
      }
      await commands.resume(world);
      await world.drive({ forMs: 600 * minute });
      if (world.progress().state === 'Held') await commands.rollback(world);
      await world.drive();

      expect(['Completed', 'RolledBack', 'Failed']).toContain(world.progress().state);
      for (const { traffic } of world.apps.writes) {
        expect(traffic.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
        expect(traffic.every(({ revision }) => revision !== null)).toBe(true);
      }
      for (const { version, strategy } of chapters) {
        const name = revisionOf(rolloutRelease(version));
        const isOnce = chapters.every((other) => other.version !== version || other.strategy === strategy);
        const shown = strategies[strategy].weights.find((weight) => weight >= (badAtOf(version) ?? 101)) ?? 100;
        const most = Math.max(0, ...world.apps.writes.flatMap(({ traffic }) => traffic.filter(({ revision }) => revision === name).map(({ weight }) => weight)));
        if (isOnce) expect(most, `version ${version}`).toBeLessThanOrEqual(shown);
      }
      await served(world, world.progress().state !== 'Failed');
      await world.merge(chapters.length + 2, [rolloutRelease(6)], { material: 6 });
      await world.drive();
      expect(world.progress()).toMatchObject({ state: 'Completed', generation: chapters.length + 2 });
      await served(world, true);
    }),
    { numRuns: 20 },
  ));

/** Everybody by one release; `isGood`: that has passed everything. */
async function served(world: RolloutWorld, isGood: boolean): Promise<void> {
  const { weights } = appIn(world);
  const { knownGood } = await world.standing();
  expect(Object.values(weights)).toEqual([100]);
  if (isGood) expect(knownGood.map(({ revision }) => revision)).toContain(Object.keys(weights)[0]);
}
