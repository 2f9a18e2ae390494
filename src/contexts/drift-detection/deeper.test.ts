import { describe, expect, it } from 'vitest';
import { envelopeOf, testDelivery } from '../../../test/support/delivery.ts';
import { tenant } from '../../../test/support/deployment-world.ts';
import { desiredSecretBinding, desiredService } from '../../../test/support/desired.ts';
import { checkout, driftWorld, firstRelease, type DriftWorld } from '../../../test/support/drift-world.ts';
import { outsideWrite } from '../../../test/support/outside-writes.ts';
import { NotAllowed, Unavailable } from '../../kernel/errors.ts';
import { driftDetection } from './context.ts';
import { defaultTiming } from './domain/timing.ts';
import { whenScanDrift } from './reactions/when-scan-drift.ts';
import type { Verdict } from '../../kernel/messages/health-scaling.ts';
import type { DesiredSecretBinding } from '../../kernel/desired-state.ts';

const pinned = desiredSecretBinding({ version: 'v1' });
const reference = `secret-reference high checkout properties.configuration.secrets[${pinned.appSecretName}]`;
const access = 'access-lost high checkout identity.userAssignedIdentities[id-storefront].vaults[kv-storefront]';

async function secretWorld(binding: DesiredSecretBinding = pinned): Promise<DriftWorld> {
  const world = await driftWorld();
  world.declare(1, [{ ...firstRelease, secrets: [binding.name] }], { secrets: [binding] });
  return world;
}

function counting(world: DriftWorld): { readonly calls: string[] } {
  const calls: string[] = [];
  const { versions, vault } = world.secrets;
  const { mayRead } = world.access;
  world.secrets.vault = async (...at) => (calls.push('vault'), vault(...at));
  world.secrets.versions = async (...at) => (calls.push('versions'), versions(...at));
  world.access.mayRead = async (...at) => (calls.push('mayRead'), mayRead(...at));
  return { calls };
}

describe('secrets and access', () => {
  it('are read once and then about hourly', async () => {
    const world = await secretWorld();
    const { calls } = counting(world);
    for (let scans = 0; scans < 12; scans += 1) await world.scan();
    expect(calls.toSorted()).toEqual(['mayRead', 'vault', 'versions']);
    await world.scan();
    expect(calls).toHaveLength(6);
  });

  it('are remembered while a deployment owns the service', async () => {
    const world = await secretWorld();
    await world.scan();
    const { calls } = counting(world);
    const running = { ...world.progress(), generation: 2, sequence: 1, state: 'RollingOut' as const };
    await world.say('RuntimeDeploymentRequested', running);
    await world.scan();
    await world.say('RuntimeDeploymentFailed', { ...running, sequence: 2 });
    await world.scan();
    expect(calls).toEqual([]);
  });

  it('of a release that did not arrive are not read: they are not what runs', async () => {
    const world = await driftWorld();
    world.declare(2, [{ ...checkout('1.0.1'), secrets: [pinned.name] }], { secrets: [pinned] });
    const { calls } = counting(world);
    await world.scan();
    expect(calls).toEqual([]);
  });

  it('that are broken are found, looked at with each scan, and closed', async () => {
    const world = await secretWorld();
    await world.scan();
    const [version] = world.versions;
    world.versions = version === undefined ? [] : [{ ...version, enabled: false }];
    world.access.mayRead = async () => false;
    world.clock.advance(60 * 60_000);
    expect(await world.scan()).toEqual([access, reference]);
    world.versions = version === undefined ? [] : [version];
    world.access.mayRead = async () => true;
    expect(await world.scan()).toEqual([]);
  });

  it('are not lost where a role never gave access: the vault may have policies of its own', async () => {
    const world = await secretWorld();
    world.access.mayRead = async () => false;
    expect(await world.scan()).toEqual([]);
    world.access.principal = async () => null;
    world.clock.advance(60 * 60_000);
    expect(await world.scan(), 'an identity that is gone gives none').toEqual([access]);
  });

  it('are looked at as soon as somebody wrote there, who is named', async () => {
    const world = await secretWorld();
    await world.scan();
    world.access.mayRead = async () => false;
    expect(await world.scan(), 'its turn has not come').toEqual([]);
    const at = new Date(world.clock.now()).toISOString();
    world.writes.push(outsideWrite({ app: null, resource: '/x/vaults/kv-storefront/providers/Microsoft.Authorization/roleAssignments/1', who: 'rob', at, operation: 'Microsoft.Authorization/roleAssignments/delete' }));
    expect((await world.say('FollowActivity', { environment: 'staging' })).last.emits).toMatchObject([{ type: 'ScanDrift' }]);
    expect(await world.scan()).toEqual([access]);
    expect(world.open()).toMatchObject([{ mode: 'report', changed: { who: 'rob', operation: 'Microsoft.Authorization/roleAssignments/delete' } }]);
  });

  it('that the vault moved behind an unpinned reference are found until the next deployment', async () => {
    const unpinned = desiredSecretBinding({ version: null });
    const world = await secretWorld(unpinned);
    world.versions = [{ version: 'v2', enabled: true, notBefore: null, expiresOn: null, createdOn: new Date(world.clock.now() + 1000).toISOString() }, ...world.versions];
    expect(await world.scan()).toEqual([`secret-reference medium checkout properties.configuration.secrets[${unpinned.appSecretName}].keyVaultUrl`]);
    world.clock.advance(1000);
    await world.say('RuntimeDeploymentCompleted', { ...world.progress(), generation: 2, sequence: 1 });
    expect(await world.scan()).toEqual([]);
    expect(world.store.emitted.at(-1)).toMatchObject({ payload: { resolved: [{ how: 'remediated' }] } });
  });

  it.each([
    { reason: 'the vault may not be read', error: new NotAllowed('denied', {}), tries: 1 },
    { reason: 'the vault does not answer', error: new Unavailable('down', {}), tries: 3 },
  ])('that cannot be read keep nothing else from being looked at: $reason', async ({ error, tries }) => {
    const world = await secretWorld();
    const [version] = world.versions;
    world.versions = version === undefined ? [] : [{ ...version, enabled: false }];
    await world.scan();
    let asked = 0;
    world.secrets.versions = async () => ((asked += 1), Promise.reject(error));
    expect(await world.scan(), 'what is open stays').toEqual([reference]);
    expect(asked).toBe(tries);
    world.byHand({ tags: { 'trueup-tenant': 'fabrikam' } });
    expect(await world.scan()).toEqual(['changed low checkout tags.trueup-tenant', reference]);
  });
});

describe('health', () => {
  const told = (world: DriftWorld, verdict: Verdict, previous: Verdict | null) =>
    world.say('HealthCheckCompleted', { environment: 'staging', since: '2026-11-24T00:00:00Z', verdict, previous, services: [{ service: 'checkout', tenant: 'contoso', verdict, checks: [] }] });

  it('that is worse than after the last deployment is found when it stays, and closed when it is well', async () => {
    const world = await driftWorld();
    await told(world, 'healthy', null);
    expect((await told(world, 'unhealthy', 'healthy')).last.emits).toMatchObject([{ type: 'ScanDrift' }]);
    expect(await world.scan(), 'it may be for a moment').toEqual([]);
    expect(await world.scan()).toEqual(['health-degraded high checkout health']);
    expect((await told(world, 'healthy', 'unhealthy')).last.emits).toMatchObject([{ type: 'ScanDrift' }]);
    expect((await told(world, 'healthy', 'unhealthy')).last, 'twice').toEqual({ end: 'done', saves: [], emits: [] });
    expect(await world.scan()).toEqual([]);
  });

  it('is compared with what it is when the next deployment ends', async () => {
    const world = await driftWorld();
    await told(world, 'healthy', null);
    await told(world, 'degraded', 'healthy');
    await world.scan();
    expect(await world.scan()).toHaveLength(1);
    await world.say('RuntimeDeploymentCompleted', { ...world.progress(), generation: 2, sequence: 1 });
    expect(await world.scan()).toEqual([]);
  });
});

describe('replicas', () => {
  const names = [...'abcdefgh'];

  it('are counted where the inventory says so, and of a few in turn', async () => {
    const services = names.map((name) => desiredService({ name }));
    const world = await driftWorld(undefined, services);
    const counted: string[] = [];
    const { replicas } = world.live;
    world.live.replicas = async (tenant, app, ...rest) => (counted.push(app.name), replicas(tenant, app, ...rest));
    await world.scan();
    expect(counted).toEqual(['a', 'b', 'c']);
    const service = { tenant: 'contoso', image: 'i', revision: null, status: 'Running' as const, endpointUrl: null };
    const inventory = { environment: 'staging', services: names.map((name) => ({ ...service, service: name, replicas: name === 'h' ? 0 : 1 })) };
    await world.say('RuntimeInventoryUpdated', inventory);
    expect((await world.say('RuntimeInventoryUpdated', inventory)).last, 'twice').toEqual({ end: 'done', saves: [], emits: [] });
    await world.scan();
    expect(counted.slice(3).toSorted()).toEqual(['d', 'e', 'f', 'h']);
  });
});

describe('a scan', () => {
  it('leaves the rest of the reads to deployments, and goes on when there are enough', async () => {
    const world = await driftWorld();
    const waits = [20_000, 0];
    world.budget.waitMs = () => waits.shift() ?? 0;
    const { outcomes } = await world.say('ScanDrift', { environment: 'staging' });
    expect(outcomes.map(({ end }) => end)).toEqual(['wait', 'done']);
    expect(outcomes[0]).toMatchObject({ forMs: 20_000, saves: [] });
  });

  it('that waits for reads again and again is none: that one is missing is known', async () => {
    const world = await driftWorld();
    await world.scan();
    const { drift } = driftDetection(world.ports);
    const before = await drift?.(tenant, 'staging');
    const scan = whenScanDrift(world.ports, defaultTiming);
    world.budget.waitMs = () => 20_000;
    for (let waits = 0; waits < 100; waits += 1) {
      world.clock.advance(20_000);
      const outcome = await scan.handle(envelopeOf('ScanDrift', tenant, { environment: 'staging' }, world.clock), testDelivery(0));
      expect(outcome.end).toBe('wait');
      world.store.apply(outcome);
    }
    expect(await drift?.(tenant, 'staging')).toEqual(before);
    expect(before).toMatchObject({ suppressed: false });
  });
});
