import { z } from 'zod';
import type { ContainerAppBody } from '../../../kernel/desired-state.ts';

/**
 * How far one service is. `creating`, `pinning`, `applying`, `promoting` and `restoring` are intents: saved before the write is sent,
 * with `operation` once it was.
 */
const steps = [
  'waiting',
  'creating',
  'pinning',
  'applying',
  'gating',
  'ready',
  'promoting',
  'promoted',
  'retiring',
  'done',
  'unchanged',
  'reviving',
  'restoring',
  'dismissing',
  'restored',
  'kept',
  'untouched',
] as const;
export type Step = (typeof steps)[number];

/** An ARM body that this code base wrote into the store itself. */
const body = z.custom<ContainerAppBody>((value) => typeof value === 'object' && value !== null);

const traffic = z.strictObject({ revision: z.string(), weight: z.number(), label: z.string().nullable() });
export type PinnedTraffic = z.infer<typeof traffic>;

export const release = z.strictObject({
  digest: z.string(),
  commit: z.string(),
  generation: z.string(),
  trace: z.string(),
  body,
});
/** One application of a body to a container app. */
export type Release = z.infer<typeof release>;

export function suffixOf({ body }: Pick<Release, 'body'>): string {
  const { revisionSuffix } = body.properties.template;
  return typeof revisionSuffix === 'string' ? revisionSuffix : '';
}

const previous = z.strictObject({
  /** The one that served most; of a service without ingress the one that ran. Null when nothing ran. */
  revision: z.string().nullable(),
  /** Explicit weights that sum to 100; null without ingress. */
  traffic: z.array(traffic).nullable(),
  /** What the previous revision was made from; null when nobody knows, and then only the traffic can be taken back. */
  release: release.nullable(),
});
export type Previous = z.infer<typeof previous>;

export const serviceRollout = z.strictObject({
  service: z.string(),
  tenant: z.string(),
  image: z.string(),
  /** Of the release that this deployment brings; null before the desired state was read. */
  revision: z.string().nullable(),
  digest: z.string().nullable(),
  step: z.enum(steps),
  detail: z.string().nullable(),
  url: z.string().nullable(),
  /** Null until the app was looked at, and when there is no app. */
  previous: previous.nullable(),
  /** Sealed poller of the write in flight. */
  operation: z.string().nullable(),
  /** When the write of this step was sent last, in milliseconds since the epoch. */
  sentAt: z.number().nullable(),
  /** How often the write of this step was sent. */
  sent: z.number().int(),
  /** True once something is about to be sent that a rollback has to take back. */
  touched: z.boolean(),
  /** Its own gate or write failed, or a person took it back: the others go back with it and are innocent. */
  failed: z.boolean().default(false),
  /** The same release did not arrive before. What stands in its way leaves it out instead of stopping the others. */
  mayStay: z.boolean().default(false),
  /** Why it is left out, and what a person must do; the deployment does not complete then. */
  refusal: z.strictObject({ reason: z.string(), needs: z.string().nullable() }).nullable().default(null),
  /** What it still waits for, see `lackOf`. */
  lacks: z.array(z.string()).default([]),
  gate: z.strictObject({
    /** Good looks in a row. */
    successes: z.number().int(),
    /** Restarts of all its containers at the first look and at the last; null before. */
    restarts: z.strictObject({ first: z.number().int(), last: z.number().int() }).nullable(),
  }),
});
export type ServiceRollout = z.infer<typeof serviceRollout>;

export function newRollout(service: string): ServiceRollout {
  return {
    service,
    tenant: service,
    image: '',
    revision: null,
    digest: null,
    step: 'waiting',
    detail: null,
    url: null,
    previous: null,
    operation: null,
    sentAt: null,
    sent: 0,
    touched: false,
    failed: false,
    mayStay: false,
    refusal: null,
    lacks: [],
    gate: { successes: 0, restarts: null },
  };
}

/** The same service at another step: what was in flight belongs to the step before. */
export function atStep(rollout: ServiceRollout, step: Step, detail: string | null = null): ServiceRollout {
  return { ...rollout, step, detail, operation: null, sentAt: null, sent: 0 };
}

/** The others go on without it. */
export function leftOut(rollout: ServiceRollout, { reason, needs }: { readonly reason: string; readonly needs: string | null }): ServiceRollout {
  return { ...atStep(rollout, 'kept', reason), refusal: { reason, needs } };
}

export function isLeftOut({ refusal }: ServiceRollout): boolean {
  return refusal !== null;
}

export function isFinished({ step }: ServiceRollout): boolean {
  return step === 'done' || step === 'unchanged';
}

export function isInFlight({ operation }: ServiceRollout): boolean {
  return operation !== null;
}
