import { z } from 'zod';
import { fault, warning, type Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import { atLeastPercent, duration } from '../values/units.ts';

const step = z.strictObject({
  weight: z.number().int().min(1).max(99).meta({ description: 'Percent of the traffic that goes to the new revision.' }),
  bake: duration({ min: '0s', max: '7d' }).meta({ description: 'How long to watch it. From 0s to 7d.' }),
});

export const rollout = z
  .strictObject({
    strategy: z.enum(['all-at-once', 'blue-green', 'canary']).default('all-at-once'),
    steps: z.array(step).max(20).default([]),
    gate: z.strictObject({ successRate: atLeastPercent.optional(), minSamples: z.number().int().min(1).max(1_000_000).optional() }).default({}),
    onFailure: z.enum(['rollback', 'hold']).default('rollback'),
  })
  .default({ strategy: 'all-at-once', steps: [], gate: {}, onFailure: 'rollback' });

export type RolloutSpec = z.infer<typeof rollout>;

const path = ['spec', 'rollout'];

export function checkRollout(declared: Readable<RolloutSpec> | null): readonly Fault[] {
  return declared === null ? [] : [...checkStrategy(declared), ...checkWeights(declared.steps ?? []), ...notActedOn(declared)];
}

function checkStrategy({ strategy, steps }: Readable<RolloutSpec>): readonly Fault[] {
  if (strategy === null || steps === null) return [];
  if (strategy === 'canary' && steps.length === 0) {
    return [fault({
      code: 'invalid-rollout',
      path: [...path, 'strategy'],
      message: 'A canary needs steps',
      expected: '`steps`: rising weights from 1 to 99, each with a bake time',
    })];
  }
  if (strategy === 'canary' || steps.length === 0) return [];
  return [fault({
    code: 'invalid-rollout',
    path: [...path, 'steps'],
    at: 'key',
    message: `A rollout ${strategy} has no steps`,
    expected: '`strategy: canary`, or no `steps`',
  })];
}

function checkWeights(steps: NonNullable<Readable<RolloutSpec>['steps']>): readonly Fault[] {
  return steps.flatMap((one, index) => {
    const weight = one?.weight ?? null;
    const before = steps[index - 1]?.weight ?? 0;
    if (weight === null || weight > before) return [];
    const message = `The weight ${weight} does not rise: the step before has ${before}`;
    return [fault({ code: 'invalid-rollout', path: [...path, 'steps', index, 'weight'], message, expected: 'rising weights' })];
  });
}

function notActedOn({ strategy, gate, onFailure }: Readable<RolloutSpec>): readonly Fault[] {
  const faults: Fault[] = [];
  const later = (field: string, message: string): void => {
    faults.push(warning({ code: 'not-acted-on', path: [...path, ...field.split('.')], message, hint: 'Nothing to do; the warning goes when it is acted on' }));
  };
  if (strategy !== null && strategy !== 'all-at-once') later('strategy', `${strategy} is not acted on yet: the service is rolled out all at once, behind its readiness`);
  if ((gate?.successRate ?? null) !== null) later('gate.successRate', 'The success rate is not measured yet: the gate is the readiness of the new revision');
  if ((gate?.minSamples ?? null) !== null) later('gate.minSamples', 'Samples are not counted yet: the gate is the readiness of the new revision');
  if (onFailure === 'hold') later('onFailure', 'hold is not acted on yet: a rollout that fails is taken back');
  return faults;
}
