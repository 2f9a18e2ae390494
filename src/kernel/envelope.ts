import { z } from 'zod';
import { digestOf } from './digest.ts';
import { isTenantId, type TenantId } from './ids.ts';
import { messageCatalogue, type MessageType, type PayloadOf } from './messages/catalogue.ts';
import type { Clock, Ids } from './ports.ts';

/** The canonical event envelope: ten fields and no others. */
export interface Envelope<Type extends MessageType = MessageType> {
  /** `evt-<uuid>`; the idempotency anchor. */
  readonly eventId: string;
  readonly eventType: Type;
  readonly tenantId: TenantId;
  readonly projectId?: string;
  readonly moduleId?: string;
  /** `trace-<uuid>`, minted when a webhook or a schedule enters and carried to every effect. */
  readonly traceId: string;
  /** `corr-<uuid>`: one workflow. */
  readonly correlationId: string;
  /** The event or delivery that directly caused this one. */
  readonly causationId: string;
  /** ISO-8601, UTC. */
  readonly occurredAt: string;
  readonly payload: PayloadOf<Type>;
}

/** What a reaction wants said; the envelope around it is made where the outcome is committed, so that ids, time and cause are given in one place. */
export type EmittedMessage = { readonly [Type in MessageType]: Emitted<Type> }[MessageType];

interface Emitted<Type extends MessageType> {
  readonly type: Type;
  readonly tenantId: TenantId;
  readonly projectId?: string;
  readonly moduleId?: string;
  readonly payload: PayloadOf<Type>;
}

export function emit<Type extends MessageType>(
  type: Type,
  tenantId: TenantId,
  payload: PayloadOf<Type>,
  about: { readonly projectId?: string | undefined; readonly moduleId?: string | undefined } = {},
): EmittedMessage {
  const { projectId, moduleId } = about;
  const message = { type, tenantId, payload, ...(projectId && { projectId }), ...(moduleId && { moduleId }) };
  // The mapped union cannot be rebuilt from a generic parameter; type and payload agree by this function's signature.
  return message as unknown as EmittedMessage;
}

const envelopeFields = z.strictObject({
  eventId: z.string().regex(/^evt-[0-9a-f-]{36}$/),
  eventType: z.string(),
  tenantId: z.string().refine(isTenantId, 'expected <installation>[.<repository>[.<tenant>]]'),
  projectId: z.string().min(1).optional(),
  moduleId: z.string().min(1).optional(),
  traceId: z.string().min(1),
  correlationId: z.string().min(1),
  causationId: z.string().min(1),
  occurredAt: z.iso.datetime(),
  payload: z.unknown(),
});

/** @throws {z.ZodError} when a field is missing or unknown, the type is not in the catalogue or the payload does not fit it. */
export function parseEnvelope(input: unknown): Envelope {
  const fields = envelopeFields.parse(input);
  if (!isMessageType(fields.eventType)) throw new z.ZodRealError([unknownType(fields.eventType)]);
  const payload = messageCatalogue[fields.eventType].schema.parse(fields.payload);
  // The payload was read with the schema of exactly this event type.
  return { ...fields, payload } as unknown as Envelope;
}

function unknownType(eventType: string): z.core.$ZodIssue {
  return { code: 'custom', path: ['eventType'], message: `unknown message ${eventType}`, input: eventType };
}

function isMessageType(text: string): text is MessageType {
  return Object.hasOwn(messageCatalogue, text);
}

interface TraceOrigin {
  readonly traceId: string;
  readonly correlationId: string;
  readonly causationId: string;
}

/** A new trace: used where work enters the system, by a webhook, a schedule or a person. */
export function newOrigin(causationId: string, ids: Ids): TraceOrigin {
  return { traceId: `trace-${ids.uuid()}`, correlationId: `corr-${ids.uuid()}`, causationId };
}

/**
 * The trace of a turn of a schedule. It names the schedule by itself, in the custom part of a version 8 UUID (RFC 9562): of the thousands
 * of turns that find nothing to do, nothing has to be kept.
 */
export function scheduledOrigin(name: string, ids: Ids): TraceOrigin {
  const { traceId, ...origin } = newOrigin(name, ids);
  return { ...origin, traceId: `${traceId.slice(0, 20)}8${traceId.slice(21, 30)}${markOf(name)}` };
}

/** Whether the trace began with a turn of this schedule. */
export function isTraceOf(traceId: string, name: string): boolean {
  return traceId[20] === '8' && traceId.endsWith(markOf(name));
}

function markOf(name: string): string {
  return digestOf(name).slice(0, 12);
}

export function causedBy(cause: Envelope): TraceOrigin {
  return { traceId: cause.traceId, correlationId: cause.correlationId, causationId: cause.eventId };
}

export function seal(message: EmittedMessage, origin: TraceOrigin, eventUuid: string, clock: Clock): Envelope {
  const { type, payload, ...about } = message;
  const envelope = {
    eventId: `evt-${eventUuid}`,
    eventType: type,
    ...about,
    ...origin,
    occurredAt: new Date(clock.now()).toISOString(),
    payload,
  };
  // Type and payload were paired by `emit`.
  return envelope as unknown as Envelope;
}
