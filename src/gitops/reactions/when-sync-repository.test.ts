import { describe, expect, test } from 'vitest';
import { failOnce } from '../../../test/support/delivery.ts';
import { desiredConfiguration, desiredEnvironment, desiredSecretBinding, desiredService, desiredTenantBinding, sourceAt } from '../../../test/support/desired.ts';
import { gitopsWorld, ownerTenant, repositoryTenant, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { manifest, tinyPolicy, tinyPolicyPath, unreadable } from '../../../test/support/tiny-language.ts';
import type { DesiredEnvironment, DesiredScalingPolicy } from '../../kernel/desired-state.ts';
import type { EmittedMessage } from '../../kernel/envelope.ts';
import { Rejected, Unavailable } from '../../kernel/errors.ts';
import { deploymentIdOf } from '../../kernel/ids.ts';

function scalingPolicy(max: number): DesiredScalingPolicy {
  const replicas = { min: 1, max };
  return { name: 'checkout', tenant: 'contoso', service: 'checkout', replicas, scale: {}, slo: null, source: sourceAt(90), digest: `scale-${max}` };
}

const checkout = desiredService({ name: 'checkout', secrets: ['payments-api-key'] });
const catalog = desiredService({ name: 'catalog' });
const staging = desiredEnvironment({
  bindings: [desiredTenantBinding()],
  services: [checkout, catalog],
  configurations: [desiredConfiguration()],
  secrets: [desiredSecretBinding()],
  scaling: [scalingPolicy(4)],
});
const prod = desiredEnvironment({ name: 'prod', stage: 'prod', services: [checkout] });
const other = (name: string, image: string) => desiredService({ name, image });

/** One line per command: what it is and what it is about. */
function shown({ type, payload }: EmittedMessage): string {
  const { environment, ...rest } = payload as { environment?: string } & Record<string, unknown>;
  const what = rest['services'] ?? rest['binding'] ?? rest['configuration'] ?? rest['policy'] ?? rest['tenant'] ?? '';
  return [type, environment, String(what)].filter((part) => part !== '').join(' ');
}

async function synced(world: GitopsWorld, files: Record<string, string>, recheck = false): Promise<readonly string[]> {
  world.github.commit('main', files);
  const emitted = await world.settle('SyncRepository', { reason: 'push', ...(recheck && { recheck }) });
  return emitted.map(shown);
}

const before = { 'trueup/staging.yaml': manifest({ environment: staging }), 'trueup/prod.yaml': manifest({ environment: prod }) };
const everythingOfStaging = [
  'BindTenant staging contoso',
  'ProvisionEnvironment staging',
  'PublishConfiguration staging storefront',
  'BindSecret staging payments-api-key',
  'Deploy staging checkout,catalog',
  'ApplyScalingPolicy staging checkout',
];

function changed(change: Partial<DesiredEnvironment>): Record<string, string> {
  return { ...before, 'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ ...staging, ...change }) }) };
}

const rotated = desiredSecretBinding({ version: 'ffffffffffffffffffffffffffffffff' });

const rows: readonly { readonly after: Record<string, string>; readonly emits: readonly string[]; readonly reason: string }[] = [
  { after: before, emits: [], reason: 'nothing changed' },
  { after: { ...before, 'README.md': 'hello' }, emits: [], reason: 'a file that is not managed' },
  { after: changed({ source: sourceAt(400) }), emits: [], reason: 'a document moved in its file' },
  { after: changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:1.5.0'), catalog] }), emits: ['Deploy staging checkout'], reason: 'one image changed' },
  { after: { 'trueup/staging.yaml': before['trueup/staging.yaml'] }, emits: ['UnmanageEnvironment prod'], reason: 'an environment was removed' },
  { after: { ...before, 'trueup/prod.yaml': unreadable }, emits: [], reason: 'a file that cannot be read may still declare what is missing' },
  { after: { ...before, 'trueup/prod.yaml': manifest({ wrong: { kind: 'RuntimeEnvironment', name: 'prod' } }) }, emits: [], reason: 'an environment that is wrong keeps its last good commit' },
  {
    after: { ...changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:1.5.0'), catalog] }), 'trueup/prod.yaml': unreadable },
    emits: ['Deploy staging checkout'],
    reason: 'what is wrong stops only itself',
  },
  { after: changed({ services: [catalog], invalid: [{ kind: 'RuntimeService', name: 'checkout' }] }), emits: [], reason: 'a service that is wrong is neither applied nor removed' },
  { after: { ...before, [tinyPolicyPath]: tinyPolicy('trueup/') }, emits: [], reason: 'a policy that chooses the same files' },
  { after: { ...before, [tinyPolicyPath]: tinyPolicy('trueup/s') }, emits: ['UnmanageEnvironment prod'], reason: 'a policy that no longer chooses a file' },
  { after: { ...before, [tinyPolicyPath]: unreadable }, emits: [], reason: 'a policy that cannot be read removes nothing' },
  { after: {}, emits: ['UnmanageEnvironment prod', 'UnmanageEnvironment staging'], reason: 'everything was removed' },
  { after: changed({ secrets: [rotated] }), emits: ['RotateSecret staging payments-api-key'], reason: 'a pinned version changed' },
  { after: changed({ secrets: [desiredSecretBinding({ vault: 'kv-other' })] }), emits: ['BindSecret staging payments-api-key'], reason: 'another vault is no rotation' },
  { after: changed({ secrets: [desiredSecretBinding({ vault: 'kv-other', version: null })] }), emits: ['BindSecret staging payments-api-key'], reason: 'vault and version changed together' },
  { after: changed({ configurations: [desiredConfiguration({ values: { FEATURE_NEW_CART: 'on' } })] }), emits: ['PublishConfiguration staging storefront'], reason: 'a configured value changed' },
  { after: changed({ digest: 'other' }), emits: ['ProvisionEnvironment staging'], reason: 'what provisioning depends on changed' },
  { after: changed({ bindings: [desiredTenantBinding(), desiredTenantBinding({ name: 'fabrikam', tenant: 'fabrikam' })] }), emits: ['BindTenant staging fabrikam'], reason: 'a tenant was bound' },
  { after: changed({ scaling: [scalingPolicy(9)] }), emits: ['ApplyScalingPolicy staging checkout'], reason: 'scaling without its service' },
  {
    after: changed({ scaling: [scalingPolicy(9)], services: [desiredService({ name: 'checkout', replicas: { min: 1, max: 9 } }), catalog] }),
    emits: ['Deploy staging checkout', 'ApplyScalingPolicy staging checkout'],
    reason: 'scaling with its service',
  },
  { after: changed({ tenant: 'fabrikam' }), emits: ['UnmanageEnvironment staging', 'BindTenant staging fabrikam', ...everythingOfStaging], reason: 'another owner is another environment' },
];

describe('syncing a repository', () => {
  test('the first sync emits everything, in the order in which it is needed', async () => {
    const world = gitopsWorld();
    expect(await synced(world, before)).toEqual(['BindTenant prod contoso', 'ProvisionEnvironment prod', 'Deploy prod checkout', ...everythingOfStaging]);
  });

  test.each(rows)('$emits: $reason', async ({ after, emits }) => {
    const world = gitopsWorld();
    await synced(world, before);
    expect(await synced(world, after)).toEqual(emits);
    expect(await synced(world, after), 'the same again').toEqual([]);
  });

  test('what was wrong and is put right is compared with what was applied last', async () => {
    const world = gitopsWorld();
    await synced(world, before);
    await synced(world, { ...before, 'trueup/prod.yaml': unreadable });
    expect(await synced(world, before)).toEqual([]);
  });

  test('a service in another file that cannot be read keeps what it had', async () => {
    const world = gitopsWorld();
    const split = { 'trueup/environment.yaml': manifest({ environment: prod }), 'trueup/catalog.yaml': manifest({ into: 'prod', services: [catalog] }) };
    await synced(world, split);
    expect(await synced(world, { ...split, 'trueup/catalog.yaml': unreadable })).toEqual([]);
    expect(await synced(world, split)).toEqual([]);
  });

  test('a repository that the App was taken away from is forgotten, and comes back as a new one', async () => {
    const world = gitopsWorld();
    await synced(world, before);
    // The port is read-only to everybody but this test, which takes the App away.
    const reader = world.github.repository as { repository: GitopsWorld['github']['repository']['repository'] };
    const { repository } = reader;
    reader.repository = async () => Promise.reject(new Rejected('gone', { code: 'NotInstalled' }));
    expect(await world.settle('SyncRepository', { reason: 'resync' })).toEqual([]);
    expect(await world.store.list('RepositorySync')).toEqual([]);
    reader.repository = repository;
    expect((await world.settle('SyncRepository', { reason: 'resync' })).length).toBeGreaterThan(5);
  });

  test('a recheck looks at everything, at the same commit, as a newer generation', async () => {
    const world = gitopsWorld();
    await synced(world, before);
    const again = await world.settle('SyncRepository', { reason: 'asked', recheck: true });
    expect(again.map(shown)).toEqual(['BindTenant prod contoso', 'ProvisionEnvironment prod', 'Deploy prod checkout', ...everythingOfStaging]);
    const generations = world.store.emitted.filter(({ type }) => type === 'Deploy').map(({ payload }) => (payload as { generation: number }).generation);
    expect(generations).toEqual([generations[0], generations[0], Number(generations[0]) + 1, Number(generations[0]) + 1]);
  });

  test('an older head is what counts once the branch is moved back to it', async () => {
    const world = gitopsWorld();
    await synced(world, before);
    const first = await world.github.repository.branchHead(repositoryTenant, 'main');
    await synced(world, changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:1.5.0'), catalog] }));
    world.github.setBranch('main', first);
    expect((await world.settle('SyncRepository', { reason: 'force push' })).map(shown)).toEqual(['Deploy staging checkout']);
  });

  test('commands are addressed to the owner of their environment, scaling names the deployment that writes it', async () => {
    const world = gitopsWorld();
    world.github.commit('main', before);
    const emitted = await world.settle('SyncRepository', { reason: 'push' });
    expect(new Set(emitted.map(({ tenantId }) => tenantId))).toEqual(new Set([ownerTenant]));
    const { environment, generation } = world.last('Deploy');
    expect(world.last('ApplyScalingPolicy')).toMatchObject({ deploymentId: deploymentIdOf(environment, generation) });
  });

  test('the generation grows above what Azure remembers when the store is lost', async () => {
    const world = gitopsWorld();
    await synced(world, before);
    await synced(world, changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:1.5.0'), catalog] }));
    const generation = (): number => world.last('Deploy').generation;
    const lost = generation();
    world.store.clear();
    world.clock.advance(60_000);
    await world.settle('SyncRepository', { reason: 'resync' });
    expect(generation()).toBeGreaterThan(lost);
  });

  test('a repository without a default branch has nothing to sync', async () => {
    const world = gitopsWorld();
    expect(await world.settle('SyncRepository', { reason: 'push' })).toEqual([]);
    expect(world.store.snapshot()).toEqual({});
  });

  test('a second sync reads no blob again', async () => {
    const world = gitopsWorld();
    await synced(world, before);
    const read = world.github.fetched.length;
    await synced(world, changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:1.5.0'), catalog] }));
    expect(world.github.fetched.length - read, 'one file changed').toBe(1);
  });
});

describe('what a sync shows', () => {
  test('every deploy is shown at once, on the commit, and nothing is shown where nothing is deployed', async () => {
    const world = gitopsWorld();
    const head = world.github.commit('main', before);
    await world.settle('SyncRepository', { reason: 'push' });
    expect(world.github.checkNames(head)).toEqual(['trueup/deploy (prod)', 'trueup/deploy (staging)']);
    expect(world.github.check(head, 'trueup/deploy (prod)')).toMatchObject({ conclusion: null, title: 'Waiting to start' });
    const next = world.github.commit('main', { ...before, 'README.md': 'hello' });
    await world.settle('SyncRepository', { reason: 'push' });
    expect(world.github.checkNames(next)).toEqual([]);
  });

  test('a push that holds errors gets a red plan', async () => {
    const world = gitopsWorld();
    const head = world.github.commit('main', { ...before, 'trueup/prod.yaml': unreadable });
    await world.settle('SyncRepository', { reason: 'push' });
    expect(world.github.check(head, 'trueup/plan')).toMatchObject({ conclusion: 'failure', title: '1 error in 1 file', annotations: [{ path: 'trueup/prod.yaml', startLine: 1 }] });
  });

  test('a deploy that is overtaken before it began ends visibly', async () => {
    const world = gitopsWorld();
    const first = world.github.commit('main', before);
    await world.settle('SyncRepository', { reason: 'push' });
    world.github.commit('main', changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:1.5.0'), catalog] }));
    await world.settle('SyncRepository', { reason: 'push' });
    expect(world.github.check(first, 'trueup/deploy (staging)')).toMatchObject({ conclusion: 'cancelled', title: 'Superseded by a newer deployment' });
    expect(world.github.check(first, 'trueup/deploy (prod)')).toMatchObject({ conclusion: null });
  });

  test('a store that fails for many reports at once is one failure, and the message is tried again', async () => {
    const world = gitopsWorld();
    const first = world.github.commit('main', before);
    await world.settle('SyncRepository', { reason: 'push' });
    world.github.commit('main', changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:1.5.0'), catalog] }));
    const { load } = world.store;
    let failures = 0;
    // The runner fails with every rejection that nobody handles.
    world.store.load = (key, schema) => (key.type === 'DeployReport' && ++failures <= 2 ? Promise.reject(new Unavailable('Redis is away', {})) : load(key, schema));
    await world.settle('SyncRepository', { reason: 'push' });
    expect(failures).toBeGreaterThan(2);
    expect(world.github.check(first, 'trueup/deploy (staging)')).toMatchObject({ conclusion: 'cancelled' });
  });

  test('reports of old deployments are forgotten', async () => {
    const world = gitopsWorld();
    for (let minor = 0; minor < 25; minor += 1) await synced(world, { 'trueup/prod.yaml': manifest({ environment: { ...prod, services: [other('checkout', `contoso.azurecr.io/checkout:1.${minor}.0`)] } }) });
    expect(Object.keys(world.store.snapshot()).filter((key) => key.includes('DeployReport'))).toHaveLength(20);
  });

  test('the merged pull request follows', async () => {
    const world = gitopsWorld();
    const head = world.github.commit('main', before);
    world.github.openPull(12, head, { state: 'closed', merged: true, mergeCommit: head });
    await world.settle('SyncRepository', { reason: 'push' });
    expect(world.github.comment(12)).toContain('deployment to prod, staging');
  });

  test('open pull requests are planned again when what they were planned against moved', async () => {
    const world = gitopsWorld();
    const base = world.github.commit('main', before);
    await world.settle('SyncRepository', { reason: 'push' });
    const head = world.github.commit(null, changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:2.0.0'), catalog] }), [base]);
    world.github.openPull(13, head);
    await world.settle('PlanPullRequest', { number: 13 });
    const replans = async (files: Record<string, string>): Promise<number> => {
      world.github.commit('main', files);
      const from = world.store.emitted.length;
      await world.settle('SyncRepository', { reason: 'push' });
      return world.store.emitted.slice(from).filter(({ type }) => type === 'PlanPullRequest').length;
    };
    expect(await replans({ ...before, 'trueup/prod.yaml': manifest({ environment: desiredEnvironment({ ...prod, digest: 'x' }) }) }), 'somebody else\'s environment').toBe(0);
    expect(await replans(changed({ services: [other('checkout', 'contoso.azurecr.io/checkout:1.9.0'), catalog] })), 'the same environment').toBe(1);
  });
});

describe('syncing while calls fail', () => {
  const calls = 12;
  test.each(Array.from({ length: calls }, (_, index) => index + 1).flatMap((failing) => [{ failing, when: 'before' as const }, { failing, when: 'after' as const }]))(
    'call $failing fails $when its effect: the world is the same in the end',
    async ({ failing, when }) => {
      const worlds = [gitopsWorld(), gitopsWorld([], failOnce(failing, when))];
      for (const world of worlds) {
        const head = world.github.commit('main', { ...before, 'trueup/wrong.yaml': unreadable });
        world.github.openPull(12, head, { state: 'closed', merged: true, mergeCommit: head });
        await world.settle('SyncRepository', { reason: 'push' });
      }
      const [calm, broken] = worlds.map(({ store }) => store.emitted.map(shown));
      expect(broken).toEqual(calm);
      const [seen, seenBroken] = worlds.map(({ github }) => github.writes);
      expect(seenBroken).toEqual(seen);
    },
  );
});
