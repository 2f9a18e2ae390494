import { describe, expect, it } from 'vitest';
import { failWhen, type Faults } from '../../../test/support/delivery.ts';
import { desiredRollout } from '../../../test/support/desired.ts';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, tagsIn, type RolloutWorld } from '../../../test/support/rollout-world.ts';
import { Conflict, Rejected } from '../../kernel/errors.ts';

const { rollout } = strategies.canary;
const checkout = (version: number, tag?: string) => rolloutRelease(version, tag, { rollout });
const catalog = (version: number, tag?: string, independent = false) => rolloutRelease(version, tag, { name: 'catalog', rollout: { ...rollout, independent } });

/** Writes to one app that are refused while `error` is there. */
interface Met {
  app: string | null;
  error: Error | null;
}

function meeting(met: Met): Faults {
  return failWhen((method, [, id]) => (method === 'patch' && met.error !== null && JSON.stringify(id).includes(`"${met.app}"`) ? met.error : null));
}

async function begun(met: Met, independent = false, tag?: string): Promise<RolloutWorld> {
  const world = rolloutWorld(meeting(met));
  await world.merge(1, [checkout(1), catalog(1, undefined, independent)]);
  await world.drive();
  await world.merge(2, [checkout(2), catalog(2, tag, independent)]);
  return world;
}

const serving = (world: RolloutWorld): unknown => ({ checkout: appIn(world).weights, catalog: appIn(world, 'catalog').weights });
const conflict = new Conflict('busy', {});

describe('two services that fail at one look', () => {
  it('each say what they failed by', async () => {
    const world = await begun({ app: null, error: null });
    await world.drive({ until: ({ progress }) => progress().services.every(({ weight }) => weight === 10) });
    world.gates.verdict = ({ service }) => ({ verdict: 'fail', detail: `bad ${service}` });
    // Late enough that it is both services' turn.
    world.clock.advance(60_000);
    await world.drive();
    const failures = world.progress().services.map(({ service, failure }) => `${service}: ${failure?.reason}`).sort();
    expect(failures).toEqual(['catalog: release desk: Its system fails it: bad catalog', 'checkout: release desk: Its system fails it: bad checkout']);
  });
});

describe('two services of which one is held at the look at which the other passes', () => {
  it('the other moves no further, and goes on being judged', async () => {
    const world = rolloutWorld();
    const held = (version: number) => rolloutRelease(version, undefined, { rollout: { ...rollout, onFailure: 'hold' } });
    await world.merge(1, [held(1), catalog(1)]);
    await world.drive();
    await world.merge(2, [held(2), catalog(2)]);
    await world.drive({ until: ({ progress }) => progress().services.every(({ weight }) => weight === 10) });
    world.gates.verdict = ({ service }) => ({ verdict: service === 'checkout' ? 'fail' : 'pass', detail: null });
    // Late enough for its logs as well: what it lacks for a pass is one look.
    world.clock.advance(6 * 60_000);
    await world.drive({ until: ({ progress }) => progress().state === 'Held' });
    expect(world.progress().services.find(({ service }) => service === 'catalog')?.step, 'it has passed').toBe('ready');
    await world.drive({ forMs: 1_800_000 });
    expect(world.progress()).toMatchObject({ state: 'Held', services: expect.arrayContaining([expect.objectContaining({ service: 'catalog', step: 'ready', weight: 10 })]) });
    expect(world.sent(catalog(2))).toEqual([0, 10]);
    world.gates.verdict = () => ({ verdict: 'fail', detail: null });
    await world.drive({ forMs: 1_800_000 });
    expect(appIn(world, 'catalog').weights).toEqual({ [revisionOf(catalog(1))]: 100 });
  });
});

describe('another writer at one app', () => {
  it('keeps no other service from being judged and taken back', async () => {
    const met: Met = { app: null, error: null };
    const world = await begun(met, true);
    await world.judged(10);
    Object.assign(met, { app: 'checkout', error: conflict });
    world.gates.verdict = ({ service, weight }) => ({ verdict: service === 'catalog' && weight > 0 ? 'fail' : 'pass', detail: null });
    await world.drive({ until: ({ progress }) => progress().services.some(({ service, step }) => service === 'catalog' && step === 'restored') });
    expect(appIn(world, 'catalog').weights).toEqual({ [revisionOf(catalog(1))]: 100 });
    met.error = null;
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: expect.stringMatching(/^The others are deployed\. Not deployed: catalog: /), needs: 'Merge a fix of catalog.' });
    expect(appIn(world).weights).toEqual({ [revisionOf(checkout(2))]: 100 });
  });

  it('keeps no other service from going back', async () => {
    const met: Met = { app: null, error: null };
    const world = await begun(met);
    await world.judged(10);
    Object.assign(met, { app: 'checkout', error: conflict });
    await world.send('AbortDeployment', { environment: 'staging', by: 'octocat', reason: 'octocat stopped it' });
    await world.drive({ until: () => appIn(world, 'catalog').weights[revisionOf(catalog(1))] === 100 });
    expect(world.progress().reason).toContain('octocat stopped it');
    met.error = null;
    await world.drive();
    expect(serving(world)).toEqual({ checkout: { [revisionOf(checkout(1))]: 100 }, catalog: { [revisionOf(catalog(1))]: 100 } });
  });

  it('that never ends takes the release back when the time of its weight is over', async () => {
    const met: Met = { app: null, error: null };
    const world = await begun(met);
    await world.judged(10);
    Object.assign(met, { app: 'checkout', error: conflict });
    await world.drive({ until: ({ progress }) => progress().state === 'RollingBack' });
    expect(world.progress().reason).toBe('Not done within 45 minutes. checkout: Another write is running in Azure');
    met.error = null;
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'RolledBack', services: [{ service: 'checkout', step: 'restored' }, { service: 'catalog', step: 'restored' }] });
  });
});

describe('an independent service', () => {
  it('whose first write is refused goes back by itself, and the others go on', async () => {
    const met: Met = { app: 'catalog', error: null };
    const world = await begun(met, true);
    met.error = new Rejected('no', { code: 'Invalid' });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: 'The others are deployed. Not deployed: catalog: Azure refuses the write (Invalid)' });
    expect(world.steps()).toEqual(['catalog untouched', 'checkout done']);
  });

  it('goes on when the others go back, and the end says what is not deployed', async () => {
    const world = await begun({ app: null, error: null }, true);
    await world.judged(10);
    world.gates.verdict = ({ service, weight }) => ({ verdict: service === 'checkout' && weight >= 50 ? 'fail' : 'pass', detail: null });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: expect.stringMatching(/^The others are deployed\. Not deployed: checkout:/), services: [{ service: 'checkout', failure: { weight: 50 } }, { service: 'catalog', failure: null }] });
    expect(serving(world)).toEqual({ checkout: { [revisionOf(checkout(1))]: 100 }, catalog: { [revisionOf(catalog(2))]: 100 } });
    expect(tagsIn(world, 'catalog')['trueup-rolled-back']).toBeUndefined();
  });

  it('that is the last one going forward takes the deployment back with it', async () => {
    const world = await begun({ app: null, error: null }, true, '1.0.2-crash');
    world.gates.verdict = ({ weight }) => ({ verdict: weight >= 50 ? 'fail' : 'pass', detail: null });
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(serving(world)).toEqual({ checkout: { [revisionOf(checkout(1))]: 100 }, catalog: { [revisionOf(catalog(1))]: 100 } });
  });

  it('that has arrived stays when the deployment of the others goes on for long', async () => {
    const slow = desiredRollout({ strategy: 'canary', steps: [{ weight: 10, bakeMs: 86_400_000 }] });
    const world = await begun({ app: null, error: null }, true);
    await world.merge(3, [rolloutRelease(3, undefined, { rollout: slow }), catalog(3, undefined, true)]);
    await world.drive({ forMs: 7_200_000 });
    expect(world.steps()).toEqual(['catalog done', 'checkout gating']);
    expect((await world.standing('catalog')).knownGood.at(-1)).toMatchObject({ digest: catalog(3).digest });
  });
});

describe('a bake of a day', () => {
  const day = 86_400_000;
  const long = desiredRollout({ strategy: 'canary', steps: [{ weight: 10, bakeMs: day }] });

  it('is not cut short, and costs few looks, however often somebody knocks', async () => {
    let reads = 0;
    const counting = failWhen((method) => {
      if (method === 'revision') reads += 1;
      return null;
    });
    const world = rolloutWorld(counting);
    await world.merge(1, [rolloutRelease(1, undefined, { rollout: long })]);
    await world.drive();
    await world.merge(2, [rolloutRelease(2, undefined, { rollout: long })]);
    await world.judged(10);
    reads = 0;
    for (let knocks = 0; knocks < 50; knocks += 1) {
      const now = world.clock.now();
      await world.tick();
      world.clock.advance(now - world.clock.now());
    }
    expect(reads, 'a message that comes early is no look').toBeLessThanOrEqual(1);
    await world.drive({ forMs: day / 2 });
    expect(world.progress()).toMatchObject({ state: 'HealthGating', services: [{ weight: 10, step: 'gating' }] });
    expect(reads).toBeLessThanOrEqual(day / 2 / 60_000 + 10);
    await world.drive();
    expect(world.progress().state).toBe('Completed');
  });
});
