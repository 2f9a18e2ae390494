import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredSecretBinding, desiredService } from '../../../test/support/desired.ts';
import { syncedWorld, type SyncedWorld } from '../../../test/support/synced-world.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';

const secret = desiredSecretBinding();

function declared(tags: Readonly<Record<string, string>>): DesiredEnvironment {
  const services = Object.entries(tags).map(([name, tag]) => desiredService({ name, image: `contoso.azurecr.io/${name}:${tag}`, secrets: name === 'payments' ? [secret.name] : [] }));
  return desiredEnvironment({ services, secrets: 'payments' in tags ? [secret] : [] });
}

async function check({ gitops }: SyncedWorld, commit: string): Promise<readonly unknown[]> {
  for (const { type, payload } of gitops.store.emitted.slice()) {
    if (type === 'RuntimeDeploymentCompleted' || type === 'RuntimeDeploymentFailed' || type === 'RuntimeDeploymentRolledBack') await gitops.settle(type, payload);
  }
  const { conclusion, title, summary } = gitops.github.check(commit, 'trueup/deploy (staging)') ?? {};
  return [conclusion, title, summary];
}

describe('a service that its own commit did not bring', () => {
  test('comes with the next merge, when another service of its commit failed', async () => {
    const world = syncedWorld();
    await world.push(declared({ gateway: '1.5.0', checkout: '1.5.0' }));
    await world.push(declared({ gateway: '1.6.0-crash', checkout: '1.6.0' }));
    expect([world.progress().state, await world.images()]).toEqual(['RolledBack', { gateway: '1.5.0', checkout: '1.5.0' }]);
    const fixed = await world.push(declared({ gateway: '1.6.1', checkout: '1.6.0' }));
    expect([world.progress().state, await world.images()]).toEqual(['Completed', { gateway: '1.6.1', checkout: '1.6.0' }]);
    expect(await check(world, fixed)).toEqual(['success', 'Deployed: 2 services', expect.stringContaining('checkout')]);
  });

  test('comes when its secret was created: with the next merge', async () => {
    const world = syncedWorld();
    world.missing.add(secret.name);
    await world.push(declared({ payments: '1.0.0' }));
    expect(world.progress()).toMatchObject({ state: 'Failed', needs: 'Create it in the vault. It is deployed with the next merge, or when you re-run the check.' });
    world.missing.clear();
    await world.push(declared({ payments: '1.0.0', catalog: '1.0.0' }));
    expect([world.progress().state, await world.images()]).toEqual(['Completed', { payments: '1.0.0', catalog: '1.0.0' }]);
  });

  test('comes when its secret was created: with the check that is run again', async () => {
    const world = syncedWorld();
    world.missing.add(secret.name);
    const commit = await world.push(declared({ payments: '1.0.0' }));
    await world.sync(true);
    expect(world.progress()).toMatchObject({ state: 'Failed', services: [{ step: 'kept' }] });
    world.missing.clear();
    await world.sync(true);
    expect([world.progress().state, await world.images()]).toEqual(['Completed', { payments: '1.0.0' }]);
    expect(await check(world, commit)).toEqual(['success', 'Deployed: 1 service', expect.anything()]);
  });

  test('stops nobody else while its secret is missing, and keeps the check red', async () => {
    const world = syncedWorld();
    world.missing.add(secret.name);
    await world.push(declared({ payments: '1.0.0' }));
    const other = await world.push(declared({ payments: '1.0.0', catalog: '1.0.0' }));
    expect([world.progress().state, await world.images()]).toEqual(['Failed', { catalog: '1.0.0' }]);
    expect(await check(world, other)).toEqual(['failure', expect.anything(), expect.stringContaining('Not deployed: payments')]);
  });
});

describe('a release that was rolled back', () => {
  test('is refused and said when the store was emptied; the others and the next merge go on', async () => {
    const world = syncedWorld();
    await world.push(declared({ gateway: '1.5.0', checkout: '1.5.0' }));
    const failed = await world.push(declared({ gateway: '1.6.0-crash', checkout: '1.5.0' }));
    const before = JSON.stringify(world.deployment.apps.snapshot());
    world.gitops.store.clear();
    await world.sync(false);
    expect(world.progress()).toMatchObject({ state: 'Failed', services: [{ service: 'gateway', step: 'kept' }, { service: 'checkout', step: 'unchanged' }] });
    expect(JSON.stringify(world.deployment.apps.snapshot())).toBe(before);
    expect(await check(world, failed)).toEqual(['failure', 'Failed: 1 of 2 services not deployed', expect.stringContaining('Not deployed: gateway')]);
    await world.push(declared({ gateway: '1.6.0-crash', checkout: '1.6.0' }));
    expect([world.progress().state, await world.images()]).toEqual(['Completed', { gateway: '1.5.0', checkout: '1.6.0' }]);
  });
});
