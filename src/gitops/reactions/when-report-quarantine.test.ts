import { describe, expect, test } from 'vitest';
import { gitopsWorld, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import type { PayloadOf } from '../../kernel/messages/catalogue.ts';

type Report = PayloadOf<'ReportQuarantine'>;

const name = 'trueup/quarantine';
const report = (over: Partial<Report> = {}): Report => ({
  key: 'k1', state: 'quarantined', context: 'deployment', reaction: 'when-advance-deployment', message: 'AdvanceDeployment', environment: 'prod', commit: null, number: null,
  job: 'evt-1.when-advance-deployment', crashes: 3, since: '2026-11-24T05:00:00.000Z', ...over,
});

function worldAt(): { readonly world: GitopsWorld; readonly first: string; readonly head: string } {
  const world = gitopsWorld();
  const first = world.github.commit('main', { 'a.yaml': '1' });
  return { world, first, head: world.github.commit('main', { 'a.yaml': '2' }) };
}

describe('trueup/quarantine', () => {
  test('stands on the commit concerned', async () => {
    const { world, first, head } = worldAt();
    await world.deliver('ReportQuarantine', report({ commit: first }));
    expect(world.github.check(first, name)).toMatchObject({ conclusion: 'failure', title: 'Held back after 3 crashes: deployment, AdvanceDeployment (prod)' });
    expect(world.github.check(head, name)).toBeNull();
  });

  test('stands on the head of the default branch where no commit is concerned', async () => {
    const { world, head } = worldAt();
    await world.deliver('ReportQuarantine', report());
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'failure' });
  });

  test('stands on the head of the pull request that is concerned', async () => {
    const { world, head } = worldAt();
    const proposed = world.github.commit('topic', { 'a.yaml': '3' });
    world.github.openPull(5, proposed);
    await world.deliver('ReportQuarantine', report({ number: 5, environment: null, message: 'PlanPullRequest' }));
    expect(world.github.check(proposed, name)).toMatchObject({ conclusion: 'failure' });
    expect(world.github.check(head, name)).toBeNull();
  });

  test('tells of all that is held back at its commit, and is green when that is nothing any more, wherever the branch stands then', async () => {
    const { world, head } = worldAt();
    await world.deliver('ReportQuarantine', report());
    await world.deliver('ReportQuarantine', report({ key: 'k2', environment: 'staging' }));
    expect(world.github.check(head, name)?.title).toBe('Held back after 3 crashes: deployment, AdvanceDeployment (prod) and 1 more');
    world.github.commit('main', { 'a.yaml': '3' });
    await world.deliver('ReportQuarantine', report({ state: 'lifted' }));
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'failure', title: 'Held back after 3 crashes: deployment, AdvanceDeployment (staging)' });
    await world.deliver('ReportQuarantine', report({ key: 'k2', state: 'lifted' }));
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'success', title: 'Nothing is held back' });
  });

  test('is written once for a message that comes twice, and not at all for what nobody was told of', async () => {
    const { world } = worldAt();
    await world.deliver('ReportQuarantine', report({ state: 'lifted' }));
    expect(world.github.writes).toEqual([]);
    await world.deliver('ReportQuarantine', report());
    const writes = world.github.writes.length;
    await world.deliver('ReportQuarantine', report());
    expect(world.github.writes).toHaveLength(writes);
  });
});
