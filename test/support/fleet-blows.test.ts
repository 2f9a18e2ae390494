import { describe, expect, test } from 'vitest';
import { seededChance } from './chance.ts';
import { planBlows } from './fleet-blows.ts';

const plan = (seed: number) => planBlows({ chance: seededChance(seed), workers: 4, kills: 200, pauses: 60, terminations: 20, lockMs: 4000 });

describe('the plan of blows', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  test.each([
    { kind: 'kill', count: 200 },
    { kind: 'pause', count: 60 },
    { kind: 'terminate', count: 20 },
  ] as const)('spreads each $kind over all workers and over the whole run', ({ kind, count }) => {
    const blows = plan(3).filter((blow) => blow.kind === kind);
    expect(blows).toHaveLength(count);
    for (const worker of [0, 1, 2, 3]) expect(blows.filter((blow) => blow.worker === worker)).toHaveLength(count / 4);
    for (const quarter of [0, 1, 2, 3]) {
      const within = blows.filter(({ at }) => at >= (0.95 * quarter) / 4 && at < (0.95 * (quarter + 1)) / 4);
      expect(within).toHaveLength(count / 4);
    }
  });

  test('pauses longer than the lock and the lease last', () => {
    for (const { forMs } of plan(4)) expect(forMs).toSatisfy((ms: number) => ms >= 6000 && ms <= 8000);
  });
});
