import { describe, expect, it } from 'vitest';
import { envelopeOf, failOnce, type Faults } from '../../../test/support/delivery.ts';
import { commitAt, tenant } from '../../../test/support/deployment-world.ts';
import { desiredService, sourceAt } from '../../../test/support/desired.ts';
import { healthWorldWith, type HealthWorld } from '../../../test/support/health-world.ts';
import { isObject } from '../../kernel/comparison/canonical.ts';
import type { DesiredScalingPolicy, JsonObject } from '../../kernel/desired-state.ts';

const environment = 'staging';

const policy: DesiredScalingPolicy = {
  name: 'checkout',
  tenant: 'contoso',
  service: 'checkout',
  replicas: { min: 1, max: 4 },
  scale: { minReplicas: 1, maxReplicas: 4 },
  slo: null,
  source: sourceAt(90),
  digest: 'policy',
};
const v1 = desiredService({ image: 'contoso.azurecr.io/checkout:1.0.0' });
const command = { environment, commit: commitAt(1), generation: 1, policy: 'checkout', service: 'checkout', tenant: 'contoso', deploymentId: null };

/** Somebody scales by hand: a revision of its own, without traffic. */
async function scaledByHand(faults?: Faults): Promise<HealthWorld> {
  const world = await healthWorldWith(v1, { scaling: [policy] }, faults);
  scaleByHand(world, 'hand', { minReplicas: 3, maxReplicas: 30 });
  return world;
}

function scaleByHand(world: HealthWorld, revisionSuffix: string, scale = { minReplicas: 9, maxReplicas: 90 }): void {
  world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix, scale } } });
}

/** A commit declares another scale of the same service. */
function declareScale(world: HealthWorld, generation: number, max: number): void {
  const replicas = { min: 1, max };
  const service = desiredService({ image: v1.image, replicas });
  world.declare(generation, [service], { scaling: [{ ...policy, replicas, scale: { minReplicas: 1, maxReplicas: max }, digest: `policy ${max}` }] });
}

/** The commit is deployed, and health-scaling has heard of it. */
async function deployed(world: HealthWorld, generation: number): Promise<void> {
  await world.deploy(generation, ['checkout']);
  await world.say('RuntimeDeploymentCompleted', world.progress());
}

function maximum(world: HealthWorld): unknown {
  const scale = templateOf(world)['scale'];
  return isObject(scale) ? scale['maxReplicas'] : null;
}

function templateOf(world: HealthWorld): JsonObject {
  const properties = world.apps.list()[0]?.raw['properties'];
  const template = isObject(properties) ? properties['template'] : null;
  return isObject(template) ? template : {};
}

describe('a scaling policy', () => {
  it('of what runs as declared is applied without a write', async () => {
    const world = await healthWorldWith(v1, { scaling: [policy] });
    const before = world.apps.writes.length;
    await world.say('ApplyScalingPolicy', { ...command, deploymentId: 'staging-1' });
    expect(world.heard('ScalingPolicyApplied')).toMatchObject([{ replicas: { min: 1, max: 4 } }]);
    expect(world.apps.writes.length).toBe(before);
  });

  it('is written when the service scales otherwise, without another revision and without moving anybody', async () => {
    const world = await scaledByHand();
    await world.say('ApplyScalingPolicy', command);
    expect(world.heard('ScalingPolicyApplied')).toHaveLength(1);
    expect(world.apps.writes.at(-1)).toMatchObject({ verb: 'patch', traffic: [{ revision: `checkout--${v1.revisionSuffix}`, weight: 100 }] });
    const [app] = world.apps.list();
    expect(app?.raw).toMatchObject({ properties: { template: { scale: { minReplicas: 1, maxReplicas: 4 } } } });
    const before = world.apps.writes.length;
    await world.say('ApplyScalingPolicy', command);
    expect([world.apps.writes.length, world.heard('ScalingPolicyApplied').length]).toEqual([before, 1]);
  });

  it('is written once, whatever call fails', async () => {
    const counting = failOnce(0, 'before');
    await (await scaledByHand(counting)).say('ApplyScalingPolicy', command);
    for (let call = 1; call <= counting.calls(); call += 1) {
      for (const when of ['before', 'after'] as const) {
        const world = await scaledByHand(failOnce(call, when));
        await world.say('ApplyScalingPolicy', command);
        expect(world.heard('ScalingPolicyApplied')).toHaveLength(1);
        expect(world.apps.writes.filter(({ verb }) => verb === 'patch')).toHaveLength(1);
      }
    }
  });

  it('rests between two writes', async () => {
    const world = await scaledByHand();
    await world.say('ApplyScalingPolicy', command);
    scaleByHand(world, 'hand2');
    const before = world.clock.now();
    world.declare(2, [v1], { scaling: [policy] });
    await world.say('ApplyScalingPolicy', { ...command, generation: 2, commit: commitAt(2) });
    expect(world.heard('ScalingPolicyApplied')).toHaveLength(2);
    expect(world.clock.now() - before).toBeGreaterThan(4 * 60_000);
  });

  it('of a newer commit is written at once, although an older one was written a moment ago', async () => {
    const world = await scaledByHand();
    await world.say('ApplyScalingPolicy', command);
    declareScale(world, 2, 43);
    await deployed(world, 2);
    // The tags are of the newer release, the scale is what the older command wrote.
    scaleByHand(world, 'hand2', { minReplicas: 1, maxReplicas: 4 });
    const before = world.clock.now();
    await world.say('ApplyScalingPolicy', { ...command, generation: 2, commit: commitAt(2) });
    expect(maximum(world)).toBe(43);
    expect(world.clock.now() - before).toBeLessThan(60_000);
  });

  it('of an older commit writes what the newest one declares', async () => {
    const world = await healthWorldWith(v1, { scaling: [policy] });
    declareScale(world, 2, 43);
    await deployed(world, 2);
    const written = world.apps.writes.length;
    await world.say('ApplyScalingPolicy', { ...command, deploymentId: 'staging-1' });
    expect([maximum(world), world.apps.writes.length]).toEqual([43, written]);
    expect(world.heard('ScalingPolicyApplied')).toMatchObject([{ generation: 1, replicas: { max: 43 } }]);
  });

  it('of an older commit puts the newest scale back where somebody else scaled', async () => {
    const world = await healthWorldWith(v1, { scaling: [policy] });
    declareScale(world, 2, 43);
    await deployed(world, 2);
    scaleByHand(world, 'hand');
    await world.say('ApplyScalingPolicy', { ...command, deploymentId: 'staging-1' });
    expect([maximum(world), world.heard('ScalingPolicyRefused')]).toEqual([43, []]);
  });

  it('reads the newest commit again after the rest between two writes', async () => {
    const world = await scaledByHand();
    await world.say('ApplyScalingPolicy', command);
    scaleByHand(world, 'hand2');
    world.declare(2, [v1], { scaling: [policy] });
    const second = envelopeOf('ApplyScalingPolicy', tenant, { ...command, generation: 2, commit: commitAt(2) }, world.clock);
    expect(await world.deliver(second, 'ApplyScalingPolicy')).toMatchObject({ end: 'wait', reason: 'scaled a moment ago' });
    declareScale(world, 3, 43);
    await deployed(world, 3);
    expect(await world.deliver(second, 'ApplyScalingPolicy')).toMatchObject({ end: 'done', emits: [{ type: 'ScalingPolicyApplied', payload: { replicas: { min: 1, max: 43 } } }] });
    expect(maximum(world)).toBe(43);
  });

  it('is not written while a newer commit waits for its deployment', async () => {
    const world = await scaledByHand();
    declareScale(world, 2, 43);
    const first = envelopeOf('ApplyScalingPolicy', tenant, command, world.clock);
    const before = world.apps.writes.length;
    expect(await world.deliver(first, 'ApplyScalingPolicy')).toMatchObject({ end: 'wait' });
    expect(world.apps.writes.length).toBe(before);
    await deployed(world, 2);
    const written = world.apps.writes.length;
    expect(await world.deliver(first, 'ApplyScalingPolicy')).toMatchObject({ end: 'done', emits: [{ type: 'ScalingPolicyApplied' }] });
    expect([maximum(world), world.apps.writes.length]).toEqual([43, written]);
  });

  it.each([{ deploymentId: 'staging-1' }, { deploymentId: null }])('is not written while a newer deployment runs, also when its release is there (deployment $deploymentId)', async ({ deploymentId }) => {
    const world = await healthWorldWith(v1, { scaling: [policy] });
    world.declare(2, [desiredService({ image: 'contoso.azurecr.io/checkout:2.0.0' })], { scaling: [policy] });
    await world.deploy(2, ['checkout']);
    const running = { ...world.progress(), state: 'HealthGating' as const };
    await world.say('RuntimeDeploymentRequested', running);
    await world.say('RuntimeDeploymentRequested', { ...running, generation: 1 });
    scaleByHand(world, 'hand');
    const first = envelopeOf('ApplyScalingPolicy', tenant, { ...command, deploymentId }, world.clock);
    expect(await world.deliver(first, 'ApplyScalingPolicy')).toMatchObject({ end: 'wait', reason: expect.stringContaining('2 runs') });
    await world.say('RuntimeDeploymentCompleted', world.progress());
    await world.say('ApplyScalingPolicy', { ...command, deploymentId });
    expect([maximum(world), world.heard('ScalingPolicyApplied').length]).toEqual([4, 1]);
  });

  it('is not refused for a write of an older one that failed', async () => {
    const failing: Faults = { calls: () => 0, methods: () => [], wrap: (port) => ('operation' in port ? { ...port, operation: async () => ({ status: 'failed', code: 'x', field: null }) } : port) };
    const world = await scaledByHand(failing);
    const first = envelopeOf('ApplyScalingPolicy', tenant, command, world.clock);
    await world.deliver(first, 'ApplyScalingPolicy');
    expect(await world.deliver(first, 'ApplyScalingPolicy')).toMatchObject({ reason: 'Azure writes the scale' });
    world.clock.advance(60_000);
    declareScale(world, 2, 43);
    await deployed(world, 2);
    await world.say('ApplyScalingPolicy', { ...command, generation: 2, commit: commitAt(2), deploymentId: 'staging-2' });
    expect([world.heard('ScalingPolicyApplied').length, world.heard('ScalingPolicyRefused')]).toEqual([1, []]);
  });

  it('is refused in the end when the newer release never comes', async () => {
    const world = await scaledByHand();
    declareScale(world, 2, 43);
    const before = world.apps.writes.length;
    await world.say('ApplyScalingPolicy', command);
    expect(world.heard('ScalingPolicyRefused')).toHaveLength(1);
    expect(world.apps.writes.length).toBe(before);
  });

  it('that a newer commit took away is not missed', async () => {
    const world = await scaledByHand();
    world.declare(2, [v1]);
    const before = world.apps.writes.length;
    await world.say('ApplyScalingPolicy', command);
    expect([world.heard('ScalingPolicyRefused'), world.heard('ScalingPolicyApplied'), world.apps.writes.length]).toEqual([[], [], before]);
  });

  it('that a newer commit declares wrongly waits for the repair', async () => {
    const world = await scaledByHand();
    world.declare(2, [v1], { invalid: [{ kind: 'ScalingPolicy', name: 'checkout' }] });
    const first = envelopeOf('ApplyScalingPolicy', tenant, command, world.clock);
    expect(await world.deliver(first, 'ApplyScalingPolicy')).toMatchObject({ end: 'wait', reason: 'a newer commit declares it wrongly' });
    world.declare(3, [v1], { scaling: [policy] });
    await world.say('ApplyScalingPolicy', command);
    expect([maximum(world), world.heard('ScalingPolicyApplied').length]).toEqual([4, 1]);
  });

  it('goes with the deployment that was rolled back', async () => {
    const world = await healthWorldWith(v1, { scaling: [policy] });
    world.declare(2, [desiredService({ image: 'contoso.azurecr.io/checkout:2.0.0-crash' })], { scaling: [policy] });
    await world.deploy(2, ['checkout']);
    await world.say('RuntimeDeploymentRolledBack', world.progress());
    await world.say('ApplyScalingPolicy', { ...command, generation: 2, commit: commitAt(2), deploymentId: 'staging-2' });
    expect(world.heard('ScalingPolicyRefused')).toHaveLength(1);
  });

  it('is applied when the deployment left out others and brought this service', async () => {
    const world = await healthWorldWith(v1, { scaling: [policy] });
    world.declare(2, [v1], { scaling: [policy] });
    await world.say('RuntimeDeploymentFailed', { ...world.progress(), generation: 2, commit: commitAt(2), state: 'Failed' });
    await world.say('ApplyScalingPolicy', { ...command, generation: 2, commit: commitAt(2), deploymentId: 'staging-2' });
    expect([world.heard('ScalingPolicyApplied').length, world.heard('ScalingPolicyRefused').length]).toEqual([1, 0]);
  });

  it('does not touch an app that differs in more than its scale', async () => {
    const world = await scaledByHand();
    world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'hand3', containers: [{ name: 'checkout', image: 'x:1' }] } } });
    await world.say('ApplyScalingPolicy', command);
    expect(world.heard('ScalingPolicyRefused')).toMatchObject([{ needs: expect.stringContaining('drift') }]);
  });
});
