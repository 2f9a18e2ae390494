import { describe, expect, it } from 'vitest';
import { desiredRollout } from '../../../test/support/desired.ts';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, type RolloutWorld } from '../../../test/support/rollout-world.ts';

const { rollout } = strategies.canary;
const [v1, v2] = [rolloutRelease(1), rolloutRelease(2)];
const [good, coming] = [revisionOf(v1), revisionOf(v2)];
const staging = { environment: 'staging', by: 'octocat' };
const isIn = (state: string) => ({ progress }: RolloutWorld | Parameters<NonNullable<Parameters<RolloutWorld['drive']>[0]>['until'] & object>[0]) => progress().state === state;

type Wire = { readonly revisionName?: string; readonly latestRevision?: boolean; readonly weight: number; readonly label?: string };

function byHand(world: RolloutWorld, traffic: readonly Wire[], template: object = {}): void {
  world.apps.byHand(world.app('checkout'), { properties: { template, configuration: { ingress: { traffic } } } });
}

async function judged(weight: number, before: readonly Wire[] | null = null): Promise<RolloutWorld> {
  const world = rolloutWorld();
  await world.merge(1, [v1]);
  await world.drive();
  if (before !== null) byHand(world, before, { revisionSuffix: 'hand' });
  await world.merge(2, [v2]);
  await world.judged(weight);
  return world;
}

const own = (world: RolloutWorld): number => world.apps.writes.filter(({ verb }) => verb === 'patch').length;

describe.each([
  { weight: 0, traffic: [{ revisionName: good, weight: 70 }, { revisionName: coming, weight: 30 }], has: 30, says: 'the release has 30 % instead of 0 %', reason: 'who cannot wait gives it users' },
  { weight: 10, traffic: [{ revisionName: good, weight: 100 }], has: 0, says: 'the release has 0 % instead of 10 %', reason: 'an emergency stop' },
  { weight: 50, traffic: [{ revisionName: coming, weight: 100 }], has: 100, says: 'the release has 100 % instead of 50 %', reason: 'promoted by hand' },
  { weight: 10, traffic: [{ revisionName: good, weight: 90 }, { latestRevision: true, weight: 10 }], has: 0, says: 'the release has 0 % instead of 10 %', reason: 'whatever is the latest' },
  { weight: 100, traffic: [{ revisionName: good, weight: 100 }], has: 0, says: 'the release has 0 % instead of 100 %', reason: 'taken back by hand while it is watched' },
])('weights that a person sets at $weight %: $reason', ({ weight, traffic, has, says }) => {
  it('stay, and are said, until a person says where to', async () => {
    const world = await judged(weight);
    byHand(world, traffic);
    const before = own(world);
    await world.drive({ until: isIn('Held') });
    await world.drive({ forMs: 7_200_000 });
    expect(world.progress()).toMatchObject({ state: 'Held', reason: `checkout: Somebody else set its traffic: ${says}`, needs: expect.stringContaining('/trueup resume staging'), services: [{ weight: has, failure: { weight: has } }] });
    expect(own(world), 'nothing is written over it').toBe(before);
    expect((await world.standing()).quarantined).toEqual([]);
    await world.send('RollbackDeployment', { ...staging, services: ['checkout'], reason: 'it was wrong' });
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(appIn(world).weights).toEqual({ [good]: 100 });
  });

  it('are set anew from the first step when a person resumes it', async () => {
    const world = await judged(weight);
    byHand(world, traffic);
    await world.drive({ until: isIn('Held') });
    const written = world.apps.writes.length;
    await world.send('ResumeDeployments', staging);
    expect(world.progress()).toMatchObject({ state: 'HealthGating', services: [{ weight: has, failure: null }] });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', services: [{ weight: 100, failure: null }] });
    const given = world.apps.writes.slice(written).flatMap(({ verb, traffic: all }) => (verb === 'patch' ? [all.find(({ revision }) => revision === coming)?.weight] : []));
    expect(given).toEqual([10, 50, 100]);
    expect(appIn(world)).toMatchObject({ weights: { [coming]: 100 }, active: [coming] });
  });
});

describe('what a person does beside a release that comes', () => {
  it('a revision of their own that gets users is not taken off the traffic', async () => {
    const world = await judged(10);
    byHand(world, [{ revisionName: good, weight: 40 }, { revisionName: 'checkout--hand', weight: 50 }, { revisionName: coming, weight: 10 }], { revisionSuffix: 'hand' });
    await world.drive({ until: isIn('Held') });
    expect(world.progress().reason).toBe('checkout: Somebody else set its traffic: checkout--hand has 50 %');
    expect(appIn(world).weights).toEqual({ [good]: 40, 'checkout--hand': 50, [coming]: 10 });
  });

  it('shares among the revisions that served before are kept at the next weight', async () => {
    const world = await judged(10, [{ revisionName: good, weight: 60 }, { revisionName: 'checkout--hand', weight: 40 }]);
    expect(appIn(world).weights).toEqual({ [good]: 54, 'checkout--hand': 36, [coming]: 10 });
    byHand(world, [{ revisionName: good, weight: 18 }, { revisionName: 'checkout--hand', weight: 72, label: 'theirs' }, { revisionName: coming, weight: 10 }]);
    await world.judged(50);
    expect(appIn(world).weights).toEqual({ [good]: 10, 'checkout--hand': 40, [coming]: 50 });
    expect(world.apps.writes.at(-1)?.traffic.find(({ revision }) => revision === 'checkout--hand')?.label).toBe('theirs');
  });

  it('a revision that they end is not started again under them', async () => {
    const world = await judged(10);
    byHand(world, [{ revisionName: good, weight: 100 }]);
    await world.apps.deactivate(undefined as never, world.app('checkout'), coming, { aborted: false });
    await world.drive({ until: isIn('Held') });
    expect(world.progress().reason).toBe('checkout: Somebody else ended its revision');
    expect(appIn(world).active).toEqual([good]);
    await world.send('ResumeDeployments', staging);
    await world.drive();
    expect(world.progress().state).toBe('Completed');
  });

  it('a revision that served before and is gone does not bar the way back', async () => {
    const world = await judged(50, [{ revisionName: good, weight: 60 }, { revisionName: 'checkout--hand', weight: 40 }]);
    byHand(world, [{ revisionName: good, weight: 50 }, { revisionName: coming, weight: 50 }]);
    world.apps.purge(world.app('checkout'), 'checkout--hand');
    await world.send('AbortDeployment', { ...staging, reason: 'wrong day' });
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(appIn(world).weights).toEqual({ [good]: 100 });
  });
});

describe('a way back to what does not run', () => {
  it('is not gone while what fails still answers: users keep what they have, and a person is asked', async () => {
    const world = await judged(100);
    await world.apps.deactivate(undefined as never, world.app('checkout'), good, { aborted: false });
    world.apps.failStarts = true;
    world.says.set(100, 'fail');
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', needs: expect.stringContaining('What serves of checkout stays'), services: [{ step: 'kept', detail: `The previous revision ${good} does not become ready` }] });
    expect(appIn(world).weights).toEqual({ [coming]: 100 });
  });
});

describe('while one service is held', () => {
  const services = (version: number) => [rolloutRelease(version, undefined, { rollout: { ...rollout, onFailure: 'hold' } }), rolloutRelease(version, undefined, { name: 'catalog' })];

  async function held(): Promise<RolloutWorld> {
    const world = rolloutWorld();
    await world.merge(1, services(1));
    await world.drive();
    await world.merge(2, services(2));
    await world.judged(10);
    world.gates.verdict = ({ service }) => ({ verdict: service === 'checkout' ? 'fail' : 'inconclusive', detail: null });
    await world.drive({ until: isIn('Held') });
    return world;
  }

  it('another that passes is not held to account for the time', async () => {
    const world = await held();
    world.gates.verdict = ({ service }) => ({ verdict: service === 'checkout' ? 'fail' : 'pass', detail: null });
    await world.drive({ forMs: 7_200_000 });
    expect(world.progress().state).toBe('Held');
  });

  it('another that fails is taken back, and what goes back with it', async () => {
    const world = await held();
    world.gates.verdict = () => ({ verdict: 'fail', detail: null });
    await world.drive({ forMs: 240_000 });
    expect(world.progress()).toMatchObject({ state: 'RolledBack' });
    expect([appIn(world).weights, appIn(world, 'catalog').weights]).toEqual([{ [good]: 100 }, { [revisionOf(services(1)[1] ?? v1)]: 100 }]);
  });
});

it('what is kept warm has its time although a release of another strategy comes, and then ends', async () => {
  const blue = strategies['blue-green'].rollout;
  const world = rolloutWorld();
  await world.merge(1, [rolloutRelease(1, undefined, { rollout: blue })]);
  await world.drive();
  await world.merge(2, [rolloutRelease(2, undefined, { rollout: blue })]);
  await world.drive({ until: isIn('Completed') });
  await world.merge(3, [rolloutRelease(3, undefined, { rollout: desiredRollout() })]);
  await world.drive();
  expect(world.progress()).toMatchObject({ generation: 3, state: 'Completed' });
  expect(appIn(world).active).toEqual([revisionOf(rolloutRelease(3))]);
});

it('a rollback of a service that the running deployment does not bring stops nothing else', async () => {
  const world = await judged(10);
  await world.send('RollbackDeployment', { ...staging, services: ['catalog'], reason: 'catalog is wrong' });
  expect(world.progress().state).toBe('HealthGating');
  await world.drive();
  expect(world.progress().state).toBe('Completed');
});
