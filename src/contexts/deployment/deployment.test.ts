import { describe, expect, it } from 'vitest';
import { commitAt, deploymentWorld } from '../../../test/support/deployment-world.ts';
import { desiredService, release } from '../../../test/support/desired.ts';

const checkout = (tag: string, more: Parameters<typeof desiredService>[0] = {}) => release('checkout', tag, more);

describe('a deployment', () => {
  it('creates an app that is not there, pinned to its own revision', async () => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0');
    world.declare(1, [v1]);
    const end = await world.deploy(1, ['checkout']);
    expect(end).toMatchObject({ state: 'Completed', services: [{ step: 'done', revision: `checkout--${v1.revisionSuffix}`, url: 'https://checkout.local.azurecontainerapps.io' }] });
    expect(world.states()).toEqual(['Requested', 'Provisioning', 'Configuring', 'RollingOut', 'HealthGating', 'Completed']);
    expect(world.apps.writes).toEqual([{ verb: 'create', app: 'checkout', traffic: [{ revision: `checkout--${v1.revisionSuffix}`, weight: 100, label: null }] }]);
  });

  it('puts a new revision beside the one that serves, moves the traffic after the gate and ends the old one', async () => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0');
    const v2 = checkout('1.0.1');
    world.declare(1, [v1]);
    await world.deploy(1, ['checkout']);
    world.declare(2, [v2]);
    const end = await world.deploy(2, ['checkout']);
    expect(end).toMatchObject({ state: 'Completed', services: [{ previousRevision: `checkout--${v1.revisionSuffix}` }] });
    const served = world.apps.writes.slice(1).map(({ verb, traffic }) => `${verb} ${traffic.map(({ revision, weight }) => `${revision === `checkout--${v1.revisionSuffix}` ? 'old' : 'new'} ${weight}`).join(' ')}`);
    expect(served).toEqual(['patch old 100', 'patch new 100', 'deactivate new 100']);
    expect(world.apps.snapshot()).toMatchObject([{ revisions: [{ active: false, weight: 0 }, { active: true, weight: 100 }] }]);
  });

  it('writes nothing when everything runs as declared, also after the store was emptied', async () => {
    const world = deploymentWorld();
    world.declare(1, [checkout('1.0.0')]);
    await world.deploy(1, ['checkout']);
    const before = world.apps.writes.length;
    world.store.clear();
    const end = await world.deploy(1, ['checkout']);
    expect(end).toMatchObject({ state: 'Completed', services: [{ step: 'unchanged' }] });
    expect(world.apps.writes.length).toBe(before);
  });

  it('leaves a change by hand to drift detection after the store was emptied, and takes it back once asked again', async () => {
    const world = deploymentWorld();
    world.declare(1, [checkout('1.0.0')]);
    await world.deploy(1, ['checkout']);
    world.apps.byHand(world.app('checkout'), { properties: { configuration: { ingress: { targetPort: 9090 } } } });
    const before = world.apps.writes.length;
    world.store.clear();
    expect(await world.deploy(1, ['checkout'])).toMatchObject({ services: [{ step: 'unchanged' }] });
    expect(world.apps.writes.length).toBe(before);
    world.declare(2, [checkout('1.0.0')]);
    expect(await world.deploy(2, ['checkout'])).toMatchObject({ state: 'Completed', services: [{ step: 'done' }] });
    expect(world.apps.writes.length).toBeGreaterThan(before);
  });

  it.each([
    { tag: '2.0.0-crash', reason: 'a container that crashes, although the operation succeeded' },
    { tag: '2.0.0-unready', reason: 'a readiness that never comes' },
    { tag: '2.0.0-badimage', reason: 'an image that is not there' },
  ])('goes back when the gate fails: $reason', async ({ tag }) => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0');
    world.declare(1, [v1]);
    await world.deploy(1, ['checkout']);
    world.declare(2, [checkout(tag)]);
    const end = await world.deploy(2, ['checkout']);
    expect(end).toMatchObject({ state: 'RolledBack', services: [{ step: 'restored' }] });
    expect(end.reason).toMatch(/^(checkout|Not done within)/);
    const app = await world.apps.observe(null as never, world.app('checkout'), { aborted: false });
    expect(app).toMatchObject({ traffic: [{ revision: `checkout--${v1.revisionSuffix}`, weight: 100 }], tags: { 'trueup-digest': v1.digest, 'trueup-commit': commitAt(1) } });
    expect(app?.tags['trueup-rolled-back']).toBe(checkout(tag).digest);
    expect(app?.raw).toMatchObject({ properties: { template: { containers: [{ image: v1.image }] } } });
    expect(world.apps.snapshot()).toMatchObject([{ revisions: [{ active: true, weight: 100 }, ...(tag.endsWith('badimage') ? [] : [{ active: false, weight: 0 }])] }]);
  });

  it('refuses a release that was rolled back, and takes the next one', async () => {
    const world = deploymentWorld();
    world.declare(1, [checkout('1.0.0')]);
    await world.deploy(1, ['checkout']);
    world.declare(2, [checkout('2.0.0-crash')]);
    await world.deploy(2, ['checkout']);
    const before = world.apps.writes.length;
    world.store.clear();
    world.declare(3, [checkout('2.0.0-crash')]);
    expect(await world.deploy(3, ['checkout'])).toMatchObject({ state: 'Failed', needs: expect.stringContaining('trueup-rolled-back') });
    expect(world.apps.writes.length).toBe(before);
    world.declare(4, [checkout('2.0.1')]);
    expect(await world.deploy(4, ['checkout'])).toMatchObject({ state: 'Completed' });
    const app = await world.apps.observe(null as never, world.app('checkout'), { aborted: false });
    expect(app?.tags['trueup-rolled-back']).toBeUndefined();
  });

  it('replaces a first release whose image was not there', async () => {
    const world = deploymentWorld();
    world.declare(1, [checkout('1.0.0-badimage')]);
    expect(await world.deploy(1, ['checkout'])).toMatchObject({ state: 'Failed', services: [{ step: 'kept' }] });
    world.declare(2, [checkout('1.0.1')]);
    expect(await world.deploy(2, ['checkout'])).toMatchObject({ state: 'Completed', services: [{ previousRevision: null }] });
  });

  it('writes at most once per delivery, of however many services', async () => {
    const world = deploymentWorld();
    const names = ['checkout', 'catalog', 'cart'];
    world.declare(1, names.map((name) => desiredService({ name, image: `x/${name}:1.0.0` })));
    await world.deploy(1, names);
    world.declare(2, names.map((name) => desiredService({ name, image: `x/${name}:2.0.0${name === 'cart' ? '-crash' : ''}` })));
    await world.start(2, names);
    while (!['RolledBack', 'Failed', 'Completed'].includes(world.progress().state) || world.progress().generation === 1) {
      const before = world.apps.writes.length;
      await world.tick();
      expect(world.apps.writes.length - before).toBeLessThanOrEqual(1);
    }
    expect(world.progress()).toMatchObject({ state: 'RolledBack', services: [{ step: 'restored' }, { step: 'restored' }, { step: 'restored' }] });
  });

  it('keeps a first release that fails, with its revision, and finishes it when it recovers', async () => {
    const world = deploymentWorld();
    world.declare(1, [checkout('1.0.0-crash')]);
    expect(await world.deploy(1, ['checkout'])).toMatchObject({ state: 'Failed', services: [{ step: 'kept' }] });
    expect(world.apps.writes.length).toBe(1);
    world.declare(2, [checkout('1.0.1')]);
    expect(await world.deploy(2, ['checkout'])).toMatchObject({ state: 'Completed' });
    expect(world.apps.snapshot()).toMatchObject([{ revisions: [{ active: false, weight: 0 }, { active: true, weight: 100 }] }]);
  });
});
