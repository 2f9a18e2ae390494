import { z } from 'zod';
import { declared, generation, name, sentence } from './shapes.ts';

/** `no-data` is an answer of its own and never counts as healthy. Worst last, except that `no-data` is beside the scale. */
export const verdicts = ['healthy', 'degraded', 'unhealthy', 'no-data'] as const;
export type Verdict = (typeof verdicts)[number];

const check = z.strictObject({ kind: z.enum(['liveness', 'readiness', 'dependency']), verdict: z.enum(verdicts), detail: sentence });
const serviceHealth = z.strictObject({ service: name, tenant: name, verdict: z.enum(verdicts), checks: z.array(check) });

export const healthScalingMessages = {
  CheckHealth: {
    role: 'command',
    about: 'Evaluate liveness, readiness and dependencies of every service of an environment.',
    schema: z.strictObject({ environment: name }),
  },
  ApplyScalingPolicy: {
    role: 'command',
    about: 'Make the running service scale as declared. With a `deploymentId` the deployment writes it and this waits for its end.',
    schema: z.strictObject({ ...declared, policy: name, service: name, tenant: name, deploymentId: z.string().nullable() }),
  },
  HealthCheckCompleted: {
    role: 'event',
    about: 'The verdict of one evaluation. `since` is when this verdict began, `generation` the highest one whose deployment had ended before the evaluation began.',
    schema: z.strictObject({
      environment: name,
      verdict: z.enum(verdicts),
      previous: z.enum(verdicts).nullable(),
      since: z.iso.datetime(),
      services: z.array(serviceHealth),
      generation: generation.optional(),
    }),
  },
  ScalingPolicyApplied: {
    role: 'event',
    about: 'The service scales as declared.',
    schema: z.strictObject({
      ...declared,
      policy: name,
      service: name,
      tenant: name,
      replicas: z.strictObject({ min: z.number().int(), max: z.number().int() }),
    }),
  },
  ScalingPolicyRefused: {
    role: 'event',
    about: 'The policy cannot be applied; `needs` says what a person must do.',
    schema: z.strictObject({ ...declared, policy: name, service: name, tenant: name, reason: sentence, needs: sentence }),
  },
} as const;
