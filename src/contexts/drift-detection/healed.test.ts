import { describe, expect, it } from 'vitest';
import { checkout, driftWorld, firstRelease, type DriftWorld } from '../../../test/support/drift-world.ts';
import { tagNames, type DesiredEnvironment } from '../../kernel/desired-state.ts';

const ingress = (targetPort: number): object => ({ properties: { configuration: { ingress: { targetPort } } } });
const port = 'properties.configuration.ingress.targetPort';

async function healedWorld(more: Partial<DesiredEnvironment> = { drift: { mode: 'heal', paths: [] } }): Promise<DriftWorld> {
  const world = await driftWorld();
  world.declare(1, [firstRelease], more);
  return world;
}

const asked = (world: DriftWorld): number => world.heard().filter((said) => said.startsWith('RemediateDrift')).length;

describe('what is healed', () => {
  it('is put back by a deployment of what Git declares, at the second look, and closed by the next scan', async () => {
    const world = await healedWorld();
    world.byHand(ingress(9090));
    await world.scan();
    const [finding] = world.open();
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftUpdated 1', 'RemediateDrift checkout']);
    expect(world.store.emitted.at(-1)?.payload).toMatchObject({ environment: 'staging', generation: 1, services: ['checkout'], findings: [finding?.id] });
    await world.remediate();
    expect(await world.scan()).toEqual([]);
    expect(world.store.emitted.at(-1)).toMatchObject({ type: 'RuntimeDriftResolved', payload: { open: [], resolved: [{ id: finding?.id, how: 'remediated' }] } });
  });

  it.each([
    { reason: 'the mode is to propose', more: { drift: { mode: 'propose', paths: [] } } },
    { reason: 'the place is only reported', more: { drift: { mode: 'heal', paths: [{ path: 'properties.configuration', services: null, mode: 'report', reason: null }] } } },
  ] satisfies readonly { reason: string; more: Partial<DesiredEnvironment> }[])('is nothing where $reason', async ({ more }) => {
    const world = await healedWorld(more);
    world.byHand(ingress(9090));
    await world.scan();
    await world.scan();
    expect(asked(world)).toBe(0);
  });

  it('is left alone when somebody acknowledged it, until its time is over', async () => {
    const world = await healedWorld({ drift: { mode: 'propose', paths: [] } });
    world.byHand(ingress(9090));
    await world.scan();
    const word = { environment: 'staging', service: 'checkout', findings: [], by: 'octocat', until: new Date(world.clock.now() + 12 * 60_000).toISOString(), reason: 'A test of ours' };
    const { last } = await world.say('AcknowledgeDrift', word);
    expect(last.emits).toMatchObject([{ type: 'RuntimeDriftUpdated', payload: { open: [{ acknowledged: { by: 'octocat', reason: 'A test of ours' } }] } }]);
    expect((await world.say('AcknowledgeDrift', word)).last).toEqual({ end: 'done', saves: [], emits: [] });
    world.declare(1, [firstRelease], { drift: { mode: 'heal', paths: [] } });
    await world.scan();
    await world.scan();
    expect(asked(world)).toBe(0);
    await world.scan();
    expect(world.open()).toMatchObject([{ acknowledged: null }]);
    expect(asked(world)).toBe(1);
  });

  it('is left to people when somebody sets it again and again', async () => {
    const world = await healedWorld();
    for (let round = 1; round <= 3; round += 1) {
      world.byHand(ingress(9000 + round));
      for (let scans = 0; scans < 6 && asked(world) < round; scans += 1) await world.scan();
      await world.remediate();
      expect(await world.scan(), `round ${round}`).toEqual([]);
    }
    world.byHand(ingress(9090));
    for (let scans = 0; scans < 12; scans += 1) await world.scan();
    expect(asked(world)).toBe(3);
    expect(world.open()).toMatchObject([{ path: port, oscillations: 3, mode: 'heal' }]);
  });

  it('is tried ever more rarely while it does not help', async () => {
    const world = await healedWorld();
    world.byHand(ingress(9090));
    const times: number[] = [];
    for (let scans = 1; scans <= 24; scans += 1) {
      const before = asked(world);
      await world.scan();
      if (asked(world) > before) times.push(scans);
    }
    expect(times).toEqual([1, 2, 4, 8, 19]);
  });
});

describe('what Git leaves to others', () => {
  it('is neither found nor put back, and the rest is', async () => {
    const world = await driftWorld();
    world.declare(1, [{ ...firstRelease, ignores: [{ path: port, reason: 'The gateway team moves it' }] }]);
    world.byHand({ properties: { configuration: { ingress: { targetPort: 9090, external: false } } } });
    expect(await world.scan()).toEqual(['changed high checkout properties.configuration.ingress.external']);
  });

  it('is left where it is not a field, too', async () => {
    const world = await driftWorld();
    world.declare(1, [{ ...firstRelease, ignores: [{ path: 'properties.configuration.ingress.traffic', reason: 'Somebody else shifts it' }] }]);
    world.byHand({ properties: { configuration: { ingress: { traffic: [{ latestRevision: true, weight: 100 }] } } } });
    expect(await world.scan()).toEqual([]);
  });
});

describe('an app that was taken over as it ran', () => {
  const running = (template: string): object => ({
    tags: { [tagNames.revision]: 'checkout--orig', [tagNames.template]: template },
    properties: { template: { revisionSuffix: 'orig' }, configuration: { ingress: { traffic: [{ revisionName: 'checkout--orig', weight: 100 }] } } },
  });

  it.each([
    { reason: 'its tags name the revision of the declared template', template: firstRelease.revisionSuffix, found: [] },
    { reason: 'they name another template', template: 't0000000000', found: ['changed medium checkout properties.template.revisionSuffix', 'unexpected-traffic high checkout properties.configuration.ingress.traffic'] },
  ])('keeps the name of its revision or not: $reason', async ({ template, found }) => {
    const world = await driftWorld();
    world.byHand(running(template));
    expect(await world.scan()).toEqual(found);
  });
});

describe('a write of a worker that had lost its lease, arriving after the next release', () => {
  const lateWrite = (world: DriftWorld): void => {
    world.byHand({ ...ingress(7070), tags: { [tagNames.generation]: '1', [tagNames.digest]: firstRelease.digest } });
  };

  async function released(): Promise<DriftWorld> {
    const world = await healedWorld({ drift: { mode: 'report', paths: [] } });
    world.declare(2, [checkout('1.0.1')], { drift: { mode: 'report', paths: [] } });
    await world.deploy(2, ['checkout']);
    await world.say('RuntimeDeploymentCompleted', world.progress());
    expect(await world.scan()).toEqual([]);
    return world;
  }

  it('is put right at once, also where drift is only reported, and counted', async () => {
    const world = await released();
    lateWrite(world);
    await world.scan();
    expect(asked(world)).toBe(1);
    expect(world.counted).toEqual(['trueup_stale_overwrites_total']);
    await world.remediate();
    expect(await world.scan()).toEqual([]);
  });

  it.each([
    { reason: 'the same change under the tags of the release that runs is somebody\'s edit', tags: {} },
    { reason: 'a generation that was never deployed here says nothing', tags: { [tagNames.generation]: '9', [tagNames.digest]: 'x' } },
    { reason: 'tags that are no numbers say nothing', tags: { [tagNames.generation]: 'one', [tagNames.digest]: 'x' } },
  ])('is not what this is: $reason', async ({ tags }) => {
    const world = await released();
    world.byHand({ ...ingress(7070), tags });
    await world.scan();
    expect(asked(world)).toBe(0);
    expect(world.counted).toEqual([]);
  });
});
