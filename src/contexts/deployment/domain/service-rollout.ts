import { z } from 'zod';
import type { ContainerAppBody } from '../../../kernel/desired-state.ts';
import { gateAnswers } from '../../../kernel/messages/deployment.ts';
import { stage } from './stages.ts';

/**
 * How far one service is. `creating`, `taking-over`, `pinning`, `applying`, `promoting` and `restoring` are intents: saved before the write is sent,
 * with `operation` once it was.
 */
const steps = [
  'waiting',
  'creating',
  'taking-over',
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

/** Of the revision's name, which follows from the template. */
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

/** How one gate answered at the last look of a stage. */
const gateRecord = z.strictObject({
  gate: z.string(),
  answer: z.enum(gateAnswers),
  detail: z.string(),
  samples: z.number().int().nullable(),
  threshold: z.string().nullable(),
  /** Milliseconds since the epoch: since when it answers this. */
  since: z.number(),
  /** When it was asked last. */
  at: z.number(),
  /** Failing looks in a row. */
  failures: z.number().int(),
});
export type GateRecord = z.infer<typeof gateRecord>;

/** The gate's own requests to the new revision, which Azure counts along with those of users. */
const ownRequests = z.strictObject({
  /** By full minutes, oldest first, several in one where there are many: the start of the last of them, and how many were answered with a server error. */
  minutes: z.array(z.strictObject({ to: z.number(), sent: z.number().int(), errors: z.number().int() })),
  /** Milliseconds of the last hundred answers in the stage. */
  ms: z.array(z.number()),
});
export type OwnRequests = z.infer<typeof ownRequests>;
const noOwnRequests: OwnRequests = { minutes: [], ms: [] };

const failure = z.strictObject({ weight: z.number().int(), reason: z.string(), gates: z.array(gateRecord) });

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
  configuration: z.strictObject({ name: z.string(), version: z.string() }).nullable().default(null),
  secrets: z.array(z.strictObject({ binding: z.string(), version: z.string().nullable() })).default([]),
  strategy: z.enum(['all-at-once', 'blue-green', 'canary']).default('all-at-once'),
  independent: z.boolean().default(false),
  /** The plan of steps; empty before the app was looked at. */
  stages: z.array(stage).default([]),
  /** Index of the stage that runs. */
  stage: z.number().int().default(0),
  /** When the stage's weight was read in Azure, in milliseconds since the epoch; null while it is being set. */
  stageSince: z.number().nullable().default(null),
  /** Percent of the traffic that the release has, as read last. */
  weight: z.number().int().default(0),
  gates: z.array(gateRecord).default([]),
  probes: ownRequests.default(noOwnRequests),
  failure: failure.nullable().default(null),
  /** Milliseconds since the epoch before which its gates need not be looked at again. */
  lookAt: z.number().nullable().default(null),
  /** Milliseconds of the stage in which nobody looked although it was time: not held against it. */
  unseenMs: z.number().default(0),
  /** Since when its weight is being set, or it is on a way back of its own. */
  movingSince: z.number().nullable().default(null),
  /** It goes back by itself, while the deployment goes on with others. */
  goesBack: z.boolean().default(false),
  /** Somebody else changed its traffic, or ended its revision: true until a weight is set again. */
  outside: z.boolean().default(false),
  /** What a way back takes the app from, where that is not what the deployment's commit declares. */
  taken: release.nullable().default(null),
  /** Name of the revision that runs the declared template since the app was taken over; null where it follows from the template. */
  takenOver: z.string().nullable().default(null),
  /** The declared body with what Git leaves to others as it was when the app was looked at; null where that is what Git says. */
  held: body.nullable().default(null),
  /** Made by somebody else's change of the template, which this release takes back: it ends with what served before. */
  stray: z.string().nullable().default(null),
  /** Of blue-green: what served before stays active until then. */
  warm: z.strictObject({ revision: z.string(), until: z.number() }).nullable().default(null),
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
    configuration: null,
    secrets: [],
    strategy: 'all-at-once',
    independent: false,
    stages: [],
    stage: 0,
    stageSince: null,
    weight: 0,
    gates: [],
    probes: noOwnRequests,
    failure: null,
    lookAt: null,
    unseenMs: 0,
    movingSince: null,
    goesBack: false,
    outside: false,
    taken: null,
    takenOver: null,
    stray: null,
    held: null,
    warm: null,
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

const wayBack: ReadonlySet<Step> = new Set(['reviving', 'restoring', 'dismissing', 'restored', 'kept', 'untouched']);
const settled: ReadonlySet<Step> = new Set(['restored', 'kept', 'untouched']);

export function isOnWayBack({ step, goesBack }: ServiceRollout): boolean {
  return goesBack || wayBack.has(step);
}

/** Nothing more is done for it: taken back, or left as it is. */
export function isSettled({ step }: ServiceRollout): boolean {
  return settled.has(step);
}

/** On a way back of its own that has not ended. */
export function isGoingBack(rollout: ServiceRollout): boolean {
  return rollout.goesBack && !isSettled(rollout);
}

/** It neither failed nor was it left out: what it brings is there, or on its way. */
export function goesForward(rollout: ServiceRollout): boolean {
  return !isOnWayBack(rollout) && !isLeftOut(rollout) && rollout.step !== 'unchanged';
}

/** Frozen where it failed, until a person says where to. */
export function isHeld(rollout: ServiceRollout): boolean {
  return rollout.step === 'gating' && rollout.failure !== null && !rollout.goesBack;
}

/** Users are divided between it and what ran before. */
export function isDivided({ weight }: ServiceRollout): boolean {
  return weight > 0 && weight < 100;
}
