import { describe, expect, it } from 'vitest';
import { deploymentWorld, tenant, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { desiredEnvironment, release } from '../../../test/support/desired.ts';
import type { DesiredService } from '../../kernel/desired-state.ts';
import type { PlanPart } from '../../kernel/plan.ts';

const checkout = (tag: string, more: Partial<DesiredService> = {}): DesiredService => release('checkout', tag, more);
const [v1, v2] = [checkout('1.4.1'), checkout('1.4.2')];

async function plan(world: DeploymentWorld, base: readonly DesiredService[] | null, head: readonly DesiredService[] | null): Promise<PlanPart> {
  const of = (services: readonly DesiredService[] | null) => (services === null ? null : desiredEnvironment({ services: [...services] }));
  const part = await world.context.plan?.({ tenantId: tenant, environment: 'staging', base: of(base), head: of(head) });
  if (part === undefined) throw new Error('no planner');
  return part;
}

async function running(service: DesiredService): Promise<DeploymentWorld> {
  const world = deploymentWorld();
  world.declare(1, [service]);
  await world.deploy(1, [service.name]);
  return world;
}

describe('the plan', () => {
  it('of a service that is not there', async () => {
    expect(await plan(deploymentWorld(), null, [v1])).toMatchObject({ changes: [{ action: 'create', effect: 'creates a resource', risk: 'medium', summary: 'checkout:1.4.1, reachable from the internet' }] });
  });

  it('of another image says which and shows three sides', async () => {
    const { changes } = await plan(await running(v1), [v1], [v2]);
    expect(changes).toMatchObject([{ action: 'update', effect: 'creates a revision', risk: 'low', summary: '1.4.1 → 1.4.2' }]);
    const image = changes[0]?.differences.find(({ path }) => path.endsWith('.image'));
    expect(image).toMatchObject({ lastApplied: v1.image, desired: v2.image, live: v1.image });
  });

  it.each([
    { reason: 'an ingress port reaches every revision at once', head: checkout('1.4.1', { ingress: { port: 9090, external: true } }), effect: 'app-scoped: hits all revisions', risk: 'high' },
    { reason: 'an ingress that goes', head: checkout('1.4.1', { ingress: null }), effect: 'app-scoped: hits all revisions', risk: 'high' },
    { reason: 'a tag', head: checkout('1.4.1', { app: { ...v1.app, tags: { ...v1.app.tags, team: 'x' } } }), effect: 'tags only', risk: 'low' },
    { reason: 'what runs already', head: { ...v1, digest: 'other' }, effect: 'nothing in Azure', risk: 'none' },
  ])('effect of $reason', async ({ head, effect, risk }) => {
    expect((await plan(await running(v1), [v1], [head])).changes).toMatchObject([{ effect, risk }]);
  });

  it.each([
    { reason: 'nothing else differs', byHand: null, effect: 'tags only', summary: /: nothing else differs$/ },
    { reason: 'a setting of the app is put back', byHand: { properties: { configuration: { ingress: { external: false } } } }, effect: 'app-scoped: hits all revisions', summary: /: 2 fields$/ },
    { reason: 'another image is put back', byHand: { properties: { template: { revisionSuffix: 'hand', containers: [{ name: 'checkout', image: 'contoso.azurecr.io/checkout:hot' }] } } }, effect: 'creates a revision', summary: /: hot → 1\.4\.1, / },
  ])('of an annotation that asks for it says so, and what Azure does: $reason', async ({ byHand, effect, summary }) => {
    const world = await running(v1);
    if (byHand !== null) world.apps.byHand(world.app('checkout'), byHand);
    const app = { ...v1.app, tags: { ...v1.app.tags, 'trueup-reapply': '2' } };
    const { changes } = await plan(world, [v1], [{ ...v1, app, reapply: '2', digest: 'asked' }]);
    expect(changes).toMatchObject([{ action: 'update', effect, summary: expect.stringMatching(/^applied again, because its annotation asks for it: /) }]);
    expect(changes[0]?.summary).toMatch(summary);
    const [with2] = (await plan(world, [v1], [{ ...v2, app: { ...v2.app, tags: app.tags }, reapply: '2', digest: 'asked' }])).changes;
    expect(with2?.summary, 'a release that is asked for, too').not.toContain('applied again');
  });

  it.each([
    { reason: 'its own identity, with the rights that it has', byHand: { identity: { type: 'SystemAssigned' } }, gone: 'identity' },
    { reason: 'a registry and who may call it', byHand: { properties: { configuration: { registries: [{ server: 'r.example', username: 'u', passwordSecretRef: 's' }], ingress: { ipSecurityRestrictions: [{ name: 'a', ipAddressRange: '10.0.0.0/8', action: 'Allow' }] } } } }, gone: 'ingress.ipSecurityRestrictions, registries' },
    { reason: 'nothing of a revision', byHand: { properties: { template: { revisionSuffix: 'hand', terminationGracePeriodSeconds: 60 } } }, gone: null },
    { reason: 'nothing that has another value', byHand: { properties: { configuration: { ingress: { targetPort: 81 } } } }, gone: null },
    { reason: 'no domain, which stays', byHand: { properties: { configuration: { ingress: { customDomains: [{ name: 'shop.example' }] } } } }, gone: null },
  ])('says what goes that no rollback brings back: $reason', async ({ byHand, gone }) => {
    const world = await running(v1);
    world.apps.byHand(world.app('checkout'), byHand);
    const [change] = (await plan(world, [v1], [v2])).changes;
    if (gone === null) expect(change?.summary).not.toContain('takes away');
    else expect(change).toMatchObject({ risk: 'high', summary: expect.stringContaining(`no rollback brings back: ${gone}; `) });
  });

  it('lists no service that the pull request does not change', async () => {
    expect(await plan(await running(v1), [v1], [v1])).toEqual({ changes: [], problems: [] });
  });

  it('of an app without our tags is an adoption', async () => {
    const world = deploymentWorld();
    world.apps.place(world.app('checkout'), { ...v1.app, tags: {} });
    expect((await plan(world, null, [v2])).changes).toMatchObject([{ action: 'adopt', risk: 'medium', summary: expect.stringContaining('takes over') }]);
  });

  it('of an app of another repository is an error on the service', async () => {
    const world = deploymentWorld();
    world.apps.place(world.app('checkout'), { ...v1.app, tags: { 'trueup-repository': '8' } });
    expect(await plan(world, null, [v2])).toMatchObject({ changes: [], problems: [{ severity: 'error', code: 'foreign-app', location: v2.source }] });
  });

  it('of a release that was rolled back is an error', async () => {
    const world = await running(v1);
    const bad = checkout('2.0.0-crash');
    world.declare(2, [bad]);
    await world.deploy(2, ['checkout']);
    expect((await plan(world, [v1], [bad])).problems).toMatchObject([{ code: 'rolled-back-release' }]);
  });

  it('of a service that goes deletes nothing', async () => {
    const world = await running(v1);
    expect((await plan(world, [v1], [])).changes).toMatchObject([{ action: 'unmanage', effect: 'stops managing' }]);
    expect(await plan(world, [v1], null)).toEqual({ changes: [], problems: [] });
  });

  it('changes nothing and needs no store', async () => {
    const world = await running(v1);
    world.store.clear();
    const before = world.apps.writes.length;
    const { changes } = await plan(world, [v1], [v2]);
    expect(changes[0]?.differences.find(({ path }) => path.endsWith('.image'))).toMatchObject({ lastApplied: v1.image });
    expect([world.apps.writes.length, world.store.snapshot()]).toEqual([before, {}]);
  });
});
