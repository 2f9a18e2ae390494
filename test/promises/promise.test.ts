import { describe, expect, test } from 'vitest';
import { broken } from './promise.ts';

describe('a threshold', () => {
  test.each([
    { reason: 'kept from above', threshold: { atMost: 0 }, figures: { lost: 0 }, faults: [] },
    { reason: 'broken from above', threshold: { atMost: 0 }, figures: { lost: 1 }, faults: ['lost is 1, expected at most 0'] },
    { reason: 'kept from below', threshold: { atLeast: 100 }, figures: { lost: 100 }, faults: [] },
    { reason: 'broken from below', threshold: { atLeast: 100 }, figures: { lost: 99 }, faults: ['lost is 99, expected at least 100'] },
    { reason: 'never measured', threshold: { atMost: 0 }, figures: {}, faults: ['lost was not measured, expected at most 0'] },
    { reason: 'no number', threshold: { atMost: 0 }, figures: { lost: Number.NaN }, faults: ['lost was not measured, expected at most 0'] },
  ])('$reason', ({ threshold, figures, faults }) => {
    expect(broken({ thresholds: { lost: threshold } }, 'short', figures)).toEqual(faults);
  });

  test('of the full size is not asked of the short one', () => {
    const proof = { thresholds: {}, thresholdsAtFullSize: { p99Ms: { atMost: 1000 } } };
    expect(broken(proof, 'short', { p99Ms: 2000 })).toEqual([]);
    expect(broken(proof, 'full', { p99Ms: 2000 })).toEqual(['p99Ms is 2000, expected at most 1000']);
  });
});
