import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { gitopsWorld, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { deploymentProgress } from '../../../test/support/progress.ts';
import { manifest } from '../../../test/support/tiny-language.ts';
import type { DeploymentState } from '../../kernel/messages/deployment.ts';

const check = 'trueup/deploy (prod)';

interface Released {
  readonly commit: string;
  readonly generation: number;
}

async function release(world: GitopsWorld, minor: number): Promise<Released> {
  const services = [desiredService({ name: 'checkout', image: `contoso.azurecr.io/checkout:1.${minor}.0` })];
  world.github.commit('main', { 'trueup/prod.yaml': manifest({ environment: desiredEnvironment({ name: 'prod', stage: 'prod', services }) }) });
  await world.settle('SyncRepository', { reason: 'push' });
  const { commit, generation } = world.last('Deploy');
  return { commit, generation };
}

const said = ({ commit, generation }: Released, state: DeploymentState, sequence: number) => deploymentProgress({ commit, generation, state, sequence });

const reports = (world: GitopsWorld): number => Object.keys(world.store.snapshot()).filter((key) => key.includes('DeployReport')).length;

async function releases(world: GitopsWorld, from: number, count: number): Promise<void> {
  for (let minor = from; minor < from + count; minor += 1) await release(world, minor);
}

describe('a report that is older than those that are kept', () => {
  test.each([
    { reason: 'a message that a dead worker held until then', state: 'Requested', sequence: 1 },
    { reason: 'one that is newer than the end that was shown', state: 'Promoting', sequence: 9 },
    { reason: 'the end once more', state: 'Completed', sequence: 9 },
  ] as const)('is not begun anew by what comes late: $reason', async ({ state, sequence }) => {
    const world = gitopsWorld();
    const first = await release(world, 0);
    await world.settle('RuntimeDeploymentCompleted', { ...said(first, 'Completed', 2) });
    await releases(world, 1, 25);
    const shown = world.github.check(first.commit, check);
    expect(shown).toMatchObject({ conclusion: 'success' });
    await world.settle(state === 'Requested' ? 'RuntimeDeploymentRequested' : state === 'Completed' ? 'RuntimeDeploymentCompleted' : 'RuntimeDeploymentProgressed', said(first, state, sequence));
    expect(world.github.check(first.commit, check)).toEqual(shown);
    expect(reports(world)).toBe(20);
  });

  test('stays until its end stands on GitHub, and then goes', async () => {
    const world = gitopsWorld();
    const first = await release(world, 0);
    await world.settle('RuntimeDeploymentRequested', said(first, 'Requested', 1));
    await releases(world, 1, 25);
    expect(reports(world)).toBe(21);
    await world.settle('RuntimeDeploymentSuperseded', said(first, 'Superseded', 2));
    expect(world.github.check(first.commit, check)).toMatchObject({ conclusion: 'cancelled' });
    await release(world, 26);
    expect(reports(world)).toBe(20);
  });

  test('whose end is known and was not written is written by whoever comes late to it', async () => {
    const world = gitopsWorld();
    const first = await release(world, 0);
    await world.settle('RuntimeDeploymentRequested', said(first, 'Requested', 1));
    await world.deliver('RuntimeDeploymentSuperseded', said(first, 'Superseded', 2));
    await releases(world, 1, 25);
    expect(world.github.check(first.commit, check)?.conclusion ?? null).toBeNull();
    await world.settle('ReportDeployment', { environment: 'prod', commit: first.commit });
    expect(world.github.check(first.commit, check)).toMatchObject({ conclusion: 'cancelled' });
  });
});
