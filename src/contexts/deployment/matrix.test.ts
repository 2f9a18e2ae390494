import { describe, expect, it } from 'vitest';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, strategyNames, tagsIn, type Driving, type RolloutWorld, type StrategyName } from '../../../test/support/rollout-world.ts';
import type { GateAnswer } from '../../kernel/messages/deployment.ts';
import type { DesiredRollout } from '../../kernel/desired-state.ts';

/** What keeps a release from being good: at which weight it shows, and what a person reads of it. */
interface Trouble {
  readonly reason: string;
  readonly weight: number;
  readonly answer: GateAnswer;
  readonly gate: string;
  readonly tag?: string;
  readonly bring?: (world: RolloutWorld) => void;
}

const unpassed: readonly GateAnswer[] = ['fail', 'inconclusive', 'no-data'];

function troublesOf(strategy: StrategyName): readonly Trouble[] {
  const { weights } = strategies[strategy];
  const first = weights[1];
  // Logs come minutes late: they are asked where there is time for them.
  const logged = strategies[strategy].rollout.previewMs > 0 ? 0 : first;
  return [
    ...weights.flatMap((weight) => unpassed.map((answer): Trouble => ({ reason: `a system of the user's own says ${answer} at ${weight} %`, weight, answer, gate: 'release desk', bring: ({ says }) => void says.set(weight, answer) }))),
    { reason: 'its container does not stay up', weight: 0, answer: 'fail', gate: 'revision', tag: '2.0.0-crash' },
    { reason: 'it never gets ready', weight: 0, answer: 'inconclusive', gate: 'revision', tag: '2.0.0-unready' },
    { reason: 'a third of its requests fail', weight: first, answer: 'fail', gate: 'success rate', tag: '2.0.0-5xx-30' },
    { reason: 'Azure counts no request of it', weight: first, answer: 'no-data', gate: 'success rate', bring: ({ gates }) => void (gates.hasCounts = false) },
    { reason: 'nobody asks for it', weight: first, answer: 'no-data', gate: 'success rate', bring: ({ gates }) => void (gates.perMinute = 0) },
    { reason: 'its log shows too much', weight: logged, answer: 'fail', gate: 'error lines', bring: ({ gates }) => void (gates.number = () => 6) },
    { reason: 'its log cannot be counted', weight: logged, answer: 'no-data', gate: 'error lines', bring: ({ gates }) => void (gates.number = () => null) },
  ];
}

interface Case {
  readonly strategy: StrategyName;
  readonly trouble: Trouble;
}

const cases: readonly Case[] = strategyNames.flatMap((strategy) => troublesOf(strategy).map((trouble) => ({ strategy, trouble })));

const v1 = rolloutRelease(1);

async function goodWorld(rollout: DesiredRollout): Promise<RolloutWorld> {
  const world = rolloutWorld();
  await world.merge(1, [rolloutRelease(1, undefined, { rollout })]);
  await world.drive();
  expect(world.progress().state).toBe('Completed');
  return world;
}

async function bad(rollout: DesiredRollout, { tag, bring }: Trouble, driving?: Driving): Promise<{ readonly world: RolloutWorld; readonly v2: ReturnType<typeof rolloutRelease>; readonly before: ReturnType<typeof appIn> }> {
  const world = await goodWorld(rollout);
  const before = appIn(world);
  bring?.(world);
  const v2 = rolloutRelease(2, tag, { rollout });
  await world.merge(2, [v2]);
  await world.drive(driving);
  return { world, v2, before };
}

describe.each(strategyNames.map((strategy) => ({ strategy, ...strategies[strategy] })))('a good release, $strategy', ({ rollout, weights }) => {
  it.each([{ twice: false, reason: 'once' }, { twice: true, reason: 'twice' }])('comes by its steps alone, and each has passed before the next; every delivery $reason', async ({ twice }) => {
    const world = await goodWorld(rollout);
    const v2 = rolloutRelease(2, undefined, { rollout });
    await world.merge(2, [v2]);
    await world.drive({ twice });
    expect(world.progress()).toMatchObject({ state: 'Completed', services: [{ step: 'done', weight: 100, failure: null, revision: revisionOf(v2) }] });
    expect(world.progress().services[0]?.stages.map(({ weight, standing }) => `${weight} ${standing}`)).toEqual(weights.map((weight) => `${weight} passed`));
    expect(world.sent(v2)).toEqual(weights);
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(v2)]: 100 }, active: [revisionOf(v2)] });
    const { knownGood, quarantined } = await world.standing();
    expect(knownGood.map(({ digest }) => digest)).toEqual([v1.digest, v2.digest]);
    expect(knownGood.at(-1)).toMatchObject({ image: v2.image, revision: revisionOf(v2), configuration: { name: 'storefront' }, secrets: [{ binding: 'payments-api-key' }] });
    expect(quarantined).toEqual([]);
  });

  it('bakes at every step for as long as it is declared', async () => {
    const world = await goodWorld(rollout);
    const v2 = rolloutRelease(2, undefined, { rollout });
    await world.merge(2, [v2]);
    const stages = [{ weight: 0, bakeMs: rollout.previewMs }, ...rollout.steps, { weight: 100, bakeMs: rollout.watchMs }];
    for (const [index, { weight, bakeMs }] of stages.entries()) {
      await world.judged(weight);
      await world.drive({ forMs: bakeMs - 1 });
      expect(world.sent(v2).at(-1), `until its ${bakeMs} ms at ${weight} % are over`).toBe(weight);
      expect(world.progress().services[0]?.stages[index]?.standing).toBe('judging');
    }
  });
});

describe('a good release, blue-green', () => {
  it('has an address of its own before the switch, and what served before stays warm for as long as it is declared', async () => {
    const { rollout } = strategies['blue-green'];
    const world = await goodWorld(rollout);
    const v2 = rolloutRelease(2, undefined, { rollout });
    await world.merge(2, [v2]);
    await world.judged(0);
    expect(world.apps.writes.at(-1)?.traffic).toEqual([
      { revision: revisionOf(v1), weight: 100, label: null },
      { revision: revisionOf(v2), weight: 0, label: expect.any(String) as string },
    ]);
    await world.drive({ until: ({ progress }) => progress().state === 'Completed' });
    await world.drive({ forMs: rollout.keepWarmMs - 1000 });
    expect(appIn(world)).toMatchObject({ weights: { [revisionOf(v2)]: 100 }, active: [revisionOf(v1), revisionOf(v2)].toSorted() });
    await world.drive();
    expect(appIn(world).active).toEqual([revisionOf(v2)]);
  });
});

describe.each(cases)('$strategy, $trouble.reason', ({ strategy, trouble }) => {
  const { rollout, weights } = strategies[strategy];

  it('is taken back whole, and known for it', async () => {
    const { world, v2, before } = await bad(rollout, trouble);
    expect(world.progress()).toMatchObject({ state: 'RolledBack', services: [{ step: 'restored', weight: 0, failure: { weight: trouble.weight } }] });
    const [service] = world.progress().services;
    expect(service?.failure?.gates).toEqual(expect.arrayContaining([expect.objectContaining({ gate: trouble.gate, answer: trouble.answer })]));
    expect(service?.stages.map(({ standing }) => standing)).toEqual(weights.map((weight) => (weight < trouble.weight ? 'passed' : weight === trouble.weight ? 'failed' : 'open')));
    const after = appIn(world);
    expect(after.weights).toEqual({ [revisionOf(v1)]: 100 });
    expect(after.active).toEqual([revisionOf(v1)]);
    expect(withoutSecrets(after.body)).toEqual(withoutSecrets(before.body));
    expect(secretsOf(after.body)).toEqual(expect.arrayContaining([...secretsOf(before.body)]));
    expect(tagsIn(world)['trueup-rolled-back']).toBe(v2.digest);
    expect(world.sent(v2).slice(0, -1), 'no traffic without a passed gate').toEqual(weights.filter((weight) => weight <= trouble.weight));
    const { knownGood, quarantined } = await world.standing();
    expect(knownGood.map(({ digest }) => digest)).toEqual([v1.digest]);
    expect(quarantined).toMatchObject([{ digest: v2.digest, image: v2.image }]);
  });

  it('ends the same when every delivery arrives twice', async () => {
    const once = await bad(rollout, trouble);
    const twice = await bad(rollout, trouble, { twice: true });
    expect(appIn(twice.world)).toEqual(appIn(once.world));
    expect(twice.world.apps.writes).toEqual(once.world.apps.writes);
    expect(twice.world.progress().state).toBe('RolledBack');
  });

  it('is held where the manifest says so: nothing moves, nothing is quarantined, and a person takes it back', async () => {
    const { world, v2 } = await bad({ ...rollout, onFailure: 'hold' }, trouble, { until: ({ progress }) => progress().state === 'Held' });
    await world.drive({ forMs: 1_800_000 });
    expect(world.progress()).toMatchObject({ state: 'Held', needs: expect.stringContaining('/trueup rollback'), services: [{ weight: trouble.weight }] });
    expect(world.sent(v2)).toEqual(weights.filter((weight) => weight <= trouble.weight));
    expect((await world.standing()).quarantined).toEqual([]);
    await world.say('RollbackDeployment', { environment: 'staging', services: ['checkout'], by: 'octocat', reason: 'octocat asked for it' });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'RolledBack' });
    expect(appIn(world).weights).toEqual({ [revisionOf(v1)]: 100 });
    expect((await world.standing()).quarantined).toMatchObject([{ digest: v2.digest }]);
  });
});

describe.each(strategyNames.flatMap((strategy) => strategies[strategy].weights.map((weight) => ({ strategy, weight }))))('$strategy, held at $weight %', ({ strategy, weight }) => {
  it('is judged anew when a person resumes it', async () => {
    const { weights } = strategies[strategy];
    const rollout = { ...strategies[strategy].rollout, onFailure: 'hold' as const };
    const { world, v2 } = await bad(rollout, { reason: 'held', weight, answer: 'fail', gate: 'release desk', bring: ({ says }) => void says.set(weight, 'fail') }, { until: ({ progress }) => progress().state === 'Held' });
    world.says.clear();
    await world.say('ResumeDeployments', { environment: 'staging', by: 'octocat' });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', services: [{ failure: null }] });
    expect(world.sent(v2)).toEqual(weights);
  });
});

function secretsOf(body: unknown): readonly { readonly name: string }[] {
  // The body of `rolloutRelease`.
  return (body as { properties: { configuration: { secrets: { name: string }[] } } }).properties.configuration.secrets;
}

/** Azure keeps the secrets of a revision that is there, ended or not. */
function withoutSecrets(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'secrets' ? undefined : value)));
}
