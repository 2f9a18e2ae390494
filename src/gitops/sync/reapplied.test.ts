import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredSecretBinding, release } from '../../../test/support/desired.ts';
import { syncedWorld, type SyncedWorld } from '../../../test/support/synced-world.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { DesiredEnvironment, DesiredService } from '../../kernel/desired-state.ts';

function asked(service: DesiredService, reapply: string): DesiredService {
  const app = { ...service.app, tags: { ...service.app.tags, 'trueup-reapply': reapply } };
  return { ...service, app, reapply, digest: digestOf(app) };
}

const [checkout, catalog] = [release('checkout', '1.0.0'), release('catalog', '1.0.0')];
const declares = (...services: readonly DesiredService[]): DesiredEnvironment => desiredEnvironment({ services });

/** Somebody sets another image of checkout, which then serves. */
function changeByHand({ deployment: { apps, app } }: SyncedWorld): void {
  const traffic = [{ latestRevision: true, weight: 100 }];
  apps.byHand(app('checkout'), { properties: { template: { revisionSuffix: 'hand', containers: [{ name: 'checkout', image: 'x/checkout:hot' }] }, configuration: { ingress: { traffic } } } });
}

/** The check of a commit after all that was said of its deployment. */
async function check({ gitops }: SyncedWorld, commit: string): Promise<readonly unknown[]> {
  for (const { type, payload } of gitops.store.emitted.slice()) if (type.startsWith('RuntimeDeployment')) await gitops.settle(type, payload);
  const { conclusion, title } = gitops.github.check(commit, 'trueup/deploy (staging)') ?? {};
  return [conclusion, title];
}

/** Deployments that a sync asked for, and those that came of it. */
function deployments({ gitops: { store } }: SyncedWorld, from: number): readonly string[] {
  const ids = store.emitted.slice(from).flatMap(({ type, payload }) => (type === 'RuntimeDeploymentRequested' ? [String((payload as { deploymentId?: unknown }).deploymentId)] : []));
  return [...store.emitted.slice(from).map(({ type }) => type).filter((type) => type === 'Deploy' || type === 'RemediateDrift'), `${new Set(ids).size} deployment`];
}

describe('a merge that asks for a service to be applied again', () => {
  test('puts back what somebody changed, and its check follows that to the end', async () => {
    const world = syncedWorld();
    await world.push(declares(checkout, catalog));
    changeByHand(world);
    expect(await world.images()).toEqual({ checkout: 'hot', catalog: '1.0.0' });
    const from = world.gitops.store.emitted.length;
    const commit = await world.push(declares(asked(checkout, '2'), catalog));
    expect([world.progress().state, await world.images()]).toEqual(['Completed', { checkout: '1.0.0', catalog: '1.0.0' }]);
    expect(deployments(world, from)).toEqual(['RemediateDrift', '1 deployment']);
    expect(world.gitops.store.emitted.findLast(({ type }) => type === 'RuntimeDeploymentRequested')?.payload).toMatchObject({ commit, reason: 'Git asks for it: trueup.dev/reapply says 2' });
    expect(await check(world, commit)).toEqual(['success', 'Deployed: 1 service']);
    expect(world.gitops.github.check(commit, 'trueup/deploy (staging)')?.summary).toContain('**Applied again.** Git asks for it: trueup.dev/reapply says 2');
    const writes = world.deployment.apps.writes.length;
    await world.sync(false);
    expect(world.deployment.apps.writes.length, 'the same again').toBe(writes);
  });

  test('is one deployment with what else it brings, and one check', async () => {
    const world = syncedWorld();
    await world.push(declares(checkout, catalog));
    changeByHand(world);
    const from = world.gitops.store.emitted.length;
    const commit = await world.push(declares(asked(checkout, '2'), release('catalog', '1.1.0')));
    expect([world.progress().state, await world.images()]).toEqual(['Completed', { checkout: '1.0.0', catalog: '1.1.0' }]);
    expect(deployments(world, from)).toEqual(['Deploy', '1 deployment']);
    expect(await check(world, commit)).toEqual(['success', 'Deployed: 2 services']);
  });

  test('asks again for a secret that another service lacked, as every merge does', async () => {
    const world = syncedWorld();
    const secret = desiredSecretBinding();
    const payments = release('payments', '1.0.0', { secrets: [secret.name] });
    const of = (service: DesiredService): DesiredEnvironment => desiredEnvironment({ services: [service, payments], secrets: [secret] });
    world.missing.add(secret.name);
    await world.push(of(checkout));
    expect(world.progress().state).toBe('Failed');
    world.missing.clear();
    await world.push(of(asked(checkout, '2')));
    expect([world.progress().state, await world.images()]).toEqual(['Completed', { checkout: '1.0.0', payments: '1.0.0' }]);
  });

  test('brings along what an earlier merge could not', async () => {
    const world = syncedWorld();
    await world.push(declares(checkout, catalog));
    await world.push(declares(release('checkout', '1.1.0'), release('catalog', '1.1.0-crash')));
    expect(world.progress().state).toBe('RolledBack');
    const commit = await world.push(declares(asked(release('checkout', '1.1.0'), '2'), release('catalog', '1.1.0-crash')));
    expect([world.progress().state, await world.images()]).toEqual(['Completed', { checkout: '1.1.0', catalog: '1.0.0' }]);
    expect(await check(world, commit)).toEqual(['success', 'Deployed: 1 service']);
  });
});
