import { describe, expect, it } from 'vitest';
import type { ObservedRevision } from '../../../kernel/container-app.ts';
import { desiredService } from '../../../../test/support/desired.ts';
import { observedContainer, observedRevision } from '../../../../test/support/observed.ts';
import { judge, type GateAnswer, type GateEvidence } from './gate.ts';

interface Row {
  readonly reason: string;
  readonly answer: GateAnswer;
  readonly service?: Parameters<typeof desiredService>[0];
  readonly revision?: Partial<ObservedRevision> | null;
  readonly probe?: GateEvidence['probe'];
  readonly successes?: number;
  readonly restarts?: { readonly first: number; readonly last: number } | null;
}

const worker = { ingress: null, health: { readiness: null, liveness: null } };
const unprobed = { health: { readiness: null, liveness: null } };

const rows: readonly Row[] = [
  { reason: 'the third good look in a row', answer: 'pass', successes: 2 },
  { reason: 'a second good look is not enough', answer: 'inconclusive', successes: 1 },
  { reason: 'a revision that nobody sees yet', answer: 'no-data', revision: null, successes: 2 },
  { reason: 'provisioning failed although the operation succeeded', answer: 'fail', revision: { provisioningState: 'Failed' }, successes: 2 },
  { reason: 'the container does not stay up', answer: 'fail', revision: { runningState: 'Failed' }, successes: 2 },
  { reason: 'a crash loop that Azure calls running', answer: 'fail', revision: { containers: [observedContainer({ restartCount: 5 })] }, restarts: { first: 2, last: 4 }, successes: 2 },
  { reason: 'a restart between two looks', answer: 'inconclusive', revision: { containers: [observedContainer({ restartCount: 1 })] }, restarts: { first: 0, last: 0 }, successes: 2 },
  { reason: 'restarts before the first look', answer: 'pass', revision: { containers: [observedContainer({ restartCount: 9 })] }, restarts: null, successes: 2 },
  { reason: 'a replica of two that is not ready', answer: 'inconclusive', revision: { containers: [observedContainer(), observedContainer({ ready: false })] }, successes: 2 },
  { reason: 'still provisioning', answer: 'inconclusive', revision: { provisioningState: 'Provisioning' }, successes: 2 },
  { reason: 'a state that nobody knows', answer: 'inconclusive', revision: { provisioningState: 'Levitating' }, successes: 2 },
  { reason: 'no replica', answer: 'no-data', revision: { containers: [] }, successes: 2 },
  { reason: 'silence of a scaled to zero service with ingress is no sign', answer: 'no-data', service: { replicas: { min: 0, max: 2 } }, revision: { containers: [], runningState: 'ScaledToZero' }, successes: 2 },
  { reason: 'a worker that may rest at zero', answer: 'pass', service: { ...worker, replicas: { min: 0, max: 2 } }, revision: { containers: [], runningState: 'ScaledToZero' }, probe: 'not-asked', successes: 2 },
  { reason: 'a worker is ready by its replicas', answer: 'pass', service: worker, probe: 'not-asked', successes: 2 },
  { reason: 'its readiness answers 503', answer: 'inconclusive', probe: 503, successes: 2 },
  { reason: 'its readiness answers 404', answer: 'inconclusive', probe: 404, successes: 2 },
  { reason: 'no answer', answer: 'inconclusive', probe: null, successes: 2 },
  { reason: 'without a declared path 404 shows that it listens', answer: 'pass', service: unprobed, probe: 404, successes: 2 },
  { reason: 'without a declared path 500 does not', answer: 'inconclusive', service: unprobed, probe: 500, successes: 2 },
];

describe('the gate', () => {
  it.each(rows)('$answer: $reason', (row) => {
    const seen = row.revision === null ? null : observedRevision(row.revision);
    const before = { successes: row.successes ?? 0, restarts: row.restarts ?? null };
    const result = judge(desiredService(row.service ?? {}), { revision: seen, probe: row.probe === undefined ? 200 : row.probe, before }, 3);
    expect(result.answer).toBe(row.answer);
    expect(result.detail).not.toBe('');
    if (row.answer !== 'pass') expect(result.memory.successes).toBeLessThan(3);
  });

  it('starts counting again after any look that was not good', () => {
    const bad = judge(desiredService(), { revision: observedRevision(), probe: 503, before: { successes: 2, restarts: null } }, 3);
    expect(bad.memory.successes).toBe(0);
  });
});
