import { describe, expect, it } from 'vitest';
import { command } from '../../../test/support/commands.ts';
import { commitAt, tenant } from '../../../test/support/deployment-world.ts';
import { revisionOf, rolloutRelease, rolloutWorld, strategies, type RolloutWorld } from '../../../test/support/rollout-world.ts';
import { tenantId } from '../../kernel/ids.ts';

const { rollout } = strategies['all-at-once'];
const v = (version: number, name = 'checkout') => rolloutRelease(version, undefined, { rollout, name });

async function released(...versions: readonly number[]): Promise<RolloutWorld> {
  const world = rolloutWorld();
  for (const [index, version] of versions.entries()) {
    await world.merge(index + 1, [v(version)], { material: version });
    await world.drive();
  }
  return world;
}

describe('how an environment stands', () => {
  it('is nothing where nothing was deployed', async () => {
    expect(await rolloutWorld().context.standing?.(tenant, 'staging')).toBeNull();
  });

  it('is no matter of another tenant', async () => {
    const world = await released(1);
    expect(await world.context.standing?.(tenantId(100, 8, 'contoso'), 'staging')).toBeNull();
  });

  it('tells the last deployment, the ledger and what it was judged by', async () => {
    const world = await released(1, 2);
    const standing = await world.context.standing?.(tenant, 'staging');
    expect(standing).toMatchObject({ deployment: { deploymentId: 'staging-2', state: 'Completed' }, next: null, paused: null });
    expect(standing?.services).toMatchObject([{ service: 'checkout', tenant: 'contoso', quarantined: [], knownGood: [{ commit: commitAt(1) }, { commit: commitAt(2) }] }]);
    const newest = standing?.services[0]?.knownGood.at(-1);
    expect(newest).toMatchObject({ image: v(2).image, digest: v(2).digest, revision: revisionOf(v(2)), secrets: [{ binding: 'payments-api-key', version: '2'.padStart(32, '0') }] });
    expect(newest?.configuration?.version).toMatch(/^cfg-/);
    expect(newest?.verdict).toMatch(/^Passed with 0 and 100 % of the traffic: .*success rate \(\d+ requests\).*release desk.*, watched for 2 minutes$/);
    expect(newest).not.toHaveProperty('release');
  });

  it('tells what waits, and who paused', async () => {
    const world = await released(1);
    await world.merge(2, [v(2)]);
    await world.judged(100);
    await world.merge(3, [v(3)]);
    await command(world, 'PauseDeployments', { environment: 'staging', by: 'octocat' });
    expect(await world.context.standing?.(tenant, 'staging')).toMatchObject({ deployment: { deploymentId: 'staging-2' }, next: commitAt(3), paused: { by: 'octocat', at: expect.stringMatching(/^2026-/) as string } });
  });

  it('names services that Git still declares', async () => {
    const world = await released(1);
    await world.merge(2, [v(1), v(2, 'catalog')], { asked: ['catalog'] });
    await world.drive();
    const names = async () => (await world.context.standing?.(tenant, 'staging'))?.services.map(({ service }) => service);
    expect(await names()).toEqual(['catalog', 'checkout']);
    await world.merge(3, [v(3, 'catalog')]);
    expect(await names()).toEqual(['catalog']);
  });

  it('keeps ten releases, the newest last', async () => {
    const world = await released(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    const { knownGood } = await world.standing();
    expect(knownGood.map(({ commit }) => commit)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(commitAt));
  });
});

describe('when the store was emptied', () => {
  it('the ledger begins with what serves, after what was good when that was applied', async () => {
    const world = await released(1, 2, 3);
    world.store.clear();
    await world.merge(4, [v(3)], { material: 3 });
    await world.drive();
    expect(world.progress().state).toBe('Completed');
    expect((await world.standing()).knownGood).toMatchObject([
      { commit: commitAt(2), revision: revisionOf(v(2)), verdict: 'It served when its history was found again through Git' },
      { commit: commitAt(3), revision: revisionOf(v(3)) },
    ]);
  });

  it('a rollback goes to what was good before, though its secret was rotated since', async () => {
    const world = await released(1, 2);
    world.store.clear();
    await command(world, 'RollbackDeployment', { environment: 'staging', services: ['checkout'], by: 'octocat', reason: 'no' });
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(world.serving()).toBe(revisionOf(v(1)));
  });

  it('a rollback of a first release finds nothing to go back to, and says so', async () => {
    const world = await released(1);
    world.store.clear();
    await command(world, 'RollbackDeployment', { environment: 'staging', services: ['checkout'], by: 'octocat', reason: 'no' });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', reason: 'Nothing was taken back. checkout: There is no known-good release before the one that serves' });
    expect(world.serving()).toBe(revisionOf(v(1)));
  });

  it('a rollback of whatever was deployed last asks for a name', async () => {
    const world = await released(1, 2);
    world.store.clear();
    await command(world, 'RollbackDeployment', { environment: 'staging', services: [], by: 'octocat', reason: 'no' });
    await world.drive();
    expect(world.progress()).toMatchObject({ state: 'Failed', needs: 'Name the service, or revert the commit.', commit: commitAt(2) });
  });

  it('a first release that is still judged is not good because it serves', async () => {
    const world = rolloutWorld();
    await world.merge(1, [v(1)]);
    await world.judged(100);
    expect((await world.standing()).knownGood).toEqual([]);
    await world.drive();
    expect((await world.standing()).knownGood).toHaveLength(1);
  });
});
