import { describe, expect, it } from 'vitest';
import { failOnce, testDelivery, envelopeOf } from '../../../test/support/delivery.ts';
import { commitAt, tenant } from '../../../test/support/deployment-world.ts';
import { desiredEnvironment, memoryDesired } from '../../../test/support/desired.ts';
import { memoryStore } from '../../../test/support/memory-store.ts';
import { checkout, driftWorld, firstRelease, type DriftWorld } from '../../../test/support/drift-world.ts';
import { NotAllowed, OutOfBounds, Unavailable } from '../../kernel/errors.ts';
import { findingsKey, noFindings } from './domain/runtime-drift-finding.ts';
import { whenScanDrift } from './reactions/when-scan-drift.ts';

const ingress = { properties: { configuration: { ingress: { targetPort: 9090 } } } };
const hour = 60 * 60_000;

async function changedWorld(...faults: Parameters<typeof driftWorld>): Promise<DriftWorld> {
  const world = await driftWorld(...faults);
  world.byHand(ingress);
  return world;
}

describe('a scan that fails', () => {
  /** Everything that a scan may find at once, after a merge that did not arrive. */
  async function lookedAt(...faults: Parameters<typeof driftWorld>): Promise<{ readonly world: unknown; readonly heard: readonly string[] }> {
    const world = await changedWorld(...faults);
    world.live.replicas = async () => 9;
    world.declare(2, [checkout('1.0.1')]);
    await world.scan();
    await world.scan();
    const shown = world.open().map(({ firstSeenAt: _at, ...rest }) => rest);
    return { world: shown, heard: world.heard() };
  }

  it('ends in the same world wherever it fails once', async () => {
    const counted = failOnce(Infinity, 'before');
    const expected = await lookedAt(counted);
    expect(expected.heard).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftDetected 3']);
    expect(counted.calls()).toBeGreaterThan(10);
    for (let failing = 1; failing <= counted.calls(); failing += 1) {
      for (const when of ['before', 'after'] as const) {
        expect(await lookedAt(failOnce(failing, when)), `call ${failing} fails ${when} its effect`).toEqual(expected);
      }
    }
  });

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
    const { store, clock, desired } = world;
    const scan = whenScanDrift({ store, clock, desired, live: world.live });
    const envelope = envelopeOf('ScanDrift', tenant, { environment: 'staging' }, clock);
    const [first, second] = await Promise.all([scan.handle(envelope, testDelivery(0)), scan.handle(envelope, testDelivery(0))]);
    store.apply(first);
    expect(() => store.apply(second)).toThrow('expected version');
    store.apply(await scan.handle(envelope, testDelivery(0)));
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1']);
  });

  it('saves nothing while nothing changes', async () => {
    const world = await changedWorld();
    await world.scan();
    const { outcomes } = await world.say('ScanDrift', { environment: 'staging' });
    expect(outcomes).toEqual([{ end: 'done', saves: [], emits: [] }]);
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

  it('nothing is read and nothing is drift', async () => {
    const world = await deploying();
    world.live.apps = async () => Promise.reject(new Error('must not be read'));
    expect(await world.scan()).toEqual([]);
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
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftResolved 0']);
    expect(await world.store.list('RuntimeDriftFinding')).toEqual([]);
    expect(await world.scan()).toEqual([]);
  });

  it('is untouched while nobody knows what Git declares', async () => {
    const store = memoryStore();
    const key = findingsKey(tenant, 'staging');
    store.apply({ end: 'done', saves: [{ key, expectedVersion: 0, value: noFindings }], emits: [] });
    const world = await driftWorld();
    const scan = whenScanDrift({ store, clock: world.clock, desired: memoryDesired(), live: world.live });
    expect(await scan.handle(envelopeOf('ScanDrift', tenant, { environment: 'staging' }), testDelivery(0))).toEqual({ end: 'done', saves: [], emits: [] });
  });

  it('is what its own tenant declares, in its own place', async () => {
    const world = await driftWorld();
    const asked: unknown[] = [];
    world.live.apps = async (...at) => (asked.push(at.slice(0, 2)), []);
    world.declare(2, [firstRelease]);
    await world.scan();
    expect(asked).toEqual([[tenant, desiredEnvironment().azure]]);
  });

  it('is looked at when health gets worse, not when it gets better', async () => {
    const world = await driftWorld();
    const scans = async (verdict: 'healthy' | 'degraded' | 'unhealthy', previous: typeof verdict | null) =>
      (await world.say('HealthCheckCompleted', { environment: 'staging', since: '2026-11-24T00:00:00Z', services: [], verdict, previous })).last.emits.length;
    expect([await scans('degraded', 'healthy'), await scans('unhealthy', 'degraded'), await scans('unhealthy', null)], 'worse').toEqual([1, 1, 1]);
    expect([await scans('degraded', 'degraded'), await scans('degraded', 'unhealthy'), await scans('healthy', 'degraded')], 'not worse').toEqual([0, 0, 0]);
  });
});
