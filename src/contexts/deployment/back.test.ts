import { describe, expect, it } from 'vitest';
import { command, type Commanded } from '../../../test/support/commands.ts';
import { failOnce, failWhen, type Faults } from '../../../test/support/delivery.ts';
import { commitAt, inAzure, tenant } from '../../../test/support/deployment-world.ts';
import { appIn, revisionOf, rolloutRelease, rolloutWorld, strategies, tagsIn, type RolloutWorld } from '../../../test/support/rollout-world.ts';
import { NotAllowed } from '../../kernel/errors.ts';

const { rollout } = strategies['all-at-once'];
const v = (version: number, name = 'checkout') => rolloutRelease(version, undefined, { rollout, name });

async function released(versions: number, faults?: Faults): Promise<RolloutWorld> {
  const world = rolloutWorld(faults);
  for (let version = 1; version <= versions; version += 1) {
    await world.merge(version, [v(version)]);
    await world.drive();
  }
  return world;
}

const back = (world: RolloutWorld, services: readonly string[] = [], reason = 'the basket is empty'): Promise<Commanded> => command(world, 'RollbackDeployment', { environment: 'staging', services: [...services], by: 'octocat', reason });

it('of a service that what runs does not bring stops nothing', async () => {
  const world = rolloutWorld();
  const both = (version: number) => [v(1, 'catalog'), v(version)];
  await world.merge(1, both(1));
  await world.drive();
  await world.merge(2, both(2), { asked: ['checkout'] });
  await world.judged(0);
  await back(world, ['catalog']);
  expect(world.progress().state).not.toBe('RollingBack');
  await world.drive();
  expect(world.progress()).toMatchObject({ state: 'Completed', generation: 2 });
  expect(world.serving()).toBe(revisionOf(v(2)));
});

describe('a rollback where nothing runs', () => {
  it('goes to the release before, with its configuration and its secret, as a deployment of its own', async () => {
    const world = await released(1);
    const before = appIn(world);
    await world.merge(2, [v(2)]);
    await world.drive();
    const last = world.progress().sequence;
    await back(world);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'RolledBack', commit: commitAt(2), generation: 2, reason: 'octocat took it back: the basket is empty' });
    expect(world.progress().deploymentId).toMatch(/^staging-2-back-/);
    expect(world.progress().sequence).toBeGreaterThan(last);
    expect(world.progress().services).toMatchObject([{ service: 'checkout', step: 'restored', image: v(2).image, revision: revisionOf(v(2)), previousRevision: revisionOf(v(1)), failure: { weight: 100, reason: 'octocat took it back: the basket is empty' } }]);
    const after = appIn(world);
    expect({ weights: after.weights, active: after.active }).toEqual({ weights: before.weights, active: before.active });
    const { secrets, ...configuration } = configurationOf(after.body);
    const { secrets: declared, ...configured } = configurationOf(before.body);
    expect(configuration).toEqual(configured);
    expect(secrets).toEqual(expect.arrayContaining([...declared]));
    expect(tagsIn(world)).toMatchObject({ 'trueup-digest': v(1).digest, 'trueup-commit': commitAt(1), 'trueup-rolled-back': v(2).digest });
  });

  it('goes one release further back each time, and then says that there is none', async () => {
    const world = await released(3);
    await back(world);
    await world.drive();
    expect(world.serving()).toBe(revisionOf(v(2)));
    await back(world, ['checkout']);
    await world.drive();
    expect(world.serving()).toBe(revisionOf(v(1)));
    const left = inAzure(world);
    await back(world, ['checkout']);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', needs: 'Revert the commit, or merge a fix.' });
    expect(world.progress().reason).toMatch(/Nothing was taken back. checkout: There is no known-good release before/);
    expect(inAzure(world)).toEqual(left);
    const { knownGood, quarantined } = await world.standing();
    expect(knownGood.map(({ commit }) => commit)).toEqual([commitAt(1)]);
    expect(quarantined.map(({ commit }) => commit)).toEqual([commitAt(3), commitAt(2)]);
  });

  it.each([{ reason: 'all of the last deployment', services: [] }, { reason: 'the one that is named', services: ['checkout'] }])('takes $reason', async ({ services }) => {
    const world = rolloutWorld();
    for (const version of [1, 2]) {
      await world.merge(version, [v(version), v(version, 'catalog')]);
      await world.drive();
    }
    await back(world, services);
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(world.serving()).toBe(revisionOf(v(1)));
    expect(world.serving('catalog')).toBe(revisionOf(v(services.length === 0 ? 1 : 2, 'catalog')));
  });

  it('speaks for the commit that brought the service, and takes no other back', async () => {
    const world = await released(2);
    await world.merge(3, [v(2), v(2, 'catalog')], { asked: ['catalog'], material: 2 });
    await world.drive();
    await back(world, ['checkout']);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'RolledBack', commit: commitAt(2), generation: 2 });
    expect(world.serving('catalog')).toBe(revisionOf(v(2, 'catalog')));
    await world.merge(4, [v(4), v(2, 'catalog')], { asked: ['checkout'] });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 4 });
  });

  it('goes back where it can and says what stays', async () => {
    const world = await released(1);
    await world.merge(2, [v(2), v(2, 'catalog')]);
    await world.drive();
    await back(world);
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(world.progress().services).toMatchObject([{ service: 'checkout', step: 'restored' }, { service: 'catalog', step: 'kept', detail: 'There is no known-good release before the one that serves' }]);
    expect(world.serving('catalog')).toBe(revisionOf(v(2, 'catalog')));
  });

  it.each([
    { reason: 'a service that nobody knows', services: ['nosuch'], says: 'nosuch: It has no container app' },
    { reason: 'a service of a first release', services: ['checkout'], says: 'checkout: There is no known-good release before the one that serves' },
  ])('of $reason is a clear end', async ({ services, says }) => {
    const world = await released(1);
    await back(world, services);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: `Nothing was taken back. ${says}` });
    expect(world.progress().needs).not.toBeNull();
  });

  it('where Azure denies access is a clear end, and may be asked again', async () => {
    let isDenied = false;
    const faults = failWhen((method) => (isDenied && method === 'observe' ? new NotAllowed('denied', {}) : null));
    const world = await released(2, faults);
    isDenied = true;
    await back(world);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: 'Nothing was taken back. checkout: Azure denies access to its container app' });
    isDenied = false;
    await back(world);
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
  });

  it('of an environment without any deployment ends with a word to its sender', async () => {
    const { run } = await back(rolloutWorld());
    expect(run.last).toMatchObject({ end: 'stalled', reason: 'staging was never deployed to' });
  });

  it('is held neither by a pause nor by a freeze', async () => {
    const world = await released(1);
    const freezes = [{ cron: '* * * * *', timezone: 'UTC', durationMs: 3_600_000, reason: null }];
    await world.merge(2, [v(2)]);
    await world.drive();
    world.declare(2, [v(2)], { freezes });
    await command(world, 'PauseDeployments', { environment: 'staging', by: 'hubot' });
    await back(world);
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
  });

  it('delivered again later changes nothing more', async () => {
    const world = await released(3);
    const { again } = await back(world);
    await again();
    await world.drive({ twice: true });
    expect(world.serving()).toBe(revisionOf(v(2)));
    const [azure, store] = [inAzure(world), world.store.snapshot()];
    await again();
    await world.drive();
    expect(inAzure(world)).toEqual(azure);
    expect(world.store.snapshot()).toEqual(store);
  });

  it('comes to the same end whichever delivery is lost', async () => {
    const clean = await released(2);
    await back(clean);
    const deliveries = await clean.drive();
    for (let lost = 1; lost <= deliveries; lost += 1) {
      const world = await released(2);
      await back(world);
      await world.drive({ lost });
      expect({ lost, state: world.progress().state, app: appIn(world) }).toEqual({ lost, state: 'RolledBack', app: appIn(clean) });
    }
  });
});

describe('a rollback after a person moved the traffic by hand', () => {
  const sendAllTo = (world: RolloutWorld, revision: string): void =>
    world.apps.byHand(world.app('checkout'), { properties: { configuration: { ingress: { traffic: [{ revisionName: revision, weight: 100 }] } } } });

  it('takes back what serves, not what was applied last', async () => {
    const world = await released(3);
    await world.apps.activate(tenant, world.app('checkout'), revisionOf(v(2)), { aborted: false });
    sendAllTo(world, revisionOf(v(2)));
    await back(world);
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(world.serving()).toBe(revisionOf(v(1)));
    const { knownGood, quarantined } = await world.standing();
    expect(quarantined.map(({ commit }) => commit)).toEqual([commitAt(2)]);
    expect(knownGood.map(({ commit }) => commit)).toEqual([commitAt(3), commitAt(1)]);
  });

  it('from a revision of their own goes to the newest known-good release, and refuses nothing', async () => {
    const world = await released(2);
    world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'by-hand' } } });
    sendAllTo(world, 'checkout--by-hand');
    await back(world, ['checkout']);
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(world.serving()).toBe(revisionOf(v(2)));
    expect((await world.standing()).quarantined).toEqual([]);
    await world.merge(3, [v(3)]);
    await world.drive();
    expect(world.progress().state).toBe('Completed');
  });
});

describe('a revision that Azure keeps no longer', () => {
  const purged = async (): Promise<RolloutWorld> => {
    const world = await released(2);
    world.apps.purge(world.app('checkout'), revisionOf(v(1)));
    return world;
  };

  it('is made again under its name, and gets the traffic when it is ready, not before', async () => {
    const clean = await released(2);
    await back(clean);
    await clean.drive();
    const world = await purged();
    await back(world);
    await world.drive({ until: () => world.apps.writes.at(-1)?.verb === 'patch' && world.progress().state === 'RollingBack' });
    expect(appIn(world).weights).toEqual({ [revisionOf(v(2))]: 100 });
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(appIn(world)).toEqual(appIn(clean));
  });

  it.each(['before', 'after'] as const)('comes to the same end whichever call fails %s its effect', async (when) => {
    const clean = await purged();
    await back(clean);
    await clean.drive();
    for (let failing = 1; failing <= 60; failing += 1) {
      let isOn = false;
      const once = failOnce(failing, when);
      const world = await released(2, { ...once, wrap: (port) => switched(port, once.wrap(port), () => isOn) });
      world.apps.purge(world.app('checkout'), revisionOf(v(1)));
      isOn = true;
      await back(world);
      await world.drive();
      expect({ failing, state: world.progress().state, app: appIn(world) }).toEqual({ failing, state: 'RolledBack', app: appIn(clean) });
      if (once.calls() < failing) return;
    }
  });

  it('stays gone where nobody knows what it was made from, and what serves stays', async () => {
    const world = await purged();
    const key = { tenantId: tenant, type: 'AppliedApp', id: 'staging.checkout' };
    // Written by `released`.
    const stored = await world.store.load(key, { parse: (value: unknown) => value as { ledger: { commit: string; release: unknown }[] } });
    if (stored === null) throw new Error('nothing was applied');
    const ledger = stored.value.ledger.map((one) => ({ ...one, commit: one.commit === commitAt(1) ? 'f'.repeat(40) : one.commit, release: one.commit === commitAt(1) ? null : one.release }));
    world.store.apply({ end: 'done', saves: [{ key, expectedVersion: stored.version, value: { ...stored.value, ledger } }], emits: [] });
    world.desired.declare('f'.repeat(40), 3);
    await back(world);
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', needs: 'What serves of checkout stays. Merge a fix, or set its traffic by hand.' });
    expect(world.serving()).toBe(revisionOf(v(2)));
  });

  it('that does not get ready again gets no traffic', async () => {
    const world = rolloutWorld();
    // Good until it was ended: what it needs to start is gone by then.
    await world.merge(1, [v(1)]);
    await world.drive();
    await world.merge(2, [v(2)]);
    await world.drive();
    world.apps.purge(world.app('checkout'), revisionOf(v(1)));
    world.apps.failStarts = true;
    await back(world);
    await world.drive();
    expect(world.progress().state).toBe('Failed');
    expect(world.serving()).toBe(revisionOf(v(2)));
  });
});

/** The faulty port while it is on, the plain one otherwise. */
function switched<Port extends object>(plain: Port, faulty: Port, isOn: () => boolean): Port {
  return new Proxy(plain, { get: (target, property) => Reflect.get(isOn() ? faulty : target, property) as unknown });
}

function configurationOf(body: unknown): { readonly secrets: readonly unknown[] } {
  // ARM's wire shape, as the release declares it.
  return (body as { properties: { configuration: { secrets: readonly unknown[] } } }).properties.configuration;
}
