import { beforeEach, describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { deploymentProgress } from '../../../test/support/progress.ts';
import { gitopsWorld, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { manifest } from '../../../test/support/tiny-language.ts';
import type { DeploymentState } from '../../kernel/messages/deployment.ts';
import type { Verdict } from '../../kernel/messages/health-scaling.ts';
import type { CheckReport } from '../ports.ts';

const environment = 'staging';
const name = `trueup/health (${environment})`;
const minute = 60_000;

function filesWith(image: string): Readonly<Record<string, string>> {
  return { 'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ services: [desiredService({ image, digest: image })] }) }) };
}

describe('health on the head of the default branch', () => {
  let world: GitopsWorld;
  let first: string;
  beforeEach(async () => {
    world = gitopsWorld();
    first = await push('checkout:1.0.0');
    await ended('Completed');
    await evaluated('healthy', generation());
  });

  const generation = (): number => world.last('Deploy').generation;
  const check = (commit: string): CheckReport | null => world.github.check(commit, name);
  async function push(image: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    world.clock.advance(30_000);
    const head = world.github.commit('main', { ...filesWith(image), ...more });
    await world.settle('SyncRepository', { reason: 'push' });
    return head;
  }
  async function evaluated(verdict: Verdict, after: number): Promise<void> {
    world.clock.advance(1000);
    const services = [{ service: 'checkout', tenant: 'contoso', verdict, checks: [] }];
    await world.settle('HealthCheckCompleted', { environment, verdict, previous: null, since: '2026-11-24T05:00:00Z', services, generation: after });
  }
  async function ended(state: DeploymentState, sequence = 9): Promise<void> {
    world.clock.advance(1000);
    const { commit } = world.last('Deploy');
    const type = state === 'Completed' ? 'RuntimeDeploymentCompleted' : state === 'Failed' ? 'RuntimeDeploymentFailed' : 'RuntimeDeploymentRolledBack';
    await world.settle(type, deploymentProgress({ deploymentId: `staging-${generation()}`, environment, commit, generation: generation(), sequence, state, services: [] }));
  }

  test('waits from the Deploy until an evaluation that began after its end', async () => {
    const before = generation();
    const head = await push('checkout:1.1.0');
    expect(check(head), 'the Deploy was sent').toMatchObject({ conclusion: null, title: 'Waiting for an evaluation after the deployment' });
    await evaluated('healthy', before);
    expect(check(head), 'evaluated while it runs').toMatchObject({ conclusion: null });
    await ended('Completed');
    expect(check(head), 'ended and not evaluated').toMatchObject({ conclusion: null });
    await evaluated('healthy', before);
    expect(check(head), 'begun before the end, said after it').toMatchObject({ conclusion: null });
    await evaluated('healthy', generation());
    expect(check(head), 'evaluated').toMatchObject({ conclusion: 'success', title: 'Healthy' });
    await evaluated('unhealthy', before);
    expect(check(head), 'one from before that comes late').toMatchObject({ conclusion: 'success' });
  });

  test.each([
    { state: 'RolledBack', verdict: 'healthy', conclusion: 'success', reason: 'what was put back is well' },
    { state: 'Failed', verdict: 'degraded', conclusion: 'failure', reason: 'what runs is not well' },
  ] as const)('is of what runs when the deployment ended $state: $reason', async ({ state, verdict, conclusion }) => {
    const head = await push('checkout:1.1.0');
    await ended(state);
    expect(check(head)).toMatchObject({ conclusion: null });
    await evaluated(verdict, generation());
    expect(check(head)).toMatchObject({ conclusion });
  });

  test('is carried on when nothing is deployed, with one write', async () => {
    const from = world.github.writes.length;
    const head = await push('checkout:1.0.0', { 'README.md': 'hi' });
    expect(check(head)).toMatchObject({ conclusion: 'success', title: 'Healthy' });
    expect(world.github.writes.length - from).toBe(1);
  });

  test('waits on the same head when everything is deployed once more', async () => {
    world.clock.advance(1000);
    await world.settle('SyncRepository', { reason: 'a person asks', recheck: true });
    expect(check(first)).toMatchObject({ conclusion: null });
    await ended('Completed');
    await evaluated('healthy', generation());
    expect(check(first)).toMatchObject({ conclusion: 'success' });
  });

  test('ends on a head that is left behind while it waits, and is written once on each', async () => {
    const left = await push('checkout:1.1.0');
    const from = world.github.writes.length;
    const head = await push('checkout:1.1.0', { 'README.md': 'hi' });
    expect(check(left)).toMatchObject({ conclusion: 'neutral', title: 'Reported on a newer commit' });
    expect(check(head)).toMatchObject({ conclusion: null });
    expect(world.github.writes.length - from).toBe(2);
    await ended('Completed');
    await evaluated('healthy', generation());
    expect([check(left)?.conclusion, check(head)?.conclusion]).toEqual(['neutral', 'success']);
  });

  test('ends on the last head of an environment that goes while it waits', async () => {
    const left = await push('checkout:1.1.0');
    world.github.commit('main', {});
    await world.settle('SyncRepository', { reason: 'push' });
    expect(check(left)).toMatchObject({ conclusion: 'neutral' });
  });

  test.each([
    { verdict: 'healthy', conclusion: 'neutral', reason: 'green would say that the head does well' },
    { verdict: 'unhealthy', conclusion: 'failure', reason: 'what runs is red whatever was deployed' },
  ] as const)('$verdict does not wait for ever for an end that is never said: $conclusion, $reason', async ({ verdict, conclusion }) => {
    const before = generation();
    const head = await push('checkout:1.1.0');
    world.clock.advance(14 * minute);
    await evaluated(verdict, before);
    expect(check(head)).toMatchObject({ conclusion: null });
    world.clock.advance(minute);
    await world.settle('ReportHealth', { environment });
    expect(check(head)).toMatchObject({ conclusion, title: expect.stringContaining('the deployment has not reported its end') });
    await evaluated('healthy', generation());
    expect(check(head)).toMatchObject({ conclusion: 'success' });
  });

  test.each([
    { image: 'checkout:1.0.0', reason: 'with nothing deployed' },
    { image: 'checkout:1.1.0', reason: 'with a deployment that says nothing' },
  ])('is no data when nobody evaluates, $reason', async ({ image }) => {
    const head = await push(image, { 'README.md': 'hi' });
    world.clock.advance(31 * minute);
    await world.settle('ReportHealth', { environment });
    expect(check(head)).toMatchObject({ conclusion: 'neutral', title: 'No data: not evaluated for long' });
    await ended('Completed');
    await evaluated('healthy', generation());
    expect(check(head)).toMatchObject({ conclusion: 'success' });
  });
});
