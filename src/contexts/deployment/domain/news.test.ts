import { describe, expect, it } from 'vitest';
import { tenantId } from '../../../kernel/ids.ts';
import { numbersPaceMs } from './news.ts';
import { announced, type RuntimeDeployment } from './runtime-deployment.ts';
import { newRollout, type GateRecord, type ServiceRollout } from './service-rollout.ts';

const tenant = tenantId(100, 7);
const toldAt = 1_000_000;
const soon = toldAt + 10_000;
const later = toldAt + numbersPaceMs;

function rate(samples: number, answer: GateRecord['answer'] = 'pass'): GateRecord {
  return { gate: 'success rate', answer, detail: `${samples} requests, 99.7 % ok`, samples, threshold: '>= 99%', since: 0, at: samples, failures: 0 };
}

function gating(over: Partial<ServiceRollout> = {}): ServiceRollout {
  const stages = [{ weight: 10, bakeMs: 600_000, purpose: 'step' as const }, { weight: 100, bakeMs: 600_000, purpose: 'watch' as const }];
  return { ...newRollout('checkout'), step: 'gating', stages, stageSince: 0, weight: 10, gates: [rate(17)], detail: 'Look 1', ...over };
}

function deployed(service: ServiceRollout, over: Partial<RuntimeDeployment> = {}): RuntimeDeployment {
  return {
    deploymentId: 'prod-1', environment: 'prod', project: null, commit: '1'.padStart(40, '0'), generation: 1, trace: 'trace-1', sequence: 5, state: 'HealthGating', stateSince: 0,
    services: [service], reason: null, needs: null, hold: null, awaitsAzureSince: null, askedAgain: 0, toldAt, isUntold: false, ...over,
  };
}

const before = deployed(gating());
const numbers = gating({ gates: [rate(34)], detail: 'Look 2' });

describe('what a deployment says of itself', () => {
  it.each([
    { reason: 'numbers of gates', after: deployed(numbers) },
    { reason: 'what only the next look needs', after: deployed(gating({ gates: [{ ...rate(17), at: 99 }], lookAt: 5, detail: 'Look 2' })) },
  ])('$reason wait, and are not lost', ({ after }) => {
    const quiet = announced(tenant, before, after, soon);
    expect(quiet.emits).toEqual([]);
    expect(quiet.deployment).toEqual({ ...after, isUntold: true });
    const told = announced(tenant, quiet.deployment, quiet.deployment, later);
    expect(told.emits).toHaveLength(1);
    expect(told.deployment).toMatchObject({ sequence: 6, toldAt: later, isUntold: false });
    expect(announced(tenant, told.deployment, told.deployment, later + numbersPaceMs).emits).toEqual([]);
  });

  it.each([
    { reason: 'another answer of a gate', after: deployed(gating({ gates: [rate(34, 'inconclusive')] })) },
    { reason: 'a gate that was not asked before', after: deployed(gating({ gates: [rate(17), { ...rate(1), gate: 'latency' }] })) },
    { reason: 'another weight', after: deployed(gating({ weight: 11 })) },
    { reason: 'a stage that has passed', after: deployed(gating({ step: 'ready' })) },
    { reason: 'another step', after: deployed(gating({ step: 'promoting' })) },
    { reason: 'a failure', after: deployed(gating({ failure: { weight: 10, reason: 'A gate failed', gates: [] } })) },
    { reason: 'another state', after: deployed(gating(), { state: 'RollingBack' }) },
    { reason: 'a hold', after: deployed(gating(), { hold: { why: 'paused', detail: 'Paused by octocat', until: null } }) },
    { reason: 'why it waits', after: deployed(gating(), { reason: 'Azure denies access', needs: 'Give it the rights' }) },
  ])('$reason is told at once', ({ after }) => {
    expect(announced(tenant, before, after, toldAt + 1).emits).toHaveLength(1);
  });

  it('a step says at once what it does while nothing is judged', () => {
    const [waiting, ended] = ['Waiting for checkout--v1', 'Ended checkout--v2'].map((detail) => deployed(gating({ step: 'reviving', detail }), { state: 'RollingBack' }));
    if (waiting === undefined || ended === undefined) throw new Error('two of them');
    expect(announced(tenant, waiting, ended, soon).emits).toHaveLength(1);
  });

  it('what a stage ends with is told with its end', () => {
    const quiet = announced(tenant, before, deployed(numbers), soon);
    const { emits } = announced(tenant, quiet.deployment, deployed(gating({ step: 'ready', gates: [rate(51)] }), { isUntold: true }), soon + 1);
    const gates = [{ gate: 'success rate', answer: 'pass', detail: '51 requests, 99.7 % ok', samples: 51, threshold: '>= 99%' }];
    expect(emits).toMatchObject([{ payload: { services: [{ gates }] } }]);
  });
});
