import { z } from 'zod';
import { fault, warning, type Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import { duration } from '../values/units.ts';
import { checkGate, gate, isMeasured } from './gate.ts';
import type { ServiceIngress } from './ingress.ts';

const step = z.strictObject({
  weight: z.number().int().min(1).max(99).meta({ description: 'Percent of the traffic that goes to the new revision.' }),
  bake: duration({ min: '0s', max: '7d', example: '5m' }).meta({ description: 'How long it is judged at least. From 0s to 7d.' }),
});

export const rollout = z
  .strictObject({
    strategy: z.enum(['all-at-once', 'blue-green', 'canary']).default('all-at-once'),
    steps: z.array(step).max(20).default([]).meta({ description: 'Of a canary: rising weights.' }),
    preview: duration({ min: '0s', max: '24h', example: '5m' }).optional().meta({ description: 'Of blue-green: how long the new revision is judged at an address of its own before the switch. From 0s to 24h; 0s when left out.' }),
    watch: duration({ min: '0s', max: '7d', example: '10m' })
      .optional()
      .meta({ description: 'How long it is judged with all of the traffic before it counts as good. From 0s to 7d; left out, 0s for all-at-once and 5m otherwise.' }),
    keepWarm: duration({ min: '0s', max: '7d', example: '15m' }).optional().meta({ description: 'Of blue-green: how long the old revision stays active after the new one counts as good. From 0s to 7d; 15m when left out.' }),
    gate,
    onFailure: z.enum(['rollback', 'hold']).default('rollback').meta({ description: 'rollback: what ran before takes over. hold: everything stays as it is until a person decides.' }),
    independent: z.boolean().default(false).meta({ description: 'It succeeds or goes back by itself: the other services of the commit do not go back with it.' }),
  })
  .prefault({});

export type RolloutSpec = z.infer<typeof rollout>;

const path = ['spec', 'rollout'];

const nullHint = "In an environment's entry `null` takes away what `spec` says";

export function checkRollout(declared: Readable<RolloutSpec> | null, ingress: ServiceIngress): readonly Fault[] {
  if (declared === null) return [];
  return [
    ...checkStrategy(declared, ingress),
    ...checkWeights(declared.steps ?? []),
    ...checkFields(declared),
    ...(declared.gate === null ? [] : checkGate(declared.gate, ingress)),
    ...unmeasured(declared),
  ];
}

function invalid(field: string, message: string, expected: string, more: Partial<Fault> = {}): Fault {
  return fault({ code: 'invalid-rollout', path: [...path, field], message, expected, ...more });
}

/** Traffic can only be divided where there is some. */
function checkStrategy({ strategy, steps }: Readable<RolloutSpec>, ingress: ServiceIngress): readonly Fault[] {
  if (strategy === null || strategy === 'all-at-once') return [];
  if (ingress === undefined) {
    return [invalid('strategy', `Without an ingress there is no traffic for a rollout ${strategy}`, '`strategy: all-at-once`, or an `ingress`')];
  }
  if (strategy === 'blue-green' || steps?.length !== 0) return [];
  return [invalid('strategy', 'A canary needs steps', '`steps`: rising weights from 1 to 99, each with a bake time')];
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

/** Fields that one strategy has alone. */
function checkFields({ strategy, steps, preview, keepWarm }: Readable<RolloutSpec>): readonly Fault[] {
  const owned = [
    { field: 'steps', owner: 'canary', isSaid: steps !== null && steps.length > 0 },
    { field: 'preview', owner: 'blue-green', isSaid: preview !== undefined },
    { field: 'keepWarm', owner: 'blue-green', isSaid: keepWarm !== undefined },
  ];
  return owned.flatMap(({ field, owner, isSaid }) => {
    if (strategy === null || strategy === owner || !isSaid) return [];
    return [invalid(field, `A rollout ${strategy} has no \`${field}\``, `\`strategy: ${owner}\`, or no \`${field}\``, { at: 'key', hint: nullHint })];
  });
}

/** Weights alone prove nothing. */
function unmeasured({ strategy, gate: its }: Readable<RolloutSpec>): readonly Fault[] {
  if (strategy !== 'canary' || its === null || isMeasured(its)) return [];
  return [
    warning({
      code: 'not-measured',
      path: [...path, 'strategy'],
      message: 'What the canary answers is not measured: it is judged by its replicas and its readiness only',
      expected: '`gate.successRate`',
      hint: 'A least success rate, such as `gate: { successRate: ">= 99%" }`, catches errors that users see',
    }),
  ];
}
