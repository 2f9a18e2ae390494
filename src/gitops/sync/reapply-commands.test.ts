import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredTenantBinding, release, sourceAt } from '../../../test/support/desired.ts';
import { gitopsWorld, repositoryTenant, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { manifest } from '../../../test/support/tiny-language.ts';
import type { DesiredEnvironment, DesiredScalingPolicy, DesiredService } from '../../kernel/desired-state.ts';
import { digestOf } from '../../kernel/digest.ts';
import { done } from '../../kernel/outcome.ts';
import { loadRepositorySync, type RepositorySync } from '../records/repository-sync.ts';

const [checkout, catalog] = [release('checkout', '1.0.0'), release('catalog', '1.0.0')];

function objectives(digest: string): DesiredScalingPolicy {
  return { name: 'checkout', tenant: 'contoso', service: 'checkout', replicas: { min: 1, max: 4 }, scale: {}, slo: null, source: sourceAt(90), digest };
}

const staging = desiredEnvironment({ bindings: [desiredTenantBinding()], services: [checkout, catalog], scaling: [objectives('one')] });

/** As it is compiled with another value of the annotation. */
function asked(service: DesiredService, reapply: string): DesiredService {
  const app = { ...service.app, tags: { ...service.app.tags, 'trueup-reapply': reapply } };
  return { ...service, app, reapply, digest: digestOf(app) };
}

async function synced(world: GitopsWorld, change: Partial<DesiredEnvironment> = {}): Promise<readonly string[]> {
  world.github.commit('main', { 'trueup/staging.yaml': manifest({ environment: { ...staging, ...change } }) });
  const emitted = await world.settle('SyncRepository', { reason: 'push' });
  return emitted.map(({ type, payload }) => [type, 'services' in payload ? String(payload.services) : ''].join(' ').trim());
}

describe('a sync', () => {
  test.each([
    { after: { services: [asked(checkout, '2'), catalog] }, emits: ['RemediateDrift checkout'], reason: 'a service is only to be applied again' },
    { after: { services: [asked(checkout, '2'), asked(catalog, '2')] }, emits: ['RemediateDrift checkout,catalog'], reason: 'two are' },
    { after: { services: [asked(checkout, '2'), release('catalog', '1.5.0')] }, emits: ['Deploy checkout,catalog'], reason: 'another service changed with it: one deployment brings both' },
    { after: { services: [asked(release('checkout', '1.5.0'), '2'), catalog] }, emits: ['Deploy checkout'], reason: 'a service that changed and is asked for' },
    { after: { services: [asked(checkout, '2'), catalog, release('orders', '1.0.0')] }, emits: ['Deploy checkout,orders'], reason: 'a service came with it' },
    { after: { services: [asked(checkout, '2'), catalog], scaling: [objectives('two')] }, emits: ['RemediateDrift checkout', 'ApplyScalingPolicy'], reason: 'its objectives changed with it' },
    { after: { drift: { mode: 'heal', paths: [{ services: null, path: 'tags.owner', mode: 'report', reason: null }] } }, emits: [], reason: 'what is done about drift is for the next scan' },
    { after: { services: [{ ...checkout, ignores: [{ path: 'tags.owner', reason: 'of others' }] }, catalog] }, emits: [], reason: 'what is left to others, too' },
  ] satisfies readonly { readonly after: Partial<DesiredEnvironment>; readonly emits: readonly string[]; readonly reason: string }[])('emits $emits: $reason', async ({ after, emits }) => {
    const world = gitopsWorld();
    await synced(world);
    expect(await synced(world, after)).toEqual(emits);
    expect(await synced(world, after), 'the same again').toEqual([]);
  });

  test('an annotation that changes again, goes or comes back has the service applied again each time, and says why', async () => {
    const world = gitopsWorld();
    await synced(world);
    const reasons: string[] = [];
    for (const service of [asked(checkout, '2'), asked(checkout, '3'), checkout]) {
      expect(await synced(world, { services: [service, catalog] })).toEqual(['RemediateDrift checkout']);
      reasons.push(world.last('RemediateDrift').reason);
    }
    expect(reasons).toEqual(['Git asks for it: trueup.dev/reapply says 2', 'Git asks for it: trueup.dev/reapply says 3', 'Git asks for it: trueup.dev/reapply changed']);
    expect(world.last('RemediateDrift')).not.toHaveProperty('findings');
  });

  test('a record of before anybody could tell is read, and what changed since is deployed', async () => {
    const world = gitopsWorld();
    await synced(world);
    const { value, save } = await loadRepositorySync(world.store, repositoryTenant);
    if (value === null) throw new Error('nothing was stored');
    const environments = Object.entries(value.environments).map(([name, { besideReapply: _unknown, ...known }]) => [name, known]);
    // As it was written before the field was there.
    world.store.apply(done([save({ ...value, environments: Object.fromEntries(environments) as RepositorySync['environments'] })]));
    expect(await synced(world, { services: [asked(checkout, '2'), catalog] })).toEqual(['Deploy checkout']);
    expect(await synced(world, { services: [asked(checkout, '3'), catalog] })).toEqual(['RemediateDrift checkout']);
  });
});
