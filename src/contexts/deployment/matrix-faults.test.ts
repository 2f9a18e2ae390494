import { describe, expect, it } from 'vitest';
import { failOnce, failWhen, type Faults } from '../../../test/support/delivery.ts';
import type { DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, strategyNames, type Driving, type RolloutWorld, type StrategyName } from '../../../test/support/rollout-world.ts';
import { Conflict, NotAllowed, Rejected } from '../../kernel/errors.ts';

interface Story {
  readonly strategy: StrategyName;
  /** Where the user's own system says no; null: nowhere. */
  readonly failsAt: number | null;
}

const stories: readonly (Story & { readonly ends: string })[] = strategyNames.flatMap((strategy) => [
  { strategy, failsAt: null, ends: 'Completed' },
  ...strategies[strategy].weights.map((failsAt) => ({ strategy, failsAt, ends: 'RolledBack' })),
]);

async function begun({ strategy, failsAt }: Story, faults?: Faults): Promise<RolloutWorld> {
  const { rollout } = strategies[strategy];
  const world = rolloutWorld(faults);
  await world.merge(1, [rolloutRelease(1, undefined, { rollout })]);
  await world.drive();
  if (failsAt !== null) world.says.set(failsAt, 'fail');
  await world.merge(2, [rolloutRelease(2, undefined, { rollout })]);
  return world;
}

/** Where it came to, and every write on the way: none twice, none other. */
async function told(world: RolloutWorld): Promise<unknown> {
  const { knownGood, quarantined } = await world.standing();
  return { state: world.progress().state, azure: appIn(world), writes: world.apps.writes, good: knownGood.map(({ digest }) => digest), quarantined: quarantined.map(({ digest }) => digest) };
}

async function play(story: Story, driving: Driving, faults?: Faults): Promise<unknown> {
  const world = await begun(story, faults);
  await world.drive(driving);
  return told(world);
}

interface Calm {
  readonly end: unknown;
  /** Numbers of the deliveries in which something moved, and of those right after. */
  readonly moving: readonly number[];
  /** Methods of the ports, in the order of their calls in these deliveries, with the number of the call. */
  readonly calls: readonly { readonly number: number; readonly method: string }[];
}

/**
 * Without any fault: what every other run is held against, and where faults are of interest. A look that changes nothing is like the one
 * before, and the way to a failure like that of the good release.
 */
async function calm(story: Story): Promise<Calm> {
  const methods: string[] = [];
  const world = await begun(story, failWhen((method) => (methods.push(method), null)));
  const moving = new Set<number>();
  const calls: { number: number; method: string }[] = [];
  let [delivery, known, before] = [0, '', methods.length];
  const watched = ({ progress, apps }: DeploymentWorld): boolean => {
    delivery += 1;
    const seen = JSON.stringify([progress().state, progress().services.map(({ step, weight }) => [step, weight]), apps.writes.length]);
    const isTold = story.failsAt === null || progress().services.some(({ failure }) => failure !== null);
    if (seen !== known && isTold) {
      moving.add(delivery).add(delivery + 1);
      calls.push(...methods.slice(before).map((method, index) => ({ number: before + index + 1, method })));
    }
    [known, before] = [seen, methods.length];
    return false;
  };
  const deliveries = await world.drive({ until: watched });
  return { end: await told(world), moving: [...moving].filter((one) => one <= deliveries), calls };
}

const writes: ReadonlySet<string> = new Set(['create', 'patch', 'activate', 'deactivate']);

/** Every write before and after its effect; of the reads, whose answer is lost either way, one in nine. */
function faultsOf({ calls }: Calm): readonly { readonly call: string; readonly faults: Faults }[] {
  return calls.flatMap(({ number, method }, index) => {
    const whens = writes.has(method) ? (['before', 'after'] as const) : index % 9 === 0 ? (['before'] as const) : [];
    return whens.map((when) => ({ call: `${method}, call ${number}, fails ${when}`, faults: failOnce(number, when) }));
  });
}

describe.each(stories)('$strategy that fails at $failsAt', (story) => {
  it('ends the same whichever delivery is lost before its outcome is saved, and whatever arrives twice', async () => {
    const { end, moving } = await calm(story);
    expect(end).toMatchObject({ state: story.ends });
    expect(moving.length).toBeGreaterThan(5);
    for (const lost of moving) expect(await play(story, { lost, twice: lost % 4 === 0 }), `delivery ${lost} is lost`).toEqual(end);
  });

  it('ends the same whichever call fails, before or after its effect', async () => {
    const quiet = await calm(story);
    expect(quiet.calls.filter(({ method }) => writes.has(method)).length).toBeGreaterThan(0);
    for (const { call, faults } of faultsOf(quiet)) expect(await play(story, {}, faults), call).toEqual(quiet.end);
  });
});

describe.each(strategyNames.flatMap((strategy) => strategies[strategy].weights.map((weight) => ({ strategy, weight }))))('$strategy, at $weight %', ({ strategy, weight }) => {
  const { rollout } = strategies[strategy];
  const v1 = rolloutRelease(1, undefined, { rollout });
  const v2 = rolloutRelease(2, undefined, { rollout });

  async function forgotten(failsAt: number | null): Promise<RolloutWorld> {
    const world = await begun({ strategy, failsAt: null });
    await world.judged(weight);
    world.store.clear();
    if (failsAt !== null) world.says.set(failsAt, 'fail');
    await world.merge(2, [v2]);
    await world.drive();
    return world;
  }

  it('is not blamed for a night in which nobody looked', async () => {
    const world = await begun({ strategy, failsAt: null });
    await world.judged(weight);
    world.clock.advance(8 * 3_600_000);
    await world.drive();
    expect(world.progress().state).toBe('Completed');
  });

  it('goes on from what Azure and Git know when everything was forgotten', async () => {
    const world = await forgotten(null);
    expect(world.progress().state).toBe('Completed');
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(v2)]: 100 }, active: [revisionOf(v2)] });
    expect(weightsFall(world.sent(v2)), 'nobody is moved back and forth').toBe(false);
  });

  it('and goes back to what served before', async () => {
    const world = await forgotten(weight);
    expect(world.progress().state).toBe('RolledBack');
    const { weights, active, body } = appIn(world);
    expect({ weights, active }).toEqual({ weights: { [revisionOf(v1)]: 100 }, active: [revisionOf(v1)] });
    expect(body).toMatchObject({ properties: { template: v1.app.properties.template } });
  });
});

describe.each(strategyNames.flatMap((strategy) => strategies[strategy].weights.slice(1).map((weight) => ({ strategy, weight }))))('$strategy, the write that gives it $weight %', ({ strategy, weight }) => {
  const { rollout } = strategies[strategy];
  const [v1, v2] = [rolloutRelease(1, undefined, { rollout }), rolloutRelease(2, undefined, { rollout })];

  /** `times`: so often the write meets this error. */
  function meets(error: Error, times: number): Faults {
    let left = times;
    const isIt = (sent: unknown): boolean => JSON.stringify(sent).includes(JSON.stringify({ revisionName: revisionOf(v2), weight }).slice(0, -1));
    return failWhen((method, [, , sent]) => (method === 'patch' && isIt(sent) && left-- > 0 ? error : null));
  }

  it('is refused: it goes back, and is known for it', async () => {
    const world = await begun({ strategy, failsAt: null }, meets(new Rejected('no', { code: 'TrafficRefused' }), 1));
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'RolledBack', reason: expect.stringContaining('Traffic could not be moved') });
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(v1)]: 100 }, active: [revisionOf(v1)] });
    expect((await world.standing()).quarantined).toMatchObject([{ digest: v2.digest }]);
  });

  it.each([
    { reason: 'somebody else writes', error: new Conflict('busy', {}) },
    { reason: 'a right is missing for a while', error: new NotAllowed('no', {}) },
  ])('is waited for: $reason', async ({ error }) => {
    const world = await begun({ strategy, failsAt: null }, meets(error, 5));
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', reason: null });
    expect(world.sent(v2)).toEqual(strategies[strategy].weights);
  });
});

function weightsFall(weights: readonly number[]): boolean {
  return weights.some((weight, index) => weight < (weights[index - 1] ?? 0));
}
