import { describe, expect, it } from 'vitest';
import type { ObservedRevision } from '../../../../kernel/container-app.ts';
import type { GateAnswer } from '../../../../kernel/messages/deployment.ts';
import { desiredRollout, desiredService } from '../../../../../test/support/desired.ts';
import { observedContainer, observedRevision } from '../../../../../test/support/observed.ts';
import { defaultTiming } from '../timing.ts';
import { newRollout, type ServiceRollout } from '../service-rollout.ts';
import { judgeStage } from './judge-stage.ts';

interface Row {
  readonly reason: string;
  /** By gate; those that are not named pass. */
  readonly answers: Readonly<Record<string, GateAnswer>>;
  readonly service?: Parameters<typeof desiredService>[0];
  readonly revision?: Partial<ObservedRevision> | null;
  readonly probe?: number | null | 'not-asked';
  readonly restarts?: ServiceRollout['gate']['restarts'];
  readonly successes?: number;
}

const worker = { ingress: null, health: { readiness: null, liveness: null } };
const unprobed = { health: { readiness: null, liveness: null } };
const mayRest = { ...worker, replicas: { min: 0, max: 2 } };
const resting = { containers: [], runningState: 'ScaledToZero' };
const restarted = (count: number): Partial<ObservedRevision> => ({ containers: [observedContainer({ restartCount: count })] });

const rows: readonly Row[] = [
  { reason: 'the third good look in a row', answers: {} },
  { reason: 'a second good look is not enough', answers: { readiness: 'inconclusive' }, successes: 1 },
  { reason: 'a revision that nobody sees yet', answers: { revision: 'no-data', readiness: 'inconclusive', restarts: 'no-data' }, revision: null },
  { reason: 'provisioning failed although the operation succeeded', answers: { revision: 'fail', readiness: 'inconclusive' }, revision: { provisioningState: 'Failed' } },
  { reason: 'the container does not stay up', answers: { revision: 'fail', readiness: 'inconclusive' }, revision: { runningState: 'Failed' } },
  { reason: 'a crash loop that Azure calls running', answers: { readiness: 'inconclusive', restarts: 'fail' }, revision: restarted(5), restarts: { first: 2, last: 4 } },
  { reason: 'as many restarts as it may have, and one of them just happened', answers: { readiness: 'inconclusive' }, revision: restarted(2), restarts: { first: 0, last: 1 } },
  { reason: 'as many restarts as it may have, and none of them just happened', answers: {}, revision: restarted(2), restarts: { first: 0, last: 2 } },
  { reason: 'restarts before the first look', answers: {}, revision: restarted(9), restarts: null },
  { reason: 'a replica went and took its restarts with it', answers: {}, revision: restarted(0), restarts: { first: 0, last: 2 } },
  { reason: 'restarts before a replica went still count', answers: { restarts: 'fail' }, revision: restarted(0), restarts: { first: 2, last: 6 } },
  { reason: 'a replica of two that is not ready', answers: { revision: 'inconclusive', readiness: 'inconclusive' }, revision: { containers: [observedContainer(), observedContainer({ ready: false })] } },
  { reason: 'still provisioning', answers: { revision: 'inconclusive', readiness: 'inconclusive' }, revision: { provisioningState: 'Provisioning' } },
  { reason: 'a state that nobody knows', answers: { revision: 'inconclusive', readiness: 'inconclusive' }, revision: { provisioningState: 'Levitating' } },
  { reason: 'no replica', answers: { revision: 'no-data', readiness: 'inconclusive', restarts: 'no-data' }, revision: { containers: [] } },
  { reason: 'silence of a scaled to zero service with ingress', answers: { revision: 'no-data', readiness: 'inconclusive', restarts: 'no-data' }, service: { replicas: { min: 0, max: 2 } }, revision: resting },
  { reason: 'a worker that may rest at zero', answers: {}, service: mayRest, revision: resting, probe: 'not-asked' },
  { reason: 'a worker that may not rest', answers: { revision: 'no-data', readiness: 'inconclusive', restarts: 'no-data' }, service: worker, revision: resting, probe: 'not-asked' },
  { reason: 'a worker is ready by its replicas', answers: {}, service: worker, probe: 'not-asked' },
  { reason: 'its readiness answers 503', answers: { readiness: 'inconclusive' }, probe: 503 },
  { reason: 'its readiness answers 404', answers: { readiness: 'inconclusive' }, probe: 404 },
  { reason: 'no answer', answers: { readiness: 'inconclusive' }, probe: null },
  { reason: 'without a declared path 404 shows that it listens', answers: {}, service: unprobed, probe: 404 },
  { reason: 'without a declared path 500 does not', answers: { readiness: 'inconclusive' }, service: unprobed, probe: 500 },
];

const at = 1_000_000;

describe('what every service is judged by', () => {
  it.each(rows)('$answers: $reason', (row) => {
    const service = desiredService({ rollout: desiredRollout(), ...row.service });
    const before: ServiceRollout = { ...newRollout('checkout'), stages: [{ weight: 0, bakeMs: 0, purpose: 'ready' }], stageSince: at, gate: { successes: row.successes ?? 2, restarts: row.restarts ?? null } };
    const probe = row.probe === 'not-asked' ? 'not-asked' : { status: row.probe === undefined ? 200 : row.probe, ms: 5 };
    const evidence = { askedAt: at, revision: row.revision === null ? null : observedRevision(row.revision), probe, requests: 'not-asked', logs: [], http: [] } as const;
    const { rollout, verdict } = judgeStage(service, before, evidence, at, defaultTiming);
    const all = { revision: 'pass', readiness: 'pass', restarts: 'pass', ...row.answers };
    expect(Object.fromEntries(rollout.gates.map(({ gate, answer }) => [gate, answer]))).toEqual(all);
    expect(rollout.gates.every(({ detail }) => detail !== '')).toBe(true);
    const answers = Object.values(all);
    expect(verdict).toBe(answers.includes('fail') ? 'fail' : answers.every((answer) => answer === 'pass') ? 'pass' : 'wait');
    if (all.readiness !== 'pass') expect(rollout.gate.successes).toBeLessThan(3);
  });

  it('counts good looks again after one that was not', () => {
    const before: ServiceRollout = { ...newRollout('checkout'), stages: [{ weight: 0, bakeMs: 0, purpose: 'ready' }], stageSince: at, gate: { successes: 2, restarts: null } };
    const evidence = { askedAt: at, revision: observedRevision(), probe: { status: 503, ms: 5 }, requests: 'not-asked', logs: [], http: [] } as const;
    expect(judgeStage(desiredService(), before, evidence, at, defaultTiming).rollout.gate.successes).toBe(0);
  });

  it('one good look is enough where it has proven itself before', () => {
    const before: ServiceRollout = { ...newRollout('checkout'), stages: [{ weight: 0, bakeMs: 0, purpose: 'ready' }, { weight: 100, bakeMs: 0, purpose: 'watch' }], stage: 1, stageSince: at };
    const evidence = { askedAt: at, revision: observedRevision(), probe: { status: 200, ms: 5 }, requests: 'not-asked', logs: [], http: [] } as const;
    expect(judgeStage(desiredService(), before, evidence, at, defaultTiming).verdict).toBe('pass');
  });
});
