import { describe, expect, it } from 'vitest';
import type { ObservedRevision } from '../../../kernel/container-app.ts';
import type { Verdict } from '../../../kernel/messages/health-scaling.ts';
import { observedContainer, observedRevision } from '../../../../test/support/observed.ts';
import { fc, test } from '../../../../test/support/property.ts';
import { dependencies, isSteady, liveness, readiness, worst } from './checks.ts';

interface Row {
  readonly reason: string;
  readonly verdict: Verdict;
  readonly revision: Partial<ObservedRevision> | null;
  readonly min?: number;
  readonly restartsBefore?: number;
  readonly isCounted?: boolean;
}

const rows: readonly Row[] = [
  { reason: 'all containers ready', verdict: 'healthy', revision: {} },
  { reason: 'the revision is not there', verdict: 'unhealthy', revision: null },
  { reason: 'the revision was stopped by hand', verdict: 'unhealthy', revision: { active: false } },
  { reason: 'the revision failed', verdict: 'unhealthy', revision: { runningState: 'Failed' } },
  { reason: 'one of two containers', verdict: 'degraded', revision: { containers: [observedContainer(), observedContainer({ ready: false })] } },
  { reason: 'none of two containers', verdict: 'unhealthy', revision: { containers: [observedContainer({ ready: false }), observedContainer({ ready: false })] } },
  { reason: 'a restart since the last check', verdict: 'degraded', revision: { containers: [observedContainer({ restartCount: 3 })] }, restartsBefore: 2 },
  { reason: 'restarts of long ago', verdict: 'healthy', revision: { containers: [observedContainer({ restartCount: 3 })] }, restartsBefore: 3 },
  { reason: 'Azure says unhealthy', verdict: 'degraded', revision: { healthState: 'Unhealthy' } },
  { reason: 'at zero as declared', verdict: 'healthy', revision: { containers: [], runningState: 'ScaledToZero' }, min: 0 },
  { reason: 'at zero although one is declared', verdict: 'unhealthy', revision: { containers: [], runningState: 'ScaledToZero' } },
  { reason: 'its own state is enough while its replicas are not listed', verdict: 'healthy', revision: { containers: [] }, isCounted: false },
  { reason: 'says that it runs and its list of replicas is empty', verdict: 'unhealthy', revision: { containers: [] } },
  { reason: 'failed, replicas not listed', verdict: 'unhealthy', revision: { containers: [], runningState: 'Failed' }, isCounted: false },
  { reason: 'starting is not healthy', verdict: 'no-data', revision: { containers: [], runningState: 'Processing' }, min: 0 },
];

describe('liveness', () => {
  it.each(rows)('$verdict: $reason', (row) => {
    const seen = row.revision === null ? null : observedRevision(row.revision);
    const check = liveness({ revision: seen, service: { replicas: { min: row.min ?? 1, max: 4 } }, isCounted: row.isCounted ?? true, restartsBefore: row.restartsBefore ?? null });
    expect(check).toMatchObject({ kind: 'liveness', verdict: row.verdict });
  });
});

describe('the replicas of a revision', () => {
  it.each([
    { reason: 'all is well', isSteady: true, of: {} },
    { reason: 'Azure has a longer word for running', isSteady: true, of: { runningState: 'RunningAtMaxScale' } },
    { reason: 'it rests as declared', isSteady: true, min: 0, of: { replicas: 0, runningState: 'ScaledToZero' } },
    { reason: 'it rests and must not', isSteady: false, of: { replicas: 0, runningState: 'ScaledToZero' } },
    { reason: 'fewer run than declared', isSteady: false, min: 2, of: {} },
    { reason: 'Azure calls it unhealthy', isSteady: false, of: { healthState: 'Unhealthy' } },
    { reason: 'a part of it is down', isSteady: false, of: { runningState: 'Degraded' } },
    { reason: 'it is being made', isSteady: false, of: { provisioningState: 'Provisioning' } },
    { reason: 'it was stopped', isSteady: false, of: { active: false } },
  ])('say nothing more ($isSteady): $reason', ({ of, min = 1, isSteady: expected }) => {
    expect(isSteady(observedRevision({ containers: [], ...of }), { replicas: { min, max: 4 } })).toBe(expected);
  });
});

describe('readiness', () => {
  it.each([
    { statuses: [503, null, 200], before: 2, verdict: 'healthy', failures: 0, reason: 'the third try answers' },
    { statuses: [503, 503, 503], before: 0, verdict: 'degraded', failures: 1, reason: 'three tries fail' },
    { statuses: [503, 503, 503], before: 2, verdict: 'unhealthy', failures: 3, reason: 'the third evaluation in a row fails' },
    { statuses: [null], before: 0, verdict: 'degraded', failures: 1, reason: 'no answer' },
    { statuses: [302], before: 0, verdict: 'healthy', failures: 0, reason: 'a redirect is an answer' },
  ])('$verdict: $reason', ({ statuses, before, verdict, failures }) => {
    expect(readiness(statuses, true, before)).toMatchObject({ check: { verdict }, failures });
  });

  it('without a declared path only a server error is bad', () => {
    expect(readiness([404], false, 0).check.verdict).toBe('healthy');
    expect(readiness([500], false, 0).check.verdict).toBe('degraded');
  });
});

describe('dependencies', () => {
  it.each([
    { state: 'Succeeded', requests: null, verdict: 'healthy', reason: 'no request data is not a fault of the environment' },
    { state: null, requests: null, verdict: 'unhealthy', reason: 'the managed environment is gone' },
    { state: 'Failed', requests: null, verdict: 'unhealthy', reason: 'the managed environment failed' },
    { state: 'UpgradeRequested', requests: null, verdict: 'healthy', reason: 'Azure upgrades it' },
    { state: 'Succeeded', requests: { total: 10, serverErrors: 10 }, verdict: 'healthy', reason: 'too few requests to judge' },
    { state: 'Succeeded', requests: { total: 100, serverErrors: 4 }, verdict: 'healthy', reason: 'a few errors' },
    { state: 'Succeeded', requests: { total: 100, serverErrors: 20 }, verdict: 'degraded', reason: 'a fifth fails' },
    { state: 'Succeeded', requests: { total: 100, serverErrors: 60 }, verdict: 'unhealthy', reason: 'most fail' },
  ])('$verdict: $reason', ({ state, requests, verdict }) => {
    expect(dependencies(state, requests).verdict).toBe(verdict);
  });
});

const anyVerdict = fc.constantFrom<Verdict>('healthy', 'degraded', 'unhealthy', 'no-data');

test('no data never makes anything healthy, and the order of services means nothing', () =>
  fc.assert(
    fc.property(fc.array(anyVerdict), (verdicts) => {
      if (verdicts.includes('no-data') || verdicts.length === 0) expect(worst(verdicts)).not.toBe('healthy');
      expect(worst(verdicts.toReversed())).toBe(worst(verdicts));
      if (verdicts.includes('unhealthy')) expect(worst(verdicts)).toBe('unhealthy');
    }),
  ));
