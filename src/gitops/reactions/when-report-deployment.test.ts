import { describe, expect, test } from 'vitest';
import { fc, test as property } from '../../../test/support/property.ts';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { serviceProgress } from '../../../test/support/progress.ts';
import { gitopsWorld, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { manifest } from '../../../test/support/tiny-language.ts';
import type { DeploymentProgress, DeploymentState } from '../../kernel/messages/deployment.ts';

const url = 'https://checkout.happy-sea-1.westeurope.azurecontainerapps.io';
const files = { 'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ services: [desiredService()] }) }) };

interface Merged {
  readonly world: GitopsWorld;
  readonly commit: string;
  readonly progress: (sequence: number, state: DeploymentState, over?: Partial<DeploymentProgress>) => DeploymentProgress;
  readonly check: () => ReturnType<GitopsWorld['github']['check']>;
  readonly attempt: { readonly environment: string; readonly commit: string; readonly generation: number };
}

/** Pull request 12 was merged and its Deploy was sent. */
async function merged(): Promise<Merged> {
  const world = gitopsWorld();
  const commit = world.github.commit('main', files);
  world.github.openPull(12, commit, { state: 'closed', merged: true, mergeCommit: commit });
  await world.settle('SyncRepository', { reason: 'push' });
  const { generation } = world.last('Deploy');
  const attempt = { environment: 'staging', commit, generation };
  return {
    world,
    commit,
    attempt,
    check: () => world.github.check(commit, 'trueup/deploy (staging)'),
    progress: (sequence, state, over = {}) => ({
      deploymentId: 'staging.1', ...attempt, sequence, state, reason: null, needs: null, hold: null,
      services: [serviceProgress({ revision: 'checkout--t1', previousRevision: 'checkout--t0', step: state, url })],
      ...over,
    }),
  };
}

const events = {
  Requested: 'RuntimeDeploymentRequested',
  Completed: 'RuntimeDeploymentCompleted',
  RolledBack: 'RuntimeDeploymentRolledBack',
  Failed: 'RuntimeDeploymentFailed',
  Superseded: 'RuntimeDeploymentSuperseded',
} as const;

function eventOf(state: DeploymentState): 'RuntimeDeploymentProgressed' | (typeof events)[keyof typeof events] {
  return state in events ? events[state as keyof typeof events] : 'RuntimeDeploymentProgressed';
}

describe('following a deployment', () => {
  test.each([
    { state: 'Requested', conclusion: null, github: 'queued', sign: '⏳', reason: 'it waits to start' },
    { state: 'Provisioning', conclusion: null, github: 'in_progress', sign: '⏳', reason: 'it waits for its environment' },
    { state: 'HealthGating', conclusion: null, github: 'in_progress', sign: '⏳', reason: 'the gate measures' },
    { state: 'Completed', conclusion: 'success', github: 'success', sign: '✅', reason: 'it runs as declared' },
    { state: 'RolledBack', conclusion: 'failure', github: 'failure', sign: '❌', reason: 'the gate failed' },
    { state: 'Failed', conclusion: 'failure', github: 'failure', sign: '❌', reason: 'a person is needed' },
    { state: 'Superseded', conclusion: 'cancelled', github: 'inactive', sign: '⏹️', reason: 'a newer one took over' },
  ] as const)('$state is shown in check, GitHub Deployment and comment: $reason', async ({ state, conclusion, github, sign }) => {
    const { world, check, commit, progress } = await merged();
    await world.settle(eventOf(state), progress(3, state));
    expect(check()).toMatchObject({ conclusion });
    expect(world.github.deployments.get(`staging ${commit}`)).toMatchObject({ state: github, environmentUrl: url });
    expect(world.github.comment(12)).toContain(`| \`staging\` | ${sign} [`);
  });

  test.each([
    { state: 'HealthGating', reason: 'what still runs is written 5 s after the last write, because GitHub counts writes', waits: 1 },
    { state: 'Completed', reason: 'the end is written at once', waits: 0 },
  ] as const)('$state: $reason', async ({ state, waits }) => {
    const { world, attempt, progress } = await merged();
    await world.settle('RuntimeDeploymentRequested', progress(1, 'Requested'));
    await world.deliver(eventOf(state), progress(2, state));
    const { outcomes } = await world.deliver('ReportDeployment', { environment: attempt.environment, commit: attempt.commit });
    expect(outcomes.filter(({ end }) => end === 'wait')).toHaveLength(waits);
    expect(outcomes.flatMap((outcome) => (outcome.end === 'wait' ? [outcome.forMs] : []))).toEqual(waits === 0 ? [] : [5000]);
  });

  test('a refusal beside services that are on their way does not end the check early', async () => {
    const { world, attempt, check, progress } = await merged();
    await world.settle('RuntimeTenantBindingRefused', { ...attempt, tenant: 'fabrikam', reason: 'Over quota.', needs: 'Raise it.' });
    expect(check()).toMatchObject({ conclusion: 'failure' });
    await world.settle('RuntimeDeploymentProgressed', progress(4, 'HealthGating'));
    expect(check()).toMatchObject({ conclusion: null });
    await world.settle('RuntimeDeploymentFailed', progress(5, 'Failed'));
    expect(check()).toMatchObject({ conclusion: 'failure' });
  });

  property('messages in any order, some twice: the world is that of the last one', async () => {
    const states: readonly DeploymentState[] = ['Requested', 'Provisioning', 'RollingOut', 'HealthGating', 'Completed'];
    const numbers = states.map((_, index) => index + 1);
    const settled = async (order: readonly number[]): Promise<unknown> => {
      const { world, check, progress } = await merged();
      for (const sequence of order) await world.settle(eventOf(states[sequence - 1] ?? 'Completed'), progress(sequence, states[sequence - 1] ?? 'Completed'));
      const { summary: _withTrace, ...rest } = check() ?? { summary: '' };
      return [rest, world.github.comment(12)?.replace(/trace-\S+/g, '')];
    };
    const calm = await settled(numbers);
    const orders = fc.tuple(fc.shuffledSubarray(numbers, { minLength: 5 }), fc.shuffledSubarray(numbers)).map(([all, again]) => [...all, ...again]);
    await fc.assert(fc.asyncProperty(orders, async (order) => {
      expect(await settled(order)).toEqual(calm);
    }), { numRuns: 25 });
  });

  test('a message of an older attempt changes nothing', async () => {
    const { world, check, attempt, progress } = await merged();
    await world.settle('RuntimeDeploymentProgressed', progress(2, 'RollingOut'));
    const before = check();
    await world.settle('RuntimeDeploymentFailed', progress(9, 'Failed', { generation: attempt.generation - 1 }));
    expect(check()).toEqual(before);
  });

  test.each([
    { reason: 'where one of several cannot be made, none is deployed: an environment is brought to a commit as a whole', state: 'Failed', steps: ['kept', 'untouched'], title: 'Failed: 2 services not deployed' },
    { reason: 'what could be brought is counted', state: 'Failed', steps: ['done', 'kept'], title: 'Failed: 1 of 2 services not deployed' },
    { reason: 'what went back is all of them', state: 'RolledBack', steps: ['restored', 'restored'], title: 'Rolled back: 2 services' },
  ] as const)('the title: $reason', async ({ state, steps, title }) => {
    const { world, check, progress } = await merged();
    const services = steps.flatMap((step, index) => progress(1, 'Requested').services.map((service) => ({ ...service, service: `service-${index}`, step })));
    await world.settle(state === 'Failed' ? 'RuntimeDeploymentFailed' : 'RuntimeDeploymentRolledBack', progress(9, state, { services }));
    expect(check()).toMatchObject({ conclusion: 'failure', title });
  });

  test('a newer attempt at the same commit starts afresh', async () => {
    const { world, check, progress } = await merged();
    await world.settle('RuntimeDeploymentFailed', progress(9, 'Failed'));
    await world.settle('SyncRepository', { reason: 'asked', recheck: true });
    expect(check()).toMatchObject({ conclusion: null, title: 'Waiting to start' });
    await world.settle('RuntimeDeploymentFailed', progress(9, 'Failed'));
    expect(check(), 'the old attempt is over').toMatchObject({ conclusion: null });
  });

  test('what it waited for is listed, once each', async () => {
    const { world, check, attempt } = await merged();
    await world.settle('RuntimeEnvironmentProvisioned', { ...attempt, digest: 'd', managedEnvironmentId: '/x', defaultDomain: 'x.io' });
    await world.settle('RuntimeTenantBound', { ...attempt, tenant: 'contoso', isolation: 'pool', digest: 'd' });
    await world.settle('ConfigurationSynced', { ...attempt, configuration: 'storefront', tenant: 'contoso', version: 'cfg-1' });
    await world.settle('SecretBound', { ...attempt, binding: 'payments-api-key', tenant: 'contoso', digest: 'd' });
    await world.settle('SecretBound', { ...attempt, binding: 'payments-api-key', tenant: 'contoso', digest: 'd' });
    expect(check()?.summary.match(/^- .*$/gm)).toEqual([
      '- configuration storefront: published as cfg-1', '- environment staging: there as declared', '- secret payments-api-key: checked and bound', '- tenant contoso: placed, pool',
    ]);
  });

  test('by themselves, preparations show nothing', async () => {
    const { world, attempt } = await merged();
    const writes = world.github.writes.length;
    await world.settle('SecretBound', { ...attempt, environment: 'prod', binding: 'x', tenant: 'contoso', digest: 'd' });
    expect(world.github.writes.length).toBe(writes);
  });
});

describe('refusals', () => {
  const words = { reason: 'The secret is disabled', needs: 'Enable it' };
  const refusals = [
    { type: 'RuntimeEnvironmentProvisioningFailed', about: {}, title: 'Stopped: environment staging' },
    { type: 'RuntimeTenantBindingRefused', about: { tenant: 'contoso' }, title: 'Stopped: tenant contoso' },
    { type: 'SecretBindingRefused', about: { tenant: 'contoso', binding: 'payments-api-key' }, title: 'Stopped: secret payments-api-key' },
    { type: 'ScalingPolicyRefused', about: { tenant: 'contoso', policy: 'checkout', service: 'checkout' }, title: 'Stopped: scaling checkout' },
  ] as const;

  test.each(refusals)('$type turns the check red and says what to do', async ({ type, about, title }) => {
    const { world, check, attempt, progress } = await merged();
    await world.settle('RuntimeDeploymentRequested', progress(1, 'Requested'));
    // Each row holds the fields of its type.
    await world.settle(type, { ...attempt, ...words, ...about } as never);
    expect(check()).toMatchObject({ conclusion: 'failure', title });
    expect(check()?.summary).toContain('**What to do:** Enable it');
    expect(world.github.comment(12)).toContain('Enable it');
    expect([...world.github.deployments.values()].map(({ state }) => state)).toEqual(['failure']);
  });

  const secret = { tenant: 'contoso', binding: 'payments-api-key' };

  test('one that is put right lets the deployment go on', async () => {
    const { world, check, attempt } = await merged();
    await world.settle('SecretBindingRefused', { ...attempt, ...secret, ...words });
    await world.settle('SecretBound', { ...attempt, ...secret, digest: 'd' });
    expect(check()).toMatchObject({ conclusion: null, title: 'Waiting to start' });
  });

  test('one that arrives after the end of what waited for it is late', async () => {
    const { world, check, attempt, progress } = await merged();
    await world.settle('RuntimeDeploymentCompleted', progress(7, 'Completed'));
    await world.settle('SecretBindingRefused', { ...attempt, ...secret, ...words });
    expect(check()).toMatchObject({ conclusion: 'success' });
  });

  test('scaling that is refused after the deployment is not hidden by its success, until it is applied', async () => {
    const { world, check, attempt, progress } = await merged();
    await world.settle('RuntimeDeploymentCompleted', progress(7, 'Completed'));
    const policy = { ...attempt, policy: 'checkout', service: 'checkout', tenant: 'contoso' };
    await world.settle('ScalingPolicyRefused', { ...policy, ...words });
    expect(check()).toMatchObject({ conclusion: 'failure', title: 'Deployed, but scaling checkout was refused' });
    await world.settle('ScalingPolicyApplied', { ...policy, replicas: { min: 1, max: 4 } });
    expect(check()).toMatchObject({ conclusion: 'success', title: 'Deployed: 1 service' });
  });

  test('one without a deployment is shown on its commit and on the pull request that brought it', async () => {
    const { world, attempt } = await merged();
    await world.settle('RuntimeTenantBindingRefused', { ...attempt, environment: 'prod', tenant: 'contoso', ...words });
    expect(world.github.check(attempt.commit, 'trueup/deploy (prod)')).toMatchObject({ conclusion: 'failure' });
    expect(world.github.comment(12)).toContain('| `prod` | ❌');
  });
});

describe('the pull request of a deployment', () => {
  test('is looked for once more when GitHub did not know it at once, and no further', async () => {
    const world = gitopsWorld();
    const commit = world.github.commit('main', files);
    let asked = 0;
    const answer = world.github.repository.mergedPullRequest;
    Object.assign(world.github.repository, { mergedPullRequest: async (...parameters: Parameters<typeof answer>) => ((asked += 1) < 2 ? null : answer(...parameters)) });
    world.github.openPull(12, commit, { state: 'closed', merged: true, mergeCommit: commit });
    await world.settle('SyncRepository', { reason: 'push' });
    expect(world.github.comment(12)).toContain('deployment to staging');
    await world.settle('ReportDeployment', { environment: 'staging', commit });
    expect(asked).toBe(2);
  });
});
