import { describe, expect, test } from 'vitest';
import { failOnce } from '../../../test/support/delivery.ts';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { gitopsWorld, repositoryTenant, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { sampleChange } from '../../../test/support/report-samples.ts';
import { manifest, tinyPolicy, tinyPolicyPath, unreadable } from '../../../test/support/tiny-language.ts';
import { NotAllowed, Rejected, Unavailable } from '../../kernel/errors.ts';
import { takenOverAsItRuns, type Change, type PlanRequest, type Planner } from '../../kernel/plan.ts';

const service = (tag: string, name = 'checkout') => desiredService({ name, image: `contoso.azurecr.io/${name}:${tag}` });
const environment = (name: string, ...tags: string[]) => manifest({ environment: desiredEnvironment({ name, services: tags.map((tag) => service(tag)) }) });
const base = { 'trueup/staging.yaml': environment('staging', '1.4.2'), 'trueup/prod.yaml': environment('prod', '1.4.2') };
const changed = { ...base, 'trueup/staging.yaml': environment('staging', '1.5.0') };

function change(over: Partial<Change> = {}): Change {
  return {
    context: 'deployment', kind: 'RuntimeService', name: 'checkout', tenant: 'contoso', action: 'update', effect: 'creates a revision', risk: 'low',
    summary: 'Image 1.4.2 becomes 1.5.0', differences: [{ path: 'template.containers[0].image', lastApplied: ':1.4.2', desired: ':1.5.0', live: ':1.4.2' }], ...over,
  };
}

/** Says that every service that differs between base and head is updated, and remembers what it was asked. */
function watchingPlanner(): { readonly planner: Planner; readonly asked: PlanRequest[] } {
  const asked: PlanRequest[] = [];
  const planner: Planner = async (request) => {
    asked.push(request);
    return { changes: request.head === null ? [change({ action: 'unmanage', effect: 'stops managing' })] : [change()], problems: [] };
  };
  return { planner, asked };
}

function refusing(error: Error): Planner {
  return async () => {
    throw error;
  };
}

const silent: Planner = async () => ({ changes: [], problems: [] });

const planning = (...changes: readonly Partial<Change>[]): Planner => async () => ({ changes: changes.map((change) => sampleChange({ differences: [], ...change })), problems: [] });
const takenOver = { action: 'none', effect: 'nothing in Azure', risk: 'none', summary: takenOverAsItRuns } as const;
const adopted = { action: 'adopt', effect: 'tags only' } as const;

interface Pull {
  readonly base?: Record<string, string>;
  readonly head: Record<string, string>;
  readonly meanwhile?: Record<string, string>;
  readonly fork?: boolean;
}

function openPull(world: GitopsWorld, { base: files = base, head, meanwhile, fork }: Pull): string {
  const from = world.github.commit('main', files);
  const sha = world.github.commit(null, head, [from]);
  if (meanwhile) world.github.commit('main', meanwhile);
  world.github.openPull(12, sha, fork ? { headRepositoryId: 99 } : {});
  return sha;
}

const wrongService = { wrong: { kind: 'RuntimeService', name: 'checkout' } } as const;

const verdicts: readonly (Pull & { readonly planners?: readonly Planner[]; readonly conclusion: string; readonly title: string; readonly reason: string })[] = [
  { head: changed, conclusion: 'success', title: '1 change in staging', reason: 'something was read, compared and will happen' },
  { head: { ...base, 'README.md': 'hi' }, conclusion: 'neutral', title: 'No managed files changed', reason: 'nothing matched' },
  { head: base, conclusion: 'neutral', title: 'No managed files changed', reason: 'an empty pull request' },
  { head: changed, planners: [silent], conclusion: 'neutral', title: 'Valid: nothing changes in Azure', reason: 'an empty plan is never green' },
  { head: changed, planners: [planning(takenOver, adopted)], conclusion: 'neutral', title: 'Valid: nothing changes in Azure; 1 service is taken over as it runs', reason: 'what runs is as declared and gets tags' },
  { head: changed, planners: [planning(takenOver, { ...takenOver, name: 'cart' }, { action: 'update', effect: 'creates a revision' })], conclusion: 'success', title: '1 change in staging', reason: 'what is taken over does not count' },
  { head: changed, planners: [planning(adopted)], conclusion: 'success', title: '1 change in staging', reason: 'without a service that is taken over, tags are what it is about' },
  { head: changed, planners: [], conclusion: 'neutral', title: 'Valid: nothing changes in Azure', reason: 'nobody planned' },
  { head: { 'trueup/staging.yaml': `${manifest()} ` }, base: { 'trueup/staging.yaml': manifest() }, conclusion: 'neutral', title: 'No manifest was read', reason: 'files without documents' },
  { head: { ...changed, 'trueup/prod.yaml': unreadable }, conclusion: 'failure', title: '1 error in 1 file', reason: 'one file cannot be read' },
  { head: { ...changed, 'trueup/new.yaml': manifest(wrongService, wrongService) }, conclusion: 'failure', title: '1 error in 1 file', reason: 'the same problem counts once' },
  { head: changed, planners: [watchingPlanner().planner, refusing(new Unavailable('x', {}))], conclusion: 'failure', title: 'The plan is not complete: something could not be read', reason: 'one context could not read Azure' },
  { head: changed, planners: [refusing(new TypeError('undefined is not a function'))], conclusion: 'failure', title: 'The plan is not complete: something could not be read', reason: 'a planner is broken' },
  { head: changed, fork: true, conclusion: 'neutral', title: 'Valid: 2 documents; no plan for a fork', reason: 'a fork is validated only' },
  { head: { ...changed, 'trueup/prod.yaml': unreadable }, fork: true, conclusion: 'failure', title: '1 error in 1 file', reason: 'a fork that is wrong' },
];

describe('the verdict of trueup/plan', () => {
  test.each(verdicts)('$conclusion, $title: $reason', async ({ planners, conclusion, title, ...pull }) => {
    const world = gitopsWorld(planners ?? [watchingPlanner().planner]);
    const head = openPull(world, pull);
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.check(head, 'trueup/plan')).toMatchObject({ conclusion, title });
  });
});

describe('planning a pull request', () => {
  test('asks for the changed environments only, and reports each', async () => {
    const { planner, asked } = watchingPlanner();
    const world = gitopsWorld([planner]);
    const head = openPull(world, { head: changed });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked.map((request) => [request.tenantId, request.environment, request.base?.services[0]?.image, request.head?.services[0]?.image])).toEqual([
      ['100.7.contoso', 'staging', 'contoso.azurecr.io/checkout:1.4.2', 'contoso.azurecr.io/checkout:1.5.0'],
    ]);
    expect(world.github.checkNames(head)).toEqual(['trueup/plan', 'trueup/plan (staging)']);
    expect(world.github.comment(12)).toContain('Image 1.4.2 becomes 1.5.0');
  });

  test('a head that is behind does not show what the base got since as its own', async () => {
    const { planner, asked } = watchingPlanner();
    const world = gitopsWorld([planner]);
    openPull(world, { head: changed, meanwhile: { ...base, 'trueup/prod.yaml': environment('prod', '9.9.9') } });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked.map(({ environment }) => environment)).toEqual(['staging']);
  });

  test('a file that both sides changed is said', async () => {
    const world = gitopsWorld([watchingPlanner().planner]);
    const head = openPull(world, { head: changed, meanwhile: { ...base, 'trueup/staging.yaml': environment('staging', '1.4.9') } });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.check(head, 'trueup/plan')?.summary).toContain('The base changed trueup/staging.yaml as well');
  });

  test('the policy is the one of the base', async () => {
    const { planner, asked } = watchingPlanner();
    const world = gitopsWorld([planner]);
    const head = openPull(world, { head: { ...base, [tinyPolicyPath]: tinyPolicy('nowhere/'), 'nowhere/a.yaml': environment('new', '1') } });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked).toEqual([]);
    const summary = world.github.check(head, 'trueup/plan')?.summary;
    expect(summary).toContain('The policy changes, which chooses the files and who approves');
    expect(summary).toContain('no longer managed: prod, staging');
  });

  test('other approvers are said, and change no plan', async () => {
    const { planner, asked } = watchingPlanner();
    const world = gitopsWorld([planner]);
    const head = openPull(world, { head: { ...base, [tinyPolicyPath]: tinyPolicy('trueup/', { prod: { approvers: ['mallory'] } }) } });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked).toEqual([]);
    expect(world.github.check(head, 'trueup/plan')?.summary).toContain('Other people approve commands in prod after the merge.');
  });

  test('a pull request that puts a wrong policy right is not blamed for it', async () => {
    const world = gitopsWorld([watchingPlanner().planner]);
    const head = openPull(world, { base: { ...base, [tinyPolicyPath]: unreadable }, head: { ...base, [tinyPolicyPath]: tinyPolicy('trueup/') } });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.check(head, 'trueup/plan')).toMatchObject({ conclusion: 'neutral', annotations: [] });
  });

  test('an environment that is removed is planned as such, one that cannot be read is not', async () => {
    const { planner, asked } = watchingPlanner();
    const world = gitopsWorld([planner]);
    openPull(world, { head: { 'trueup/staging.yaml': base['trueup/staging.yaml'] } });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked.map(({ environment, head }) => [environment, head])).toEqual([['prod', null]]);
    const headSha = world.github.commit(null, { 'trueup/staging.yaml': base['trueup/staging.yaml'], 'trueup/prod.yaml': unreadable }, [await tip(world)]);
    world.github.changePull(12, { headSha });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked).toHaveLength(1);
  });

  test('a service whose file cannot be read is not planned as removed', async () => {
    const { planner, asked } = watchingPlanner();
    const world = gitopsWorld([planner]);
    const split = { 'trueup/e.yaml': environment('prod', '1.4.2'), 'trueup/catalog.yaml': manifest({ into: 'prod', services: [service('1', 'catalog')] }) };
    openPull(world, { base: split, head: { 'trueup/e.yaml': environment('prod', '1.5.0'), 'trueup/catalog.yaml': unreadable } });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked[0]?.head?.services.map(({ name }) => name)).toEqual(['catalog', 'checkout']);
  });

  test('nothing live is read for a fork, and its comment says so', async () => {
    const { planner, asked } = watchingPlanner();
    const world = gitopsWorld([planner]);
    const head = openPull(world, { head: changed, fork: true });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked).toEqual([]);
    expect(world.github.checkNames(head)).toEqual(['trueup/plan']);
    expect(world.github.comment(12)).toContain('comes from a fork');
  });

  test('a branch that is not the default one is validated only', async () => {
    const { planner, asked } = watchingPlanner();
    const world = gitopsWorld([planner]);
    openPull(world, { head: changed });
    world.github.setBranch('release', await tip(world));
    world.github.changePull(12, { baseRef: 'release' });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(asked).toEqual([]);
    expect(world.github.comment(12)).toContain('only the default branch is applied');
  });

  test.each([
    { change: { state: 'closed' as const }, reason: 'closed' },
    { change: { state: 'closed' as const, merged: true }, reason: 'merged' },
    { change: { baseRef: 'gone' }, reason: 'its base is deleted' },
  ])('does nothing: $reason', async ({ change: over }) => {
    const world = gitopsWorld([watchingPlanner().planner]);
    openPull(world, { head: changed });
    world.github.changePull(12, over);
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.writes).toEqual([]);
  });

  test('no comment where nothing is managed, unless there is one', async () => {
    const world = gitopsWorld([watchingPlanner().planner]);
    openPull(world, { head: { ...base, 'README.md': 'hi' } });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.comment(12)).toBeNull();
    const from = await tip(world);
    world.github.changePull(12, { headSha: world.github.commit(null, changed, [from]) });
    await world.settle('PlanPullRequest', { number: 12 });
    world.github.changePull(12, { headSha: world.github.commit(null, { ...base, 'README.md': 'hi' }, [from]) });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.comment(12)).toContain('touches no file that Trueup manages');
  });

  test('a head that moved meanwhile is planned instead', async () => {
    let moves: (() => void) | null = null;
    const moving: Planner = async () => {
      moves?.();
      moves = null;
      return { changes: [change()], problems: [] };
    };
    const world = gitopsWorld([moving]);
    const old = openPull(world, { head: changed });
    const from = await tip(world);
    const young = world.github.commit(null, { ...base, 'trueup/staging.yaml': environment('staging', '1.6.0') }, [from]);
    moves = () => world.github.changePull(12, { headSha: young });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.checkNames(old)).toEqual([]);
    expect(world.github.checkNames(young)).toEqual(['trueup/plan', 'trueup/plan (staging)']);
  });

  test('an environment that the plan no longer touches is settled on the same head', async () => {
    const world = gitopsWorld([watchingPlanner().planner]);
    const head = openPull(world, { head: changed });
    await world.settle('PlanPullRequest', { number: 12 });
    world.github.commit('main', changed);
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.check(head, 'trueup/plan (staging)')).toMatchObject({ conclusion: 'neutral', title: 'Valid: nothing changes in Azure' });
  });

  test('what Azure did not answer is asked for again, what is forbidden is not', async () => {
    let calls = 0;
    const recovering: Planner = async () => {
      calls += 1;
      if (calls < 3) throw new Unavailable('x', {});
      return { changes: [change()], problems: [] };
    };
    const world = gitopsWorld([recovering]);
    const head = openPull(world, { head: changed });
    await world.settle('PlanPullRequest', { number: 12 });
    expect([calls, world.github.check(head, 'trueup/plan')?.conclusion]).toEqual([3, 'success']);

    const forbidden = gitopsWorld([refusing(new NotAllowed('secret text of Azure', { code: 'AuthorizationFailed', requestId: 'r-1' }))]);
    const commit = openPull(forbidden, { head: changed });
    await forbidden.settle('PlanPullRequest', { number: 12 });
    const text = forbidden.github.check(commit, 'trueup/plan (staging)')?.summary ?? '';
    expect(text).toContain('AuthorizationFailed, request r-1');
    expect(text).not.toContain('secret text');
  });

  test.each([
    { failures: 2, conclusion: 'success', reason: 'GitHub shows it a moment later' },
    { failures: 99, conclusion: 'failure', reason: 'GitHub never shows it' },
  ])('a head that cannot be read is $conclusion: $reason', async ({ failures, conclusion }) => {
    const world = gitopsWorld([watchingPlanner().planner]);
    const head = openPull(world, { head: changed });
    const { tree } = world.github.repository;
    let calls = 0;
    const late: typeof tree = async (tenant, commit) => {
      if (commit === head && (calls += 1) <= failures) throw new Rejected('not found', { code: '404' });
      return tree(tenant, commit);
    };
    Object.assign(world.github.repository, { tree: late });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.check(head, 'trueup/plan')).toMatchObject({ conclusion });
  });

  test('making the same plan again writes nothing, although trace and base moved', async () => {
    const world = gitopsWorld([watchingPlanner().planner]);
    openPull(world, { head: changed });
    await world.settle('PlanPullRequest', { number: 12 });
    const writes = world.github.writes.length;
    world.github.commit('main', { ...base, 'README.md': 'hi' });
    await world.settle('PlanPullRequest', { number: 12 });
    expect(world.github.writes.length).toBe(writes);
  });

  test.each(Array.from({ length: 14 }, (_, index) => ({ failing: index + 1 })))('call $failing fails once: the world is the same', async ({ failing }) => {
    for (const when of ['before', 'after'] as const) {
      const worlds = [gitopsWorld([watchingPlanner().planner]), gitopsWorld([watchingPlanner().planner], failOnce(failing, when))];
      for (const world of worlds) {
        openPull(world, { head: { ...changed, 'trueup/wrong.yaml': manifest({ wrong: { kind: 'RuntimeService', name: 'x' } }) } });
        await world.settle('PlanPullRequest', { number: 12 });
      }
      const [calm, broken] = worlds.map(({ github }) => github.writes);
      expect(broken).toEqual(calm);
    }
  });
});

async function tip(world: GitopsWorld): Promise<string> {
  return (await world.github.repository.branchHead(repositoryTenant, 'main')) ?? '';
}
