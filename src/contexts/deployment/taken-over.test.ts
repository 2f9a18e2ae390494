import { describe, expect, it } from 'vitest';
import { failOnce, type Faults } from '../../../test/support/delivery.ts';
import { commitAt, deploymentWorld, inAzure, tenant, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { release } from '../../../test/support/desired.ts';
import type { DesiredService, JsonObject } from '../../kernel/desired-state.ts';

const [v1, v2] = [release('checkout', '1.0.0'), release('checkout', '1.0.1')];
const found = 'checkout--0000001';
const secret = { name: 'by-value', value: 'nobody sends this' };

/** As somebody made it in the portal: another name of its revision, one revision at a time, a secret by value. */
function foundApp({ app }: DesiredService): JsonObject {
  const { revisionSuffix: _named, ...template } = app.properties.template;
  const configuration = { ...app.properties.configuration, activeRevisionsMode: 'Single', secrets: [secret] };
  return { ...app, tags: { team: 'checkout' }, properties: { ...app.properties, configuration, template } };
}

interface Shown {
  readonly body: { readonly tags: Readonly<Record<string, string>>; readonly properties: { readonly configuration: JsonObject; readonly template: JsonObject } };
  readonly revisions: readonly { readonly name: string; readonly active: boolean; readonly weight: number }[];
}

function shown(world: DeploymentWorld): Shown {
  // What `snapshot` gives is made of this shape.
  const [app] = world.apps.snapshot() as readonly Shown[];
  if (app === undefined) throw new Error('there is no app');
  return app;
}

const serving = (world: DeploymentWorld): readonly string[] => shown(world).revisions.filter(({ weight }) => weight > 0).map(({ name, weight }) => `${name} ${weight}`);

function foundWorld(faults?: Faults, service = v1, body: JsonObject = foundApp(service)): DeploymentWorld {
  const world = deploymentWorld(faults, { lookMs: 6000, gateMs: 60_000, operationMs: 60_000 });
  world.apps.place(world.app('checkout'), body);
  return world;
}

async function merge(world: DeploymentWorld, generation: number, service: DesiredService): Promise<string> {
  world.declare(generation, [service]);
  return (await world.deploy(generation, ['checkout'])).state;
}

async function plans(world: DeploymentWorld, service: DesiredService): Promise<readonly (readonly [string, string, string])[]> {
  const head = world.declare(90, [service]);
  const part = await world.context.plan?.({ tenantId: tenant, environment: 'staging', base: null, head });
  return (part?.changes ?? []).map(({ action, effect, summary }) => [action, effect, summary] as const);
}

describe('an app that runs as Git declares it', () => {
  it('is no change in the plan', async () => {
    expect(await plans(foundWorld(), v1)).toEqual([['none', 'nothing in Azure', 'is taken over as it runs']]);
  });

  it('is taken over: tags and pinned traffic, in one write that makes nothing and moves nobody', async () => {
    const world = foundWorld();
    const before = shown(world);
    expect(await merge(world, 1, v1)).toBe('Completed');
    const { body, revisions } = shown(world);
    expect(world.apps.writes.map(({ verb }) => verb)).toEqual(['placed', 'patch']);
    expect(revisions).toEqual(before.revisions);
    expect(body.properties.template).toEqual(before.body.properties.template);
    expect(body.properties.configuration).toMatchObject({ activeRevisionsMode: 'Multiple', secrets: [secret], ingress: { traffic: [{ revisionName: found, weight: 100 }] } });
    expect(body.tags).toMatchObject({ 'trueup-revision': found, 'trueup-template': v1.revisionSuffix, 'trueup-digest': v1.digest, 'trueup-commit': commitAt(1), team: 'checkout' });
    expect(world.progress().services).toMatchObject([{ step: 'done', revision: found, weight: 100 }]);
    expect((await world.context.standing?.(tenant, 'staging'))?.services[0]?.knownGood).toMatchObject([{ revision: found, commit: commitAt(1) }]);
    expect(await plans(world, v1)).toEqual([['none', 'nothing in Azure', expect.any(String)]]);
  });

  it('is not written again when it is asked for again, however that comes about', async () => {
    const world = foundWorld();
    await merge(world, 1, v1);
    const wanted = inAzure(world);
    world.store.clear();
    expect(await merge(world, 2, v1)).toBe('Completed');
    await world.send('RemediateDrift', { environment: 'staging', services: ['checkout'], commit: commitAt(2), generation: 2, reason: 'asked' });
    await world.advance();
    expect([world.progress().state, inAzure(world), world.apps.writes.length]).toEqual(['Completed', wanted, 2]);
  });

  it('is what a later release comes beside and goes back to, under its own name', async () => {
    const world = foundWorld();
    await merge(world, 1, v1);
    expect(await merge(world, 2, v2)).toBe('Completed');
    expect(serving(world)).toEqual([`checkout--${v2.revisionSuffix} 100`]);
    expect(shown(world).body.properties.configuration, 'a value that nobody could bring back').toMatchObject({ secrets: [secret] });
    await world.send('RollbackDeployment', { environment: 'staging', services: [], by: 'ada', reason: 'asked' });
    await world.advance();
    expect(world.progress().state).toBe('RolledBack');
    expect(serving(world)).toEqual([`${found} 100`]);
    expect(shown(world).revisions.map(({ name, active }) => [name, active])).toEqual([[found, true], [`checkout--${v2.revisionSuffix}`, false]]);
    expect(shown(world).body.properties.template).toMatchObject({ revisionSuffix: '0000001' });
  });

  it('runs again under its own name when Git goes back to it, also when the store was emptied', async () => {
    const world = foundWorld();
    await merge(world, 1, v1);
    await merge(world, 2, v2);
    world.store.clear();
    expect(await merge(world, 3, v1)).toBe('Completed');
    expect(serving(world)).toEqual([`${found} 100`]);
    expect(shown(world).revisions).toHaveLength(2);
  });

  it('goes back to it when the next release fails, by the tags alone', async () => {
    const world = foundWorld();
    await merge(world, 1, v1);
    world.store.clear();
    expect(await merge(world, 2, release('checkout', '2.0.0-crash'))).toBe('RolledBack');
    expect(serving(world)).toEqual([`${found} 100`]);
    expect(shown(world).body.tags).toMatchObject({ 'trueup-digest': v1.digest, 'trueup-revision': found });
  });

  it('gets back what somebody changed since, and its revision with it', async () => {
    const world = foundWorld();
    await merge(world, 1, v1);
    const [container] = v1.app.properties.template['containers'] as readonly JsonObject[]; // the builder's
    world.apps.byHand(world.app('checkout'), { properties: { template: { containers: [{ ...container, image: 'contoso.azurecr.io/checkout:hot' }] } } });
    await world.send('RemediateDrift', { environment: 'staging', services: ['checkout'], commit: commitAt(1), generation: 1, reason: 'drift' });
    await world.advance();
    expect([world.progress().state, serving(world)]).toEqual(['Completed', [`${found} 100`]]);
    expect(world.apps.images('checkout').get(found)).toBe(v1.image);
    expect(shown(world).body.properties.template).toMatchObject({ revisionSuffix: '0000001', containers: [{ image: v1.image }] });
  });

  it('keeps its template where only a setting of the app changes', async () => {
    const world = foundWorld(undefined, v1, { ...foundApp(v1) });
    await merge(world, 1, v1);
    const before = shown(world);
    const { properties } = v1.app;
    const inside = { ...v1, ingress: { port: 8080, external: false }, app: { ...v1.app, properties: { ...properties, configuration: { ...properties.configuration, ingress: { external: false, targetPort: 8080, transport: 'auto' } } } }, digest: 'inside' };
    world.declare(2, [inside]);
    expect((await world.deploy(2, ['checkout'])).state).toBe('Completed');
    expect(shown(world).body.properties.configuration).toMatchObject({ ingress: { external: false } });
    expect([shown(world).revisions, shown(world).body.properties.template]).toEqual([before.revisions, before.body.properties.template]);
  });

  it('ends in the same world when any call fails once, and writes nothing twice', async () => {
    const counting = failOnce(0, 'before');
    const calm = foundWorld(counting);
    await merge(calm, 1, v1);
    const wanted = inAzure(calm);
    for (let call = 1; call <= counting.calls(); call += 1) {
      for (const when of counting.methods()[call - 1] === 'patch' ? (['before', 'after'] as const) : (['before'] as const)) {
        const world = foundWorld(failOnce(call, when));
        expect([await merge(world, 1, v1), inAzure(world), world.apps.writes.length], `call ${call} fails ${when}`).toEqual(['Completed', wanted, 2]);
      }
    }
  });

  it('finds its way when the store is emptied between any two deliveries', async () => {
    const calm = foundWorld();
    await merge(calm, 1, v1);
    const wanted = inAzure(calm);
    for (let emptied = 1; emptied <= 8; emptied += 1) {
      const world = foundWorld();
      world.declare(1, [v1]);
      await world.start(1, ['checkout']);
      for (let ticks = 0; ticks < emptied; ticks += 1) await world.tick();
      world.store.clear();
      expect((await world.deploy(1, ['checkout'])).state, `emptied after ${emptied}`).toBe('Completed');
      expect(inAzure(world), `emptied after ${emptied}`).toEqual(wanted);
      expect(world.apps.writes, `emptied after ${emptied}`).toHaveLength(2);
    }
  });

  it('is taken over and said to be ill where it is ill: nothing of it is made anew', async () => {
    const ill = release('checkout', '1.0.0-unready');
    const world = foundWorld(undefined, ill);
    expect(await merge(world, 1, ill)).toBe('Failed');
    expect(world.progress().reason).toContain('did not pass its gate');
    expect([shown(world).revisions.map(({ name }) => name), serving(world)]).toEqual([[found], [`${found} 100`]]);
    expect(await merge(world, 2, v1)).toBe('Completed');
    expect(serving(world)).toEqual([`checkout--${v1.revisionSuffix} 100`]);
  });

  it('is looked at anew where somebody changes it before it is written to', async () => {
    const world = foundWorld();
    world.declare(1, [v1]);
    await world.start(1, ['checkout']);
    await world.tickUntil('RollingOut');
    for (let ticks = 0; ticks < 20 && world.progress().services[0]?.step !== 'taking-over'; ticks += 1) await world.tick();
    world.apps.byHand(world.app('checkout'), { properties: { template: { scale: { minReplicas: 3 } } } });
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: expect.stringContaining('while it was being taken over') });
    expect(shown(world).body.tags).toEqual({ team: 'checkout' });
    world.clock.advance(60_000);
    expect(await merge(world, 2, v1)).toBe('Completed');
    expect(shown(world).body.properties.template).toMatchObject({ scale: { minReplicas: 1 } });
  });
});

describe('what is not taken over as it runs, but by a release beside it', () => {
  const worker = release('checkout', '1.0.0', { ingress: null, health: { readiness: null, liveness: null } });
  const other = { properties: { template: { revisionSuffix: 'other', containers: [{ name: 'checkout', image: 'contoso.azurecr.io/checkout:0.9' }] } } };
  const back = (service: DesiredService, traffic: unknown): JsonObject => ({ properties: { configuration: traffic === null ? {} : { ingress: { traffic } }, template: { ...service.app.properties.template, revisionSuffix: 'back' } } });
  const rows = [
    { reason: 'nothing but a worker that runs as declared', service: worker, mode: 'Single', writes: [], expected: ['none', 'nothing in Azure', 'is taken over as it runs'] },
    { reason: 'several revisions of a worker', service: worker, mode: 'Multiple', writes: [other, back(worker, null)], expected: ['adopt', 'creates a revision', expect.stringContaining('3 revisions run side by side')] },
    { reason: 'traffic that is divided', service: v1, mode: 'Multiple', writes: [other, back(v1, [{ revisionName: 'checkout--other', weight: 40 }, { revisionName: 'checkout--back', weight: 60 }])], expected: ['adopt', 'creates a revision', expect.stringContaining('2 revisions run side by side')] },
    { reason: 'traffic at another revision than the template’s', service: v1, mode: 'Multiple', writes: [other, back(v1, [{ revisionName: 'checkout--other', weight: 100 }])], expected: ['adopt', 'creates a revision', expect.stringContaining('another revision runs than its template says')] },
    { reason: 'another scale', service: v1, mode: 'Single', writes: [{ properties: { template: { scale: { minReplicas: 2 } } } }], expected: ['adopt', 'creates a revision', expect.stringContaining('takes over a container app that runs')] },
  ];
  it.each(rows)('$reason', async ({ service, mode, writes, expected }) => {
    const body = foundApp(service);
    const world = foundWorld(undefined, service, { ...body, properties: { ...service.app.properties, ...(body['properties'] as JsonObject), configuration: { ...service.app.properties.configuration, activeRevisionsMode: mode } } });
    for (const write of writes) world.apps.byHand(world.app('checkout'), write);
    world.clock.advance(60_000);
    expect(await plans(world, service)).toEqual([expected]);
    const before = shown(world).revisions.length;
    await merge(world, 1, service);
    expect(world.progress()).toMatchObject({ state: 'Completed', reason: null });
    expect(shown(world).revisions.length - before).toBe(expected[0] === 'none' ? 0 : 1);
  });
});
