import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../test/support/property.ts';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, strategyNames } from '../../../test/support/rollout-world.ts';

const staging = { environment: 'staging', by: 'octocat' };

/** How often each release was told by the user's own system that it is well, by revision and weight. */
type Passes = Map<string, Set<number>>;

test('no weight is given to a release before its gates have passed with the weight before, and an abort at any delivery restores what was good', async () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...strategyNames),
      fc.boolean(),
      fc.integer({ min: 0, max: 45 }),
      fc.array(fc.constantFrom('pass' as const, 'pass' as const, 'inconclusive' as const, 'no-data' as const), { minLength: 1, maxLength: 6 }),
      async (strategy, independent, deliveries, answers) => {
        const world = rolloutWorld();
        const { rollout, weights } = strategies[strategy];
        const passes: Passes = new Map();
        let asked = 0;
        const isSecond = (image: string): boolean => image.endsWith('1.0.2');
        world.gates.verdict = ({ revision, weight, image }) => {
          const verdict = !isSecond(image) ? 'pass' : answers[asked++ % answers.length] ?? 'pass';
          if (verdict === 'pass') passes.set(revision, (passes.get(revision) ?? new Set()).add(weight));
          return { verdict, detail: null };
        };
        const names = ['checkout', 'catalog'];
        const releases = (version: number) => names.map((name) => rolloutRelease(version, undefined, { name, rollout: { ...rollout, independent: independent && name === 'catalog' } }));
        await world.merge(1, releases(1));
        await world.drive();
        expect(world.progress().state).toBe('Completed');
        await world.merge(2, releases(2));
        const before = world.apps.writes.length;
        for (let count = 0; count < deliveries; count += 1) {
          const written = world.apps.writes.length;
          await world.tick();
          expect(world.apps.writes.length - written, 'one write per delivery').toBeLessThanOrEqual(1);
          for (const { app, traffic } of world.apps.writes.slice(written)) {
            const revision = revisionOf(releases(2)[names.indexOf(app)] ?? rolloutRelease(2));
            const given = traffic.find((one) => one.revision === revision)?.weight ?? 0;
            const earlier = weights.filter((weight) => weight < given);
            expect([...(passes.get(revision) ?? [])], `${revision} got ${given} %`).toEqual(expect.arrayContaining(earlier));
          }
        }
        const wasOver = ['Completed', 'RolledBack', 'Failed'].includes(world.progress().state);
        const arrived = new Set(wasOver ? world.progress().services.flatMap(({ service, step }) => (step === 'done' ? [service] : [])) : []);
        await world.send('AbortDeployment', { ...staging, reason: 'octocat stopped it' });
        await world.drive();
        for (const { traffic } of world.apps.writes.slice(before)) expect(traffic.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
        for (const one of releases(1)) {
          const [good] = releases(arrived.has(one.name) ? 2 : 1).filter(({ name }) => name === one.name);
          expect(appIn(world, one.name).weights).toEqual({ [revisionOf(good ?? one)]: 100 });
        }
        if (!wasOver) expect(world.progress().state).toBe(world.progress().services.some(({ step }) => step === 'restored') ? 'RolledBack' : 'Failed');
      },
    ),
    { numRuns: 40 },
  ));

describe('a blue-green release', () => {
  const { rollout } = strategies['blue-green'];
  const [v1, v2] = [rolloutRelease(1, undefined, { rollout }), rolloutRelease(2, undefined, { rollout })];

  async function previewed() {
    const world = rolloutWorld();
    await world.merge(1, [v1]);
    await world.drive();
    world.apps.byHand(world.app('checkout'), { properties: { configuration: { ingress: { traffic: [{ revisionName: revisionOf(v1), weight: 100, label: 'stable' }] } } } });
    await world.merge(2, [v2]);
    await world.judged(0);
    return world;
  }

  it('has an address of its own before the switch, and people keep their labels', async () => {
    const world = await previewed();
    expect(world.apps.writes.at(-1)?.traffic).toEqual([
      { revision: revisionOf(v1), weight: 100, label: 'stable' },
      { revision: revisionOf(v2), weight: 0, label: 'trueup-next' },
    ]);
    expect(world.progress().services[0]?.detail).toContain('Preview: https://checkout---trueup-next.local.azurecontainerapps.io');
    await world.judged(100);
    expect(world.apps.writes.at(-1)?.traffic).toEqual([{ revision: revisionOf(v2), weight: 100, label: null }]);
  });

  it('loses the address when it is taken back', async () => {
    const world = await previewed();
    await world.send('AbortDeployment', { ...staging, reason: 'octocat stopped it' });
    await world.drive();
    expect(world.apps.writes.findLast(({ verb }) => verb === 'patch')?.traffic).toEqual([{ revision: revisionOf(v1), weight: 100, label: 'stable' }]);
  });

  it('keeps what served before for the time declared, and no longer; a deployment in between does not end it', async () => {
    const world = await previewed();
    await world.drive({ until: ({ progress }) => progress().state === 'Completed' });
    const active = [revisionOf(v1), revisionOf(v2)].toSorted();
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(v2)]: 100 }, active });
    await world.drive({ forMs: rollout.keepWarmMs / 2 });
    await world.merge(3, [v2], { material: 2 });
    await world.drive({ until: ({ progress }) => progress().generation === 3 && progress().state === 'Completed' });
    expect(world.progress()).toMatchObject({ generation: 3, services: [{ step: 'unchanged' }] });
    expect(appIn(world).active).toEqual(active);
    await world.drive();
    expect(appIn(world).active).toEqual([revisionOf(v2)]);
  });

  it('does not end what serves again', async () => {
    const world = await previewed();
    await world.drive({ until: ({ progress }) => progress().state === 'Completed' });
    world.apps.byHand(world.app('checkout'), { properties: { configuration: { ingress: { traffic: [{ revisionName: revisionOf(v1), weight: 40 }, { revisionName: revisionOf(v2), weight: 60 }] } } } });
    await world.drive();
    expect(appIn(world).active).toEqual([revisionOf(v1), revisionOf(v2)].toSorted());
  });
});

it('what a person does to an app while a rollout is paused before its write is what it goes back to', async () => {
  const world = rolloutWorld();
  await world.merge(1, [rolloutRelease(1)]);
  await world.drive();
  await world.merge(2, [rolloutRelease(2)]);
  await world.drive({ until: ({ progress }) => progress().services[0]?.step === 'applying' });
  await world.send('PauseDeployments', staging);
  await world.drive({ forMs: 60_000 });
  const traffic = [{ revisionName: 'checkout--hand', weight: 40 }, { revisionName: revisionOf(rolloutRelease(1)), weight: 60 }];
  world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'hand' }, configuration: { ingress: { traffic } } } });
  await world.send('ResumeDeployments', staging);
  world.says.set(10, 'fail');
  await world.drive();
  expect(world.progress().state).toBe('RolledBack');
  expect(world.sent(rolloutRelease(2)).slice(-3)).toEqual([0, 10, 0]);
  expect(appIn(world).weights).toEqual({ 'checkout--hand': 40, [revisionOf(rolloutRelease(1))]: 60 });
});
