import { z } from 'zod';
import { fault, warning, type Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import { serviceName } from '../values/names.ts';
import { timeZone } from '../values/time-zone.ts';
import { atLeastPercent, duration, percent } from '../values/units.ts';
import { shaped, written } from '../values/written.ts';
import type { Kind } from './kind.ts';
import { metadata } from './metadata.ts';

const ruleName = shaped(
  { pattern: '^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$' },
  { code: 'invalid-name', message: 'This is not the name of a scale rule', expected: 'at most 63 lower-case letters, digits and hyphens' },
);

/** Five fields: KEDA knows no seconds. */
const cron = written({ examples: ['0 8 * * 1-5'] }, (text, refuse) =>
  /^[0-9*/,-]+(?: [0-9*/,A-Za-z-]+){4}$/.test(text)
    ? text
    : refuse({ code: 'invalid-cron', message: 'This is not a schedule', expected: 'five fields: minute, hour, day of month, month, day of week' }),
);

const count = z.number().int().min(1).max(100_000);
const utilization = z.strictObject({ utilization: z.number().int().min(1).max(100) });

const rule = z.strictObject({
  name: ruleName,
  http: z.strictObject({ concurrentRequests: count }).optional(),
  tcp: z.strictObject({ concurrentConnections: count }).optional(),
  cpu: utilization.optional(),
  memory: utilization.optional(),
  cron: z
    .strictObject({ timezone: timeZone, start: cron, end: cron, replicas: z.number().int().min(1).max(1000) })
    .optional(),
  custom: z
    .strictObject({ type: z.string().regex(/^[a-z0-9-]{1,64}$/), metadata: z.record(z.string().max(128), z.string().max(2048)) })
    .optional()
    .meta({ description: "Any of KEDA's scalers, by its own name and settings." }),
});

export type ScaleRule = z.infer<typeof rule>;

const replicas = z.number().int().min(0).max(1000);

const spec = z.strictObject({
  service: serviceName,
  replicas: z.strictObject({ min: replicas, max: replicas.min(1) }),
  rules: z.array(rule).max(50).default([]),
  cooldown: duration({ min: '1s', max: '1h', wholeSeconds: true }).optional().meta({ description: 'How long nothing may happen before the last replica goes. From 1s to 1h.' }),
  slo: z
    .strictObject({
      availability: z.union([percent, atLeastPercent]).optional(),
      latencyP95: duration({ min: '1ms', max: '1h' }).optional(),
      window: duration({ min: '1h', max: '90d' }).optional(),
    })
    .optional()
    .meta({ description: 'Objectives.' }),
});

export type ScalingPolicySpec = z.infer<typeof spec>;

export const scalingPolicy: Kind<ScalingPolicySpec> = {
  about: 'How a service scales. A service has at most one; without one it runs one replica.',
  metadata: metadata({ project: true }),
  spec,
  environments: 'differences',
  check: (declared) => [...checkReplicas(declared), ...(declared.rules ?? []).flatMap((one, index) => (one === null ? [] : checkRule(one, index, declared))), ...objectives(declared)],
  example: `apiVersion: trueup.dev/v1
kind: ScalingPolicy
metadata: { name: checkout, tenant: contoso, project: storefront }
spec:
  service: checkout
  replicas: { min: 1, max: 4 }
  rules:
    - name: http
      http: { concurrentRequests: 50 }
  cooldown: 5m
  environments:
    prod: { replicas: { min: 2, max: 20 } }
`,
};

function checkReplicas({ replicas }: Readable<ScalingPolicySpec>): readonly Fault[] {
  const { min = null, max = null } = replicas ?? {};
  if (min === null || max === null || min <= max) return [];
  return [fault({
    code: 'out-of-range',
    path: ['spec', 'replicas', 'min'],
    message: `The least replicas (${min}) are more than the most (${max})`,
    expected: `at most ${max}`,
  })];
}

function checkRule(one: Readable<ScaleRule>, index: number, { replicas, rules }: Readable<ScalingPolicySpec>): readonly Fault[] {
  const path = ['spec', 'rules', index];
  const faults: Fault[] = [];
  const { name, ...triggers } = one;
  const used = Object.entries(triggers).filter(([, trigger]) => trigger !== undefined);
  if (used.length !== 1) {
    faults.push(fault({
      code: 'invalid-rule',
      path,
      message: `A rule has one trigger, this one has ${used.length}`,
      expected: 'one of http, tcp, cpu, memory, cron, custom',
    }));
  }
  if (name !== null && rules?.findIndex((other) => other?.name === name) !== index) {
    faults.push(fault({ code: 'duplicate-name', path: [...path, 'name'], message: `Another rule is called \`${name}\``, expected: 'a name of its own' }));
  }
  if (replicas?.min === 0 && (one.cpu !== undefined || one.memory !== undefined)) {
    faults.push(fault({
      code: 'invalid-rule',
      path,
      message: 'What does not run has no load: a rule by cpu or memory cannot start the first replica',
      expected: '`replicas.min` of at least 1',
    }));
  }
  return faults;
}

function objectives({ slo }: Readable<ScalingPolicySpec>): readonly Fault[] {
  if (slo === undefined || slo === null) return [];
  return [
    warning({
      code: 'not-acted-on',
      path: ['spec', 'slo'],
      at: 'key',
      message: 'Objectives are recorded but not measured yet: the service scales by its rules',
      hint: 'Nothing to do; the warning goes when they are',
    }),
  ];
}
