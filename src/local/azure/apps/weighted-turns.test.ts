import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightedTurns } from './weighted-turns.ts';

describe('weighted turns', () => {
  it('are split exactly in every round of as many turns as the weights sum to', () => {
    const weights = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 5 }).filter((all) => all.some((one) => one > 0));
    fc.assert(
      fc.property(weights, (all) => {
        const turns = all.map((weight, who) => ({ who, weight }));
        const total = all.reduce((sum, one) => sum + one, 0);
        const next = weightedTurns<number>();
        for (let round = 0; round < 2; round += 1) {
          const taken = all.map(() => 0);
          for (let turn = 0; turn < total; turn += 1) {
            const who = next(turns) ?? -1;
            taken[who] = (taken[who] ?? 0) + 1;
          }
          expect(taken).toEqual(all);
        }
      }),
    );
  });

  it('are nobody\'s without weights', () => {
    expect(weightedTurns<string>()([])).toBeNull();
    expect(weightedTurns<string>()([{ who: 'a', weight: 0 }])).toBeNull();
  });
});
