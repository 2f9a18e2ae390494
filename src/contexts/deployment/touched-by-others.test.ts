import { describe, expect, it } from 'vitest';
import { envelopeOf, runToEnd } from '../../../test/support/delivery.ts';
import { commitAt, deploymentWorld, tenant, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { release } from '../../../test/support/desired.ts';
import { honoured } from '../../kernel/comparison/honoured.ts';
import { tagOf, type ObservedApp } from '../../kernel/container-app.ts';
import { tagNames, type DesiredService } from '../../kernel/desired-state.ts';

const scale = 'properties.template.scale';
const restrictions = 'properties.configuration.ingress.ipSecurityRestrictions';
const office = [{ name: 'office', ipAddressRange: '203.0.113.0/24', action: 'Allow' }];

function checkout(tag: string, ...ignored: readonly string[]): DesiredService {
  return { ...release('checkout', tag), ignores: ignored.map((path) => ({ path, reason: 'the operations team decides it' })) };
}

async function deployed(world: DeploymentWorld, generation: number, service: DesiredService): Promise<string> {
  world.declare(generation, [service]);
  return (await world.deploy(generation, ['checkout'])).state;
}

async function running(world: DeploymentWorld): Promise<ObservedApp> {
  const app = await world.apps.observe(tenant, world.app('checkout'), { aborted: false });
  if (app === null) throw new Error('there is no app');
  return app;
}

const revisionOf = ({ revisionSuffix }: DesiredService) => `checkout--${revisionSuffix}`;

describe('an app to which somebody added what nobody declares', () => {
  it('is as declared after it is applied again, under the revision that was there', async () => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0');
    await deployed(world, 1, v1);
    world.apps.byHand(world.app('checkout'), {
      tags: { 'cost-center': '42' },
      properties: {
        configuration: { dapr: { enabled: true, appId: 'checkout' }, ingress: { customDomains: [{ name: 'shop.example' }], ipSecurityRestrictions: office } },
        template: { revisionSuffix: 'hand', terminationGracePeriodSeconds: 600, initContainers: [{ name: 'miner', image: 'x:1' }] },
      },
    });
    expect(await deployed(world, 2, v1)).toBe('Completed');
    const { raw, traffic } = await running(world);
    expect(raw).toMatchObject({ tags: { 'cost-center': '42' }, properties: { configuration: { ingress: { customDomains: [{ name: 'shop.example' }] } }, template: { revisionSuffix: v1.revisionSuffix } } });
    const texts = JSON.stringify(raw);
    for (const added of ['dapr', 'office', 'miner', '600']) expect(texts).not.toContain(added);
    expect(traffic).toEqual([{ revision: revisionOf(v1), weight: 100, label: null }]);
  });
});

describe('an app whose template somebody changed', () => {
  const service = checkout('1.0.0');
  const worker = release('checkout', '1.0.0', { ingress: null, health: { readiness: null, liveness: null } });
  const debug = { revisionSuffix: 'hand', containers: [{ name: 'checkout', image: service.image, env: [{ name: 'DEBUG', value: '1' }] }] };
  const to = (revisionName: string, weight: number, label?: string) => ({ revisionName, weight, ...(label !== undefined && { label }) });
  const serving = (...traffic: readonly object[]) => ({ ingress: { traffic } });
  const own = revisionOf(service);

  it.each([
    { reason: 'nobody is served by it', of: service, configuration: {}, active: [own], weights: { [own]: 100 } },
    { reason: 'somebody let it serve', of: service, configuration: serving(to(own, 40), to('checkout--hand', 60)), active: [own], weights: { [own]: 100 } },
    { reason: 'it took the place of ours, in single mode', of: service, configuration: { activeRevisionsMode: 'Single' }, active: [own], weights: { [own]: 100 } },
    { reason: 'without ingress', of: worker, configuration: {}, active: [own], weights: { [own]: 0 } },
    { reason: 'people come to it by its label, so it stays', of: service, configuration: serving(to(own, 100), to('checkout--hand', 0, 'debug')), active: [own, 'checkout--hand'], weights: { [own]: 100, 'checkout--hand': 0 } },
  ])('gets the declared one back under the revision that was there, and the other ends: $reason', async ({ of, configuration, active, weights }) => {
    const world = deploymentWorld();
    await deployed(world, 1, of);
    world.apps.byHand(world.app('checkout'), { properties: { configuration, template: debug } });
    world.clock.advance(60_000);
    await world.send('RemediateDrift', { environment: 'staging', services: ['checkout'], commit: commitAt(1), generation: 1, reason: 'drift' });
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Completed', reason: null });
    expect((await running(world)).raw).toMatchObject({ properties: { configuration: { activeRevisionsMode: 'Multiple' }, template: of.app.properties.template } });
    expect(JSON.stringify((await running(world)).raw)).not.toContain('DEBUG');
    const revisions = await world.apps.revisions(tenant, world.app('checkout'), { aborted: false });
    expect(revisions.map(({ name }) => name)).toEqual([own, 'checkout--hand']);
    expect(revisions.filter((one) => one.active).map(({ name }) => name)).toEqual(active);
    expect(weights).toEqual(Object.fromEntries(revisions.filter(({ name }) => Object.hasOwn(weights, name)).map(({ name, trafficWeight }) => [name, trafficWeight])));
  });
});

describe('what the scan after a release finds', () => {
  it('is put right although the correction comes under the trace of the release, whose mark the app has', async () => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0');
    await deployed(world, 1, v1);
    const traceId = tagOf(await running(world), tagNames.trace) ?? '';
    world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'hand', terminationGracePeriodSeconds: 600 } } });
    const remediate = world.context.reactions.find(({ on }) => on === 'RemediateDrift');
    if (remediate === undefined) throw new Error('nobody remediates');
    const asked = envelopeOf('RemediateDrift', tenant, { environment: 'staging', services: ['checkout'], commit: commitAt(1), generation: 1, reason: 'drift' }, world.clock);
    await runToEnd(remediate, { ...asked, traceId }, world);
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Completed', deploymentId: expect.stringMatching(/^staging-1-./) as string });
    expect(JSON.stringify((await running(world)).raw)).not.toContain('600');
  });
});

describe('what somebody did and nobody took back', () => {
  it('keeps its revision where only the store was emptied: the change is still there', async () => {
    const world = deploymentWorld();
    const [v1, v2] = [checkout('1.0.0'), checkout('1.0.1')];
    await deployed(world, 1, v1);
    await deployed(world, 2, v2);
    await world.apps.activate(tenant, world.app('checkout'), revisionOf(v1), { aborted: false });
    world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'hand', terminationGracePeriodSeconds: 600 } } });
    world.clock.advance(60_000);
    world.store.clear();
    expect(await deployed(world, 2, v2)).toBe('Completed');
    const revisions = await world.apps.revisions(tenant, world.app('checkout'), { aborted: false });
    expect(revisions.filter((one) => one.active).map(({ name }) => name)).toEqual([revisionOf(v2), 'checkout--hand']);
  });

  it('stays through the way back of a release in whose time it was done', async () => {
    const world = deploymentWorld();
    await deployed(world, 1, checkout('1.0.0'));
    world.declare(2, [checkout('1.0.1-unready')]);
    await world.start(2, ['checkout']);
    await world.tickUntil('HealthGating');
    world.clock.advance(60_000);
    world.apps.byHand(world.app('checkout'), { properties: { configuration: { ingress: { external: false, ipSecurityRestrictions: office } } } });
    world.clock.advance(60_000);
    await world.advance();
    expect(world.progress().state).toBe('RolledBack');
    expect((await running(world)).raw).toMatchObject({ properties: { configuration: { ingress: { external: true, ipSecurityRestrictions: office } } } });
  });
});

describe('a service of which Git leaves a part to others', () => {
  it('takes what is live there into its next revision, which is named by it', async () => {
    const world = deploymentWorld();
    await deployed(world, 1, checkout('1.0.0', scale));
    world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'hand', scale: { minReplicas: 3, maxReplicas: 30 } } } });
    const v2 = checkout('1.0.1', scale);
    const expected = honoured(v2, (await running(world)).raw);
    expect(await deployed(world, 2, v2)).toBe('Completed');
    const { raw, traffic, tags } = await running(world);
    expect(expected.revisionSuffix).not.toBe(v2.revisionSuffix);
    expect(traffic).toEqual([{ revision: revisionOf(expected), weight: 100, label: null }]);
    expect(raw).toMatchObject({ properties: { template: { revisionSuffix: expected.revisionSuffix, scale: { minReplicas: 3, maxReplicas: 30 }, containers: [{ image: v2.image }] } } });
    expect(tags['trueup-digest']).toBe(v2.digest);
  });

  it('is not written again for what others changed and Git leaves to them', async () => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0', restrictions);
    await deployed(world, 1, v1);
    world.apps.byHand(world.app('checkout'), { properties: { configuration: { ingress: { ipSecurityRestrictions: office } } } });
    const { length } = world.apps.writes;
    expect(await deployed(world, 2, v1)).toBe('Completed');
    expect(world.apps.writes.length).toBe(length);
  });

  it.each([
    { reason: 'a release', tag: '1.0.1', state: 'Completed' },
    { reason: 'a release that is taken back', tag: '1.0.1-crash', state: 'RolledBack' },
  ])('keeps what others set app-wide through $reason', async ({ tag, state }) => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0', restrictions);
    await deployed(world, 1, v1);
    world.apps.byHand(world.app('checkout'), { properties: { configuration: { ingress: { ipSecurityRestrictions: office, external: false } } } });
    expect(await deployed(world, 2, checkout(tag, restrictions))).toBe(state);
    expect((await running(world)).raw).toMatchObject({ properties: { configuration: { ingress: { ipSecurityRestrictions: office, external: true } } } });
  });

  it('plans nothing there', async () => {
    const world = deploymentWorld();
    await deployed(world, 1, checkout('1.0.0', restrictions, scale));
    world.apps.byHand(world.app('checkout'), { properties: { configuration: { ingress: { ipSecurityRestrictions: office } } } });
    const head = world.declare(2, [checkout('1.0.1', restrictions, scale)]);
    const part = await world.context.plan?.({ tenantId: tenant, environment: 'staging', base: null, head });
    expect(part?.changes.flatMap(({ differences }) => differences.map(({ path }) => path))).toEqual(['properties.template.containers[checkout].image']);
  });
});
