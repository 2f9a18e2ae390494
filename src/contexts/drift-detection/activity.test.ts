import { beforeEach, describe, expect, it } from 'vitest';
import { commitAt } from '../../../test/support/deployment-world.ts';
import { driftWorld, type DriftWorld } from '../../../test/support/drift-world.ts';
import { outsideWrite } from '../../../test/support/outside-writes.ts';
import { NotAllowed, OutOfBounds, Unavailable } from '../../kernel/errors.ts';

const ingress = (targetPort: number): object => ({ properties: { configuration: { ingress: { targetPort } } } });

let world: DriftWorld;
beforeEach(async () => {
  world = await driftWorld();
});

const at = (laterMs = 0): string => new Date(world.clock.now() + laterMs).toISOString();
const follow = async (): Promise<readonly string[]> => (await world.say('FollowActivity', { environment: 'staging' })).last.emits.map(({ type }) => type);
const changed = () => world.open().map((one) => one.changed);

describe('following the Activity Log', () => {
  it('scans at once where somebody else wrote, and once for each write', async () => {
    expect(await follow()).toEqual([]);
    world.clock.advance(60_000);
    world.writes.push(outsideWrite({ at: at() }));
    expect([await follow(), await follow()]).toEqual([['ScanDrift'], []]);
    world.clock.advance(60_000);
    world.writes.push(outsideWrite({ at: at(-30_000), who: 'bob' }));
    expect([await follow(), await follow()], 'told late').toEqual([['ScanDrift'], []]);
  });

  it('is silent about what we write ourselves', async () => {
    world.writes.push(outsideWrite({ at: at(), isOurs: true, who: 'trueup' }));
    expect(await follow()).toEqual([]);
  });

  it('saves nothing while nothing is written', async () => {
    world.writes.push(outsideWrite({ at: at() }));
    await follow();
    world.clock.advance(60_000);
    expect((await world.say('FollowActivity', { environment: 'staging' })).outcomes).toEqual([{ end: 'done', saves: [], emits: [] }]);
  });

  it('rests where the log may not be read, and scans go on without it', async () => {
    let asked = 0;
    world.activity.writes = async () => ((asked += 1), Promise.reject(new NotAllowed('denied', {})));
    for (let minute = 0; minute < 60; minute += 1) {
      await follow();
      world.clock.advance(60_000);
    }
    expect(asked).toBe(3);
    world.byHand(ingress(9090));
    expect(await world.scan()).toHaveLength(1);
    expect(changed()).toEqual([null]);
  });

  it.each([
    { reason: 'the environment is not watched', prepare: () => world.store.clear() },
    { reason: 'the grant was taken away', prepare: () => void (world.desired.current = async () => Promise.reject(new OutOfBounds('Not yours.', { needs: 'Ask.' }))) },
    { reason: 'Git declares it no more', prepare: () => void world.desired.declare(commitAt(2), 2) },
    { reason: 'the reads are for deployments', prepare: () => void (world.budget.waitMs = () => 1) },
  ])('reads nothing where $reason', async ({ prepare }) => {
    world.activity.writes = async () => Promise.reject(new Error('must not be read'));
    prepare();
    expect(await follow()).toEqual([]);
  });

  it('is tried again where Azure does not answer', async () => {
    const { writes } = world.activity;
    let failures = 0;
    world.writes.push(outsideWrite({ at: at() }));
    world.activity.writes = async (...asked) => (failures++ === 0 ? Promise.reject(new Unavailable('down', {})) : writes(...asked));
    expect(await follow()).toEqual(['ScanDrift']);
  });
});

describe('who changed it', () => {
  it('is said with the first sight where the log was there first', async () => {
    world.byHand(ingress(9090));
    world.writes.push(outsideWrite({ at: at(), operation: 'Microsoft.App/containerApps/write' }));
    const wroteAt = at();
    await follow();
    await world.scan();
    expect(changed()).toEqual([{ who: 'alice@contoso.com', at: wroteAt, source: 'activity-log', operation: 'Microsoft.App/containerApps/write' }]);
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftUpdated 1']);
  });

  it('is the last writer of the body until the log, which is late, says more', async () => {
    world.byHand(ingress(9090));
    const wroteAt = at();
    world.lastWriters.set('checkout', { who: 'alice@contoso.com', at: wroteAt.replace('Z', '1234') });
    await world.scan();
    expect(changed()).toEqual([{ who: 'alice@contoso.com', at: wroteAt, source: 'system-data', operation: null }]);
    world.writes.push(outsideWrite({ at: wroteAt }));
    await follow();
    await world.scan();
    expect(changed()).toMatchObject([{ source: 'activity-log', operation: 'Microsoft.App/containerApps/write' }]);
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftUpdated 1', 'RuntimeDriftUpdated 1']);
  });

  it('is not we, who wrote it last', async () => {
    world.byHand(ingress(9090));
    world.writes.push(outsideWrite({ at: at(), who: 'trueup', isOurs: true }));
    await follow();
    await world.scan();
    expect(changed()).toEqual([null]);
  });

  it('of two changes is the one who made each', async () => {
    world.byHand(ingress(9090));
    world.writes.push(outsideWrite({ at: at(), who: 'alice' }));
    await follow();
    await world.scan();
    world.clock.advance(60_000);
    world.byHand({ tags: { 'trueup-tenant': 'fabrikam' } });
    world.writes.push(outsideWrite({ at: at(), who: 'bob' }));
    await follow();
    await world.scan();
    expect(world.open().map(({ path, changed: by }) => `${path.split('.').at(-1)} ${by?.who}`).toSorted()).toEqual(['targetPort alice', 'trueup-tenant bob']);
  });
});
