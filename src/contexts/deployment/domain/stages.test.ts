import { describe, expect, it } from 'vitest';
import { desiredRollout, desiredService } from '../../../../test/support/desired.ts';
import { fc, test } from '../../../../test/support/property.ts';
import { planStages, stageAt, stagesFrom } from './stages.ts';

const steps = [{ weight: 10, bakeMs: 300_000 }, { weight: 50, bakeMs: 600_000 }];
const rollouts = {
  canary: desiredRollout({ strategy: 'canary', steps, watchMs: 900_000 }),
  blueGreen: desiredRollout({ strategy: 'blue-green', previewMs: 120_000, watchMs: 900_000 }),
  allAtOnce: desiredRollout({ watchMs: 900_000 }),
};

describe('the plan of stages', () => {
  it.each([
    { rollout: rollouts.canary, serves: true, ingress: true, expected: ['ready 0/0', 'step 10/300000', 'step 50/600000', 'watch 100/900000'], reason: 'a canary proves itself without traffic first' },
    { rollout: rollouts.blueGreen, serves: true, ingress: true, expected: ['ready 0/120000', 'watch 100/900000'], reason: 'blue-green is previewed before the switch' },
    { rollout: rollouts.allAtOnce, serves: true, ingress: true, expected: ['ready 0/0', 'watch 100/900000'], reason: 'all at once is judged before and after' },
    { rollout: rollouts.canary, serves: false, ingress: true, expected: ['ready 100/0', 'watch 100/900000'], reason: 'the first release has nobody to divide with' },
    { rollout: rollouts.canary, serves: true, ingress: false, expected: ['ready 100/0', 'watch 100/900000'], reason: 'without ingress there is no traffic to divide' },
    { rollout: rollouts.blueGreen, serves: false, ingress: true, expected: ['ready 100/0', 'watch 100/900000'], reason: 'a first release that is previewed would serve nobody' },
  ])('$reason', ({ rollout, serves, ingress, expected }) => {
    const service = desiredService({ rollout, ...(!ingress && { ingress: null }) });
    expect(planStages(service, serves).map(({ purpose, weight, bakeMs }) => `${purpose} ${weight}/${bakeMs}`)).toEqual(expected);
  });

  it('begins with what the app gives it where what serves is not worth going back to', () => {
    expect(stagesFrom(desiredService({ rollout: rollouts.canary }), { servesAlready: false, own: 0 }).map(({ weight }) => weight)).toEqual([0, 100]);
  });

  it.each([
    { weight: 0, stage: 0, reason: 'it has nothing yet' },
    { weight: 10, stage: 1, reason: 'it is at a step' },
    { weight: 30, stage: 1, reason: 'a person gave it more than the step: judged there before it gets more' },
    { weight: 100, stage: 3, reason: 'it has everything and was not watched to the end' },
  ])('is taken up where the app stands: $reason', ({ weight, stage }) => {
    expect(stageAt(planStages(desiredService({ rollout: rollouts.canary }), true), weight)).toBe(stage);
  });
});

test('whatever is declared, weights never fall, and the last stage is everything, watched', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('all-at-once' as const, 'blue-green' as const, 'canary' as const),
      fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 }),
      fc.boolean(),
      fc.boolean(),
      (strategy, weights, serves, hasIngress) => {
        const rollout = desiredRollout({ strategy, steps: weights.toSorted((a, b) => a - b).map((weight) => ({ weight, bakeMs: 1 })) });
        const stages = planStages(desiredService({ rollout, ...(!hasIngress && { ingress: null }) }), serves);
        const planned = stages.map(({ weight }) => weight);
        expect(planned).toEqual(planned.toSorted((a, b) => a - b));
        expect(stages[0]?.purpose).toBe('ready');
        expect(stages.at(-1)).toMatchObject({ purpose: 'watch', weight: 100 });
        if (serves && hasIngress) expect(planned[0]).toBe(0);
      },
    ),
  ));
