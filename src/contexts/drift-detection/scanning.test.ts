import { describe, expect, it } from 'vitest';
import { testDelivery, envelopeOf } from '../../../test/support/delivery.ts';
import { commitAt, tenant } from '../../../test/support/deployment-world.ts';
import { desiredEnvironment, desiredService, memoryDesired } from '../../../test/support/desired.ts';
import { memoryStore } from '../../../test/support/memory-store.ts';
import { driftWorld, firstRelease, type DriftWorld } from '../../../test/support/drift-world.ts';
import { NotAllowed, OutOfBounds, Unavailable } from '../../kernel/errors.ts';
import { findingsKey, noFindings } from './domain/runtime-drift-finding.ts';
import { defaultTiming } from './domain/timing.ts';
import { whenScanDrift } from './reactions/when-scan-drift.ts';

const ingress = { properties: { configuration: { ingress: { targetPort: 9090 } } } };
const hour = 60 * 60_000;

async function changedWorld(...faults: Parameters<typeof driftWorld>): Promise<DriftWorld> {
  const world = await driftWorld(...faults);
  world.byHand(ingress);
  return world;
}

it('what was seen once and cannot be looked at any more is not looked at again and again', async () => {
  const world = await changedWorld();
  const { apps } = world.live;
  let lists = 0;
  world.live.apps = async (...at) => {
    const isFirst = ++lists === 1;
    return (await apps(...at)).map((app) => (isFirst ? app : { ...app, provisioningState: 'InProgress' as const }));
  };
  await world.scan();
  expect([lists, world.open()[0]?.observations]).toEqual([2, 1]);
});

describe('a scan that fails', () => {
  it.each([
    { error: new Unavailable('down', {}), reason: 'Azure does not answer' },
    { error: new NotAllowed('denied', {}), reason: 'Azure denies it' },
  ])('is not "missing": $reason', async ({ error }) => {
    const world = await driftWorld();
    world.live.apps = async () => Promise.reject(error);
    await expect(world.scan()).rejects.toBe(error);
    expect(world.open()).toEqual([]);
    expect(world.heard()).toEqual([]);
  });

  it('looks at nothing while the environment is out of bounds', async () => {
    const world = await driftWorld();
    world.desired.current = async () => Promise.reject(new OutOfBounds('Not yours.', { needs: 'Ask the operator.' }));
    const { last } = await world.say('ScanDrift', { environment: 'staging' });
    expect(last).toMatchObject({ end: 'done', saves: [], emits: [] });
  });
});

describe('a scan that is delivered twice', () => {
  it('says it once, also when both read the store before either saves', async () => {
    const world = await changedWorld();
    const { store, clock } = world;
    const scan = whenScanDrift(world.ports, defaultTiming);
    const envelope = envelopeOf('ScanDrift', tenant, { environment: 'staging' }, clock);
    const [first, second] = await Promise.all([scan.handle(envelope, testDelivery(0)), scan.handle(envelope, testDelivery(0))]);
    store.apply(first);
    expect(() => store.apply(second)).toThrow('expected version');
    store.apply(await scan.handle(envelope, testDelivery(0)));
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1']);
  });

  it('at the same moment saves nothing and says nothing', async () => {
    const world = await changedWorld();
    await world.scan();
    const { outcomes } = await world.say('ScanDrift', { environment: 'staging' });
    expect(outcomes).toEqual([{ end: 'done', saves: [], emits: [] }]);
  });

  it('a little later is the same look: it makes nothing surer', async () => {
    const world = await changedWorld();
    const scan = whenScanDrift(world.ports, defaultTiming);
    const envelope = envelopeOf('ScanDrift', tenant, { environment: 'staging' }, world.clock);
    const observations = async (laterMs: number): Promise<number | undefined> => {
      world.clock.advance(laterMs);
      world.store.apply(await scan.handle(envelope, testDelivery(0)));
      return world.open()[0]?.observations;
    };
    expect([await observations(0), await observations(1000), await observations(defaultTiming.secondLookMs)]).toEqual([1, 1, 2]);
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftUpdated 1']);
  });

  it('reads the apps once, and the replicas of each once', async () => {
    const world = await driftWorld();
    const calls: string[] = [];
    const { apps, replicas } = world.live;
    world.live.apps = async (...at) => (calls.push('apps'), apps(...at));
    world.live.replicas = async (...at) => (calls.push('replicas'), replicas(...at));
    await world.scan();
    expect(calls).toEqual(['apps', 'replicas']);
  });
});

describe('while a deployment runs', () => {
  async function deploying(): Promise<DriftWorld> {
    const world = await changedWorld();
    await world.say('RuntimeDeploymentRequested', { ...world.progress(), generation: 2, sequence: 1, state: 'Requested' });
    return world;
  }
  const second = (world: DriftWorld, sequence: number) => ({ ...world.progress(), commit: commitAt(2), generation: 2, sequence });

  it('nothing of its services is drift, everything else is', async () => {
    const world = await deploying();
    world.declare(1, [firstRelease, desiredService({ name: 'catalog' })]);
    const { app } = desiredService({ name: 'stray' });
    world.apps.place(world.app('stray'), { ...app, tags: {} });
    await world.scan();
    expect(await world.scan()).toEqual(['never-applied medium catalog ', 'unmanaged low stray ']);
    await world.say('RuntimeDeploymentFailed', second(world, 9));
    expect(await world.scan()).toContain('changed high checkout properties.configuration.ingress.targetPort');
  });

  it('what was open of its services stays as it was, and what others have is not put back until it ends', async () => {
    const catalog = desiredService({ name: 'catalog' });
    const world = await changedWorld(undefined, [firstRelease, catalog]);
    const ofCheckout = () => world.progress().services.filter(({ service }) => service === 'checkout');
    world.declare(1, [firstRelease, catalog], { drift: { mode: 'propose', paths: [{ path: 'properties', services: ['catalog'], mode: 'heal', reason: null }] } });
    await world.scan();
    const before = world.open();
    await world.say('RuntimeDeploymentRequested', { ...world.progress(), services: ofCheckout(), generation: 2, sequence: 1, state: 'Requested' });
    world.byHand({ properties: { configuration: { ingress: { targetPort: 8080 } } } });
    world.apps.byHand(world.app('catalog'), ingress);
    await world.scan();
    expect(world.open().filter(({ service }) => service === 'checkout')).toEqual(before);
    expect(world.open()).toContainEqual(expect.objectContaining({ service: 'catalog', mode: 'heal', observations: 2 }));
    expect(world.heard()).not.toContain('RemediateDrift catalog');
    await world.say('RuntimeDeploymentCompleted', { ...second(world, 9), services: ofCheckout() });
    await world.scan();
    expect(world.open().map(({ service }) => service)).toEqual(['catalog']);
    expect(world.heard()).toContain('RemediateDrift catalog');
  });

  it('that has not said what it brings nothing is read', async () => {
    const world = await changedWorld();
    await world.say('RuntimeDeploymentRequested', { ...world.progress(), services: [], generation: 2, sequence: 1, state: 'RollingBack' });
    world.live.apps = async () => Promise.reject(new Error('must not be read'));
    expect(await world.scan()).toEqual([]);
  });

  it('a scan that it disturbs is made again and leaves its services alone', async () => {
    const world = await changedWorld();
    const { store, clock } = world;
    const scan = whenScanDrift(world.ports, defaultTiming);
    const envelope = envelopeOf('ScanDrift', tenant, { environment: 'staging' }, clock);
    const disturbed = await scan.handle(envelope, testDelivery(0));
    await world.say('RuntimeDeploymentRequested', { ...world.progress(), generation: 2, sequence: 1, state: 'Requested' });
    expect(() => store.apply(disturbed)).toThrow('expected version');
    const again = await scan.handle(envelope, testDelivery(1));
    await world.say('RuntimeDeploymentProgressed', { ...second(world, 2), state: 'RollingOut' });
    store.apply(again);
    expect(world.heard()).toEqual([]);
  });

  it.each(['RuntimeDeploymentCompleted', 'RuntimeDeploymentRolledBack', 'RuntimeDeploymentFailed'] as const)('%s ends it, and everything is looked at', async (type) => {
    const world = await deploying();
    const { last } = await world.say(type, second(world, 9));
    expect(last.emits).toMatchObject([{ type: 'ScanDrift', payload: { environment: 'staging' } }]);
    expect(await world.scan()).toHaveLength(1);
  });

  it('its messages may come in another order, and twice', async () => {
    const world = await deploying();
    await world.say('RuntimeDeploymentFailed', second(world, 9));
    const again = await world.say('RuntimeDeploymentFailed', second(world, 9));
    await world.say('RuntimeDeploymentProgressed', { ...second(world, 3), state: 'RollingOut' });
    expect(again.last).toEqual({ end: 'done', saves: [], emits: [] });
    expect(await world.scan()).toHaveLength(1);
  });

  it('the one that took over counts, not the one that gave way', async () => {
    const world = await deploying();
    await world.say('RuntimeDeploymentRequested', { ...world.progress(), generation: 3, sequence: 1, state: 'Requested' });
    await world.say('RuntimeDeploymentSuperseded', { ...second(world, 9), state: 'Superseded' });
    expect(await world.scan()).toEqual([]);
  });

  it('silence does not hide drift for ever, and a word prolongs it', async () => {
    const world = await deploying();
    world.clock.advance(1.5 * hour);
    await world.say('RuntimeDeploymentProgressed', { ...second(world, 2), state: 'RollingOut' });
    world.clock.advance(1.5 * hour);
    expect(await world.scan()).toEqual([]);
    world.clock.advance(0.5 * hour);
    expect(await world.scan()).toHaveLength(1);
  });
});

describe('what is watched', () => {
  const about = { environment: 'staging', commit: commitAt(2), generation: 2 };

  it('is an environment from when it is provisioned; what is known of it stays', async () => {
    const world = await changedWorld();
    await world.scan();
    const before = world.store.snapshot();
    const provisioned = { ...about, digest: 'd', managedEnvironmentId: 'id', defaultDomain: 'd' };
    await world.say('RuntimeEnvironmentProvisioned', provisioned);
    expect(world.store.snapshot()).toEqual(before);
    world.store.clear();
    await world.say('RuntimeEnvironmentProvisioned', provisioned);
    expect(await world.store.list('RuntimeDriftFinding')).toEqual([findingsKey(tenant, 'staging')]);
  });

  it('ends when Git declares it no more: what is open is resolved and nothing is read', async () => {
    const world = await changedWorld();
    await world.scan();
    world.desired.declare(commitAt(2), 2);
    world.live.apps = async () => Promise.reject(new Error('must not be read'));
    const { last } = await world.say('RuntimeEnvironmentDecommissioned', about);
    expect(last.emits).toMatchObject([{ type: 'ScanDrift' }]);
    expect(await world.scan()).toEqual([]);
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftUpdated 1', 'RuntimeDriftResolved 0']);
    expect(world.store.emitted.at(-1)).toMatchObject({ payload: { resolved: [{ how: 'gone' }] } });
    expect(await world.store.list('RuntimeDriftFinding')).toEqual([]);
    expect(await world.scan()).toEqual([]);
  });

  it('is untouched while nobody knows what Git declares', async () => {
    const store = memoryStore();
    const key = findingsKey(tenant, 'staging');
    store.apply({ end: 'done', saves: [{ key, expectedVersion: 0, value: noFindings }], emits: [] });
    const world = await driftWorld();
    const scan = whenScanDrift({ ...world.ports, store, desired: memoryDesired() }, defaultTiming);
    expect(await scan.handle(envelopeOf('ScanDrift', tenant, { environment: 'staging' }), testDelivery(0))).toEqual({ end: 'done', saves: [], emits: [] });
  });

  it('is what its own tenant declares, in its own place', async () => {
    const world = await driftWorld();
    const asked: unknown[] = [];
    world.live.apps = async (...at) => (asked.push(at.slice(0, 2)), []);
    world.declare(2, [firstRelease]);
    await world.scan();
    expect(asked[0]).toEqual([tenant, desiredEnvironment().azure]);
  });

  it('is looked at when health gets worse, not when it gets better', async () => {
    const world = await driftWorld();
    const scans = async (verdict: 'healthy' | 'degraded' | 'unhealthy', previous: typeof verdict | null) =>
      (await world.say('HealthCheckCompleted', { environment: 'staging', since: '2026-11-24T00:00:00Z', services: [], verdict, previous })).last.emits.length;
    expect([await scans('degraded', 'healthy'), await scans('unhealthy', 'degraded'), await scans('unhealthy', null)], 'worse').toEqual([1, 1, 1]);
    expect([await scans('degraded', 'degraded'), await scans('degraded', 'unhealthy'), await scans('healthy', 'degraded')], 'not worse').toEqual([0, 0, 0]);
  });
});
