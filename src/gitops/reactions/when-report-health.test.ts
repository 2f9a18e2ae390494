import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { envelopeOf, testDelivery } from '../../../test/support/delivery.ts';
import { driftFinding, driftStanding, resolvedFinding } from '../../../test/support/drift-findings.ts';
import { gitopsWorld, ownerTenant, repositoryTenant, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { manifest } from '../../../test/support/tiny-language.ts';
import type { PayloadOf } from '../../kernel/messages/catalogue.ts';
import type { Verdict } from '../../kernel/messages/health-scaling.ts';
import { whenReportHealth } from './when-report-health.ts';

const files = { 'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ services: [desiredService()] }) }) };
const name = 'trueup/health (staging)';

async function syncedWorld(declared = files): Promise<{ readonly world: GitopsWorld; readonly head: string }> {
  const world = gitopsWorld();
  const head = world.github.commit('main', declared);
  await world.settle('SyncRepository', { reason: 'push' });
  return { world, head };
}

/** Of an evaluation after the end of the last deployment that was sent, unless another one or none is named. */
function health(world: GitopsWorld, verdict: Verdict, detail = 'p95 of 12 ms', generation: number | null = world.last('Deploy').generation): PayloadOf<'HealthCheckCompleted'> {
  const checks = [{ kind: 'readiness' as const, verdict, detail }];
  const services = [{ service: 'checkout', tenant: 'contoso', verdict, checks }];
  return { environment: 'staging', verdict, previous: null, since: '2026-11-24T05:00:00Z', services, ...(generation !== null && { generation }) };
}

const finding = driftFinding({ path: 'template.containers[0].image', desired: '1.4.2', live: '9.9.9', summary: 'Another image runs' });

describe('trueup/health', () => {
  test.each([
    { verdict: 'healthy', conclusion: 'success', title: 'Healthy', reason: 'everything answers' },
    { verdict: 'degraded', conclusion: 'failure', title: 'Degraded: checkout', reason: 'a part answers badly' },
    { verdict: 'unhealthy', conclusion: 'failure', title: 'Unhealthy: checkout', reason: 'nothing answers' },
    { verdict: 'no-data', conclusion: 'neutral', title: 'No data: checkout', reason: 'nothing measured is never green' },
  ] as const)('$verdict is $conclusion: $reason', async ({ verdict, conclusion, title }) => {
    const { world, head } = await syncedWorld();
    await world.settle('HealthCheckCompleted', health(world, verdict));
    expect(world.github.check(head, name)).toMatchObject({ conclusion, title });
  });

  test('is written on a change of verdict or findings and not with every measurement', async () => {
    const { world } = await syncedWorld();
    const written = async (then: () => Promise<unknown>): Promise<number> => {
      const from = world.github.writes.length;
      world.clock.advance(30_000);
      await then();
      return world.github.writes.length - from;
    };
    expect(await written(() => world.settle('HealthCheckCompleted', health(world, 'healthy'))), 'first').toBe(1);
    expect(await written(() => world.settle('HealthCheckCompleted', health(world, 'healthy', 'p95 of 14 ms'))), 'other numbers').toBe(0);
    expect(await written(() => world.settle('HealthCheckCompleted', health(world, 'degraded'))), 'other verdict').toBe(1);
    expect(await written(() => world.settle('RuntimeDriftDetected', { environment: 'staging', open: [finding], opened: ['f1'] })), 'drift').toBe(1);
    expect(await written(() => world.settle('RuntimeDriftDetected', { environment: 'staging', open: [finding], opened: ['f1'] })), 'the same drift').toBe(0);
    expect(await written(() => world.settle('RuntimeDriftResolved', { environment: 'staging', open: [], resolved: [resolvedFinding()] })), 'resolved').toBe(1);
  });

  test('is red when the head gets worse later, and green when it is well again', async () => {
    const { world, head } = await syncedWorld();
    const conclusions = [];
    for (const verdict of ['healthy', 'degraded', 'unhealthy', 'no-data', 'healthy'] as const) {
      world.clock.advance(30_000);
      await world.settle('HealthCheckCompleted', health(world, verdict));
      conclusions.push(world.github.check(head, name)?.conclusion);
    }
    expect(conclusions).toEqual(['success', 'failure', 'failure', 'neutral', 'success']);
  });

  test('lists what drifted', async () => {
    const { world, head } = await syncedWorld();
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    await world.settle('RuntimeDriftDetected', { environment: 'staging', open: [finding], opened: ['f1'] });
    expect(world.github.check(head, name)).toMatchObject({ title: 'Healthy · 1 drift finding open' });
    expect(world.github.check(head, name)?.text).toContain('- live  9.9.9\n+ Git   1.4.2');
  });

  test.each([
    { reason: 'the last scan is too old', over: { scannedAt: '2026-11-23T23:40:00.000Z' }, conclusion: 'neutral', title: 'Nobody looked for drift since 2026-11-23 23:40 UTC · Healthy' },
    { reason: 'there was none, and one is due for long', over: { scannedAt: null, watchedSince: '2026-11-23T23:30:00.000Z' }, conclusion: 'neutral', title: 'Nobody looked for drift since 2026-11-23 23:30 UTC · Healthy' },
    { reason: 'a deployment owns the apps', over: { scannedAt: '2026-11-23T23:40:00.000Z', suppressed: true }, conclusion: 'success', title: 'Healthy' },
    { reason: 'one is due for a short time only', over: { scannedAt: '2026-11-23T23:00:00.000Z', watchedSince: '2026-11-23T23:55:00.000Z' }, conclusion: 'success', title: 'Healthy' },
    { reason: 'it is of just now', over: {}, conclusion: 'success', title: 'Healthy' },
  ] as const)('$conclusion when it is healthy and $reason', async ({ over, conclusion, title }) => {
    const { world, head } = await syncedWorld();
    world.drifts.set(`${ownerTenant} staging`, driftStanding([], over));
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    expect(world.github.check(head, name)).toMatchObject({ conclusion, title });
  });

  test('an alert comes and goes by the clock alone', async () => {
    const { world, head } = await syncedWorld();
    world.drifts.set(`${ownerTenant} staging`, driftStanding([]));
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    world.clock.advance(16 * 60_000);
    await world.settle('ReportHealth', { environment: 'staging' });
    expect(world.github.check(head, name)?.title).toContain('Nobody looked for drift');
    world.drifts.set(`${ownerTenant} staging`, driftStanding([], { scannedAt: new Date(world.clock.now()).toISOString() }));
    await world.settle('ReportHealth', { environment: 'staging' });
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'success', title: 'Healthy' });
  });

  test('says who, when, what was acknowledged, what was seen once and what is changed again and again', async () => {
    const { world, head } = await syncedWorld();
    const at = '2026-11-24T04:50:00.000Z';
    const open = [
      driftFinding({ changed: { who: 'jane@contoso.com', at, source: 'activity-log', operation: null } }),
      driftFinding({ id: 'f2', path: 'a', acknowledged: { by: 'octocat', at, until: '2026-12-01T04:50:00.000Z', reason: 'x' } }),
      driftFinding({ id: 'f3', path: 'b', observations: 1 }),
      driftFinding({ id: 'f4', path: 'c', oscillations: 3 }),
    ];
    world.drifts.set(`${ownerTenant} staging`, driftStanding(open));
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    expect(world.github.check(head, name)?.title).toBe('Healthy · 3 drift findings open, 1 acknowledged');
    const text = world.github.check(head, name)?.text ?? '';
    for (const said of ['by `jane@contoso.com`, 2026-11-24 04:50 UTC', 'acknowledged by `octocat` until 2026-12-01 04:50 UTC', 'seen once', 'put right 3 times within a day and changed again and again']) expect(text).toContain(said);
  });

  test('drift without a measurement is not green, where no deployment is waited for either', async () => {
    const { world, head } = await syncedWorld({ 'trueup/staging.yaml': manifest({ environment: desiredEnvironment() }) });
    await world.settle('RuntimeDriftResolved', { environment: 'staging', open: [], resolved: [resolvedFinding()] });
    expect(world.github.check(head, name)?.conclusion ?? 'neutral').toBe('neutral');
    await world.settle('RuntimeDriftDetected', { environment: 'staging', open: [finding], opened: ['f1'] });
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'neutral', title: 'No data · 1 drift finding open' });
  });

  test('an older evaluation that arrives late changes nothing', async () => {
    const { world, head } = await syncedWorld();
    world.clock.advance(60_000);
    await world.settle('HealthCheckCompleted', health(world, 'unhealthy'));
    world.clock.advance(-30_000);
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'failure' });
  });

  test('an older evaluation that arrives late changes nothing, though the later one found nothing else', async () => {
    const { world, head } = await syncedWorld();
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    world.clock.advance(60_000);
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    world.clock.advance(-30_000);
    await world.settle('HealthCheckCompleted', health(world, 'degraded'));
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'success' });
  });

  test('is written again after a delivery that wrote and could not save', async () => {
    const { world, head } = await syncedWorld();
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    world.clock.advance(30_000);
    await world.deliver('HealthCheckCompleted', health(world, 'degraded'));
    const report = whenReportHealth({ store: world.store, clock: world.clock, reports: world.github.reports, drift: async () => null });
    const first = envelopeOf('ReportHealth', repositoryTenant, { environment: 'staging' }, world.clock);
    await report.handle(first, testDelivery(world.clock.now()));
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'failure' });
    world.clock.advance(30_000);
    await world.deliver('HealthCheckCompleted', health(world, 'healthy'));
    world.store.apply(await report.handle(first, testDelivery(world.clock.now(), 1)));
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'success' });
  });

  test('follows the head', async () => {
    const { world } = await syncedWorld();
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    const head = world.github.commit('main', { ...files, 'README.md': 'hi' });
    await world.settle('SyncRepository', { reason: 'push' });
    expect(world.github.check(head, name)).toMatchObject({ conclusion: 'success' });
  });

  test('is forgotten with its environment', async () => {
    const { world } = await syncedWorld();
    await world.settle('HealthCheckCompleted', health(world, 'healthy'));
    const head = world.github.commit('main', {});
    await world.settle('SyncRepository', { reason: 'push' });
    expect(world.github.check(head, name)).toBeNull();
    expect(Object.keys(world.store.snapshot()).filter((key) => key.includes('HealthReport'))).toEqual([]);
  });
});
