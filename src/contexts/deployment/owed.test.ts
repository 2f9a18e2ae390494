import { describe, expect, it } from 'vitest';
import { failWhen } from '../../../test/support/delivery.ts';
import { commitAt, deploymentWorld, tenant, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { desiredEnvironment, desiredSecretBinding, release } from '../../../test/support/desired.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { OutOfBounds, Rejected } from '../../kernel/errors.ts';

async function imageOf(world: DeploymentWorld, name: string): Promise<unknown> {
  const app = await world.apps.observe(tenant, world.app(name), { aborted: false });
  return app?.raw['properties'];
}

async function tagsOf(world: DeploymentWorld, name: string): Promise<Readonly<Record<string, string>>> {
  return (await world.apps.observe(tenant, world.app(name), { aborted: false }))?.tags ?? {};
}

const images = (tag: string, name: string) => ({ template: { containers: [{ image: `contoso.azurecr.io/${name}:${tag}` }] } });

/** gateway and checkout run 1.5.0; then one commit brings a gateway that crashes and a checkout that is good. */
async function rolledBackTogether(): Promise<DeploymentWorld> {
  const world = deploymentWorld();
  world.declare(1, [release('gateway', '1.5.0'), release('checkout', '1.5.0')]);
  await world.deploy(1, ['gateway', 'checkout']);
  world.declare(2, [release('gateway', '1.6.0-crash'), release('checkout', '1.6.0')]);
  expect(await world.deploy(2, ['gateway', 'checkout'])).toMatchObject({ state: 'RolledBack', needs: 'Merge a fix of gateway. The next deployment brings checkout too.' });
  return world;
}

describe('what went back with another service', () => {
  it('is restored without being refused: only the release that failed is', async () => {
    const world = await rolledBackTogether();
    expect(world.steps()).toEqual(['checkout restored', 'gateway restored']);
    expect((await tagsOf(world, 'gateway'))['trueup-rolled-back']).toBe(release('gateway', '1.6.0-crash').digest);
    expect(await tagsOf(world, 'checkout')).toMatchObject({ 'trueup-digest': release('checkout', '1.5.0').digest });
    expect((await tagsOf(world, 'checkout'))['trueup-rolled-back']).toBeUndefined();
  });

  it.each([
    { asked: 'gateway', gateway: '1.6.1', reason: 'the fix' },
    { asked: 'catalog', gateway: '1.6.0-crash', reason: 'something else, while Git still declares the release that failed' },
  ])('comes with the next deployment, which asks for $reason', async ({ asked, gateway }) => {
    const world = await rolledBackTogether();
    world.declare(3, [release('gateway', gateway), release('checkout', '1.6.0'), release('catalog', '1.0.0')]);
    expect(await world.deploy(3, [asked])).toMatchObject({ state: 'Completed' });
    expect(world.steps()).toEqual([`${asked} done`, 'checkout done'].toSorted());
    expect(await imageOf(world, 'checkout')).toMatchObject(images('1.6.0', 'checkout'));
    world.declare(4, [release('gateway', gateway), release('checkout', '1.6.0'), release('catalog', '1.0.1')]);
    await world.deploy(4, ['catalog']);
    expect(world.steps(), 'nothing is owed any more').toEqual(['catalog done']);
  });

  it('comes in the form of the commit that brings it, and not when that declares it no more', async () => {
    const world = await rolledBackTogether();
    world.declare(3, [release('gateway', '1.6.1')]);
    expect(await world.deploy(3, ['gateway'])).toMatchObject({ state: 'Completed' });
    expect(world.steps()).toEqual(['gateway done']);
    world.declare(4, [release('gateway', '1.6.2'), release('checkout', '1.7.0')]);
    await world.deploy(4, ['gateway']);
    expect(world.steps(), 'who declares it again asks for it').toEqual(['gateway done']);
  });

  it('comes with a deployment that waited meanwhile', async () => {
    const world = deploymentWorld();
    world.declare(1, [release('gateway', '1.5.0'), release('checkout', '1.5.0')]);
    await world.deploy(1, ['gateway', 'checkout']);
    world.declare(2, [release('gateway', '1.6.0-crash'), release('checkout', '1.6.0')]);
    await world.start(2, ['gateway', 'checkout']);
    await world.tickUntil('RollingBack');
    world.declare(3, [release('gateway', '1.6.0-crash'), release('checkout', '1.6.0'), release('catalog', '1.0.0')]);
    expect(await world.deploy(3, ['catalog'])).toMatchObject({ generation: 3, state: 'Completed' });
    expect(world.steps()).toEqual(['catalog done', 'checkout done']);
  });

  it('stays back when a person took the deployment back', async () => {
    const world = deploymentWorld();
    world.declare(1, [release('gateway', '1.5.0'), release('checkout', '1.5.0')]);
    await world.deploy(1, ['gateway', 'checkout']);
    world.declare(2, [release('gateway', '1.6.0'), release('checkout', '1.6.0')]);
    await world.deploy(2, ['gateway', 'checkout']);
    await world.send('RollbackDeployment', { environment: 'staging', services: [], by: 'octocat', reason: 'a person asked' });
    await world.advance();
    world.declare(3, [release('gateway', '1.6.0'), release('checkout', '1.6.0'), release('catalog', '1.0.0')]);
    await world.deploy(3, ['catalog']);
    expect(world.steps()).toEqual(['catalog done']);
    expect((await tagsOf(world, 'checkout'))['trueup-rolled-back']).toBe(release('checkout', '1.6.0').digest);
  });

  it('is not lost with a commit that was out of bounds', async () => {
    let isRefused = true;
    const world = deploymentWorld(failWhen((method) => (method === 'at' && isRefused ? new OutOfBounds('Not granted.', { needs: 'Ask.' }) : null)));
    world.declare(1, [release('checkout', '1.0.0')]);
    expect(await world.deploy(1, ['checkout'])).toMatchObject({ state: 'Failed' });
    isRefused = false;
    world.declare(2, [release('checkout', '1.0.0'), release('catalog', '1.0.0')]);
    await world.deploy(2, ['catalog']);
    expect(world.steps()).toEqual(['catalog done', 'checkout done']);
  });
});

describe('a release that was rolled back', () => {
  it.each([
    { asked: ['gateway', 'checkout', 'catalog'], isEmptied: true, reason: 'after the store was emptied' },
    { asked: ['gateway', 'checkout', 'catalog'], isEmptied: false, reason: 'when a person re-runs the check' },
  ])('does not stop the others $reason, and the end is not green', async ({ asked, isEmptied }) => {
    const world = await rolledBackTogether();
    if (isEmptied) world.store.clear();
    world.declare(3, [release('gateway', '1.6.0-crash'), release('checkout', '1.6.0'), release('catalog', '1.0.0')]);
    expect(await world.deploy(3, asked)).toMatchObject({
      state: 'Failed',
      reason: expect.stringMatching(/^The others are deployed\. Not deployed: gateway: .*rolled back before/),
      needs: expect.stringContaining('trueup-rolled-back'),
    });
    expect(world.steps()).toEqual(['catalog done', 'checkout done', 'gateway kept']);
    expect(await imageOf(world, 'gateway')).toMatchObject(images('1.5.0', 'gateway'));
    world.declare(4, [release('gateway', '1.6.0-crash'), release('checkout', '1.6.0'), release('catalog', '1.0.1')]);
    expect(await world.deploy(4, ['catalog']), 'the next push works').toMatchObject({ state: 'Completed' });
  });

  it('is no deployment by itself: nothing done is not green', async () => {
    const world = await rolledBackTogether();
    const before = world.apps.writes.length;
    world.store.clear();
    expect(await world.deploy(2, ['gateway'])).toMatchObject({ state: 'Failed', services: [{ step: 'kept' }] });
    expect(world.apps.writes.length).toBe(before);
  });

  it('is tried again when a person removed the tag and re-runs the check', async () => {
    const world = await rolledBackTogether();
    world.apps.byHand(world.app('gateway'), { tags: { 'trueup-rolled-back': null } });
    world.declare(3, [release('gateway', '1.6.0-crash'), release('checkout', '1.6.0')]);
    expect(await world.deploy(3, ['gateway', 'checkout'])).toMatchObject({ state: 'RolledBack', reason: expect.stringContaining('gateway did not pass its gate') });
  });
});

describe('an app of somebody else', () => {
  const foreign = { 'trueup-repository': '8' };

  it('stops the commit that asks for it with nothing written, and no other', async () => {
    const world = deploymentWorld();
    world.apps.place(world.app('checkout'), { ...release('checkout', '0.9.0').app, tags: foreign });
    const before = world.apps.writes.length;
    world.declare(1, [release('checkout', '1.0.0'), release('catalog', '1.0.0')]);
    expect(await world.deploy(1, ['catalog', 'checkout'])).toMatchObject({ state: 'Failed' });
    expect(world.apps.writes.length, 'one commit, as a whole').toBe(before);
    world.declare(2, [release('checkout', '1.0.0'), release('catalog', '1.0.0'), release('cart', '1.0.0')]);
    expect(await world.deploy(2, ['cart'])).toMatchObject({ state: 'Completed' });
    expect(world.steps()).toEqual(['cart done', 'catalog done']);
    world.declare(3, [release('checkout', '1.0.0'), release('catalog', '1.0.1'), release('cart', '1.0.0')]);
    expect(await world.deploy(3, ['cart', 'catalog', 'checkout']), 'a person re-runs the check').toMatchObject({ state: 'Failed', needs: expect.stringContaining('tags') });
    expect(world.steps()).toEqual(['cart unchanged', 'catalog done', 'checkout kept']);
  });
});

describe('what was refused by others', () => {
  const binding = desiredSecretBinding();
  const secret = { binding: binding.name, tenant: 'contoso' };
  const payments = release('payments', '1.0.0', { secrets: [binding.name] });
  const more: Partial<DesiredEnvironment> = { secrets: [binding] };
  const about = (generation: number) => ({ environment: 'staging', commit: commitAt(generation), generation });
  const refuse = (world: DeploymentWorld, generation: number) => world.send('SecretBindingRefused', { ...about(generation), ...secret, reason: 'There is no such secret', needs: 'Create it.' });
  const bind = (world: DeploymentWorld, generation: number) => world.send('SecretBound', { ...about(generation), ...secret, digest: binding.digest });

  /** payments lacks its secret; cart of the same commit lacks nothing. */
  async function refused(): Promise<DeploymentWorld> {
    const world = deploymentWorld();
    world.declare(1, [payments, release('cart', '1.0.0')], more);
    await refuse(world, 1);
    expect(await world.deploy(1, ['payments', 'cart'])).toMatchObject({ state: 'Failed', needs: 'Create it. It is deployed with the next merge, or when you re-run the check.' });
    return world;
  }

  it('is deployed once it is there, at the commit that lacked it, and asked for once', async () => {
    const world = await refused();
    world.clock.advance(60_000);
    const from = world.store.emitted.length;
    await bind(world, 1);
    expect(await world.follow(from)).toMatchObject({ state: 'Completed', generation: 1, commit: commitAt(1) });
    expect(world.steps()).toEqual(['cart done', 'payments done']);
    const asked = () => world.store.emitted.filter(({ type }) => type === 'RemediateDrift').length;
    expect(asked()).toBe(1);
    world.clock.advance(60_000);
    await bind(world, 1);
    expect(asked(), 'said again').toBe(1);
  });

  it('comes with the deployment that the same sync asks for, and with no second one', async () => {
    const world = await refused();
    world.declare(2, [payments, release('cart', '1.0.0')], more);
    world.clock.advance(60_000);
    await world.send('Deploy', { ...about(2), services: ['payments', 'cart'] });
    await bind(world, 2);
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 2 });
    expect(world.store.emitted.filter(({ type }) => type === 'RemediateDrift')).toEqual([]);
  });

  it('loses nothing when it is faster than the Deploy of its sync', async () => {
    const world = await refused();
    world.declare(2, [payments, release('cart', '1.0.0'), release('catalog', '1.0.0')], more);
    world.clock.advance(60_000);
    const from = world.store.emitted.length;
    await bind(world, 2);
    await world.follow(from);
    await world.deploy(2, ['catalog']);
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 2, services: [{ service: 'catalog', step: 'done' }] });
    expect(await imageOf(world, 'payments')).toMatchObject(images('1.0.0', 'payments'));
    const { sequence } = world.progress();
    const earlier = world.store.emitted.flatMap(({ type, payload }) => (type.startsWith('RuntimeDeployment') && (payload as { generation: number }).generation === 2 ? [(payload as { sequence: number }).sequence] : []));
    expect(sequence).toBe(Math.max(...earlier));
  });

  it.each([
    { isThere: true, state: 'Completed', payments: 'payments done', reason: 'it is there by now' },
    { isThere: false, state: 'Failed', payments: 'payments kept', reason: 'it is still not there, which stops nothing that the commit changes' },
  ])('is looked at again by the next deployment: $reason', async ({ isThere, state, payments: step }) => {
    const world = await refused();
    world.declare(2, [payments, release('cart', '1.0.0'), release('catalog', '1.0.0')], more);
    world.clock.advance(60_000);
    await world.send('Deploy', { ...about(2), services: ['catalog'] });
    expect(world.store.emitted.filter(({ type }) => type === 'BindSecret')).toMatchObject([{ payload: { ...about(2), ...secret } }]);
    await (isThere ? bind(world, 2) : refuse(world, 2));
    await world.advance();
    expect(world.progress()).toMatchObject({ state });
    expect(world.steps()).toEqual(['cart done', 'catalog done', step]);
    if (!isThere) expect(world.progress()).toMatchObject({ reason: expect.stringContaining('Not deployed: payments: Refused: secret'), needs: 'Create it. It is deployed with the next merge, or when you re-run the check.' });
  });

  it('is the environment for all: provisioned later, it is deployed', async () => {
    const world = deploymentWorld();
    const { digest } = world.declare(1, [release('cart', '1.0.0')]);
    await world.send('RuntimeEnvironmentProvisioningFailed', { ...about(1), reason: 'No quota', needs: 'Ask for quota.' });
    await world.send('Deploy', { ...about(1), services: ['cart'] });
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Failed', needs: 'Ask for quota. It is deployed with the next merge, or when you re-run the check.' });
    world.clock.advance(60_000);
    const from = world.store.emitted.length;
    await world.send('RuntimeEnvironmentProvisioned', { ...about(1), digest, managedEnvironmentId: 'id', defaultDomain: 'd' });
    expect(await world.follow(from)).toMatchObject({ state: 'Completed', services: [{ service: 'cart', step: 'done' }] });
  });

  it('is a binding in production: declared by a later commit that changes no service, it is deployed at that commit', async () => {
    const world = deploymentWorld();
    const { digest } = desiredEnvironment({ stage: 'prod' });
    world.declare(1, [release('cart', '1.0.0')], { stage: 'prod', digest });
    await world.send('RuntimeEnvironmentProvisioned', { ...about(1), digest, managedEnvironmentId: 'id', defaultDomain: 'd' });
    await world.send('Deploy', { ...about(1), services: ['cart'] });
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Failed', needs: expect.stringContaining('RuntimeTenantBinding') });
    const bound = { name: 'contoso', tenant: 'contoso', isolation: 'pool' as const, environments: ['staging'], quota: { services: null, replicas: null, cpu: null, memory: null }, digest: 'b', source: release('cart', '1').source };
    world.declare(2, [release('cart', '1.0.0')], { stage: 'prod', digest, bindings: [bound] });
    const from = world.store.emitted.length;
    await world.send('RuntimeTenantBound', { ...about(2), tenant: 'contoso', isolation: 'pool', digest: 'b' });
    expect(await world.follow(from)).toMatchObject({ state: 'Completed', commit: commitAt(2), services: [{ service: 'cart', step: 'done' }] });
  });
});

describe('a deployment that wrote nothing', () => {
  it('ends as failed when a later service of the same look is refused, never as rolled back', async () => {
    const world = deploymentWorld();
    world.declare(1, [release('catalog', '1.0.0')]);
    await world.deploy(1, ['catalog']);
    world.apps.place(world.app('checkout'), { ...release('checkout', '0.9.0').app, tags: { 'trueup-repository': '8' } });
    const before = world.apps.writes.length;
    world.declare(2, [release('catalog', '1.0.1'), release('checkout', '1.0.0')]);
    expect(await world.deploy(2, ['catalog', 'checkout'])).toMatchObject({ state: 'Failed' });
    expect(world.states().slice(world.states().lastIndexOf('Requested'))).toEqual(['Requested', 'Provisioning', 'Configuring', 'RollingOut', 'Failed']);
    expect(world.apps.writes.length).toBe(before);
  });

  it('ends as failed when Azure refuses its first write', async () => {
    let isRefused = false;
    const world = deploymentWorld(failWhen((method) => (method === 'patch' && isRefused ? new Rejected('no', { code: 'Invalid' }) : null)));
    world.declare(1, [release('catalog', '1.0.0'), release('checkout', '1.0.0')]);
    await world.deploy(1, ['catalog', 'checkout']);
    isRefused = true;
    world.declare(2, [release('catalog', '1.0.1'), release('checkout', '1.0.1')]);
    expect(await world.deploy(2, ['catalog', 'checkout'])).toMatchObject({ state: 'Failed', reason: 'catalog: Azure refuses the write (Invalid)', services: [{ step: 'untouched' }, { step: 'untouched' }] });
    isRefused = false;
    world.declare(3, [release('catalog', '1.0.2'), release('checkout', '1.0.1')]);
    await world.deploy(3, ['catalog']);
    expect(world.steps()).toEqual(['catalog done', 'checkout done']);
  });
});
