import * as z from 'zod';
import { originSchema } from '../../kernel/audit.ts';

const begun = z.strictObject({
  phase: z.literal('begun'),
  /** Of the request; its end carries the same. */
  id: z.string(),
  /** ISO-8601 UTC. */
  at: z.string(),
  tenantId: z.string(),
  environment: z.string().nullable(),
  traceId: z.string(),
  eventId: z.string(),
  reaction: z.string(),
  /** Null when nobody knows any more who began the trace. */
  who: originSchema.nullable(),
  commit: z.string().nullable(),
  policy: z.string(),
  service: z.enum(['azure', 'github']),
  /** `PATCH Microsoft.App/containerApps`, `POST /repos/{owner}/{repo}/check-runs`. */
  operation: z.string(),
  /** The address without host and query. */
  target: z.string(),
  /** Azure's activity log shows it too, so that a write is found there whose answer was lost; null for GitHub. */
  clientRequestId: z.string().nullable(),
});

const ended = z.strictObject({
  phase: z.literal('ended'),
  id: z.string(),
  at: z.string(),
  /** 0 when no answer came: whether it was done nobody here can say. Null when it was held back before it was sent. */
  status: z.number().int().nullable(),
  /** `x-ms-request-id`, or `x-github-request-id`. */
  requestId: z.string().nullable(),
  /** Azure's `x-ms-correlation-request-id`: the operation, as the activity log calls it. */
  correlationId: z.string().nullable(),
  ms: z.number().int(),
});

export const auditEntry = z.discriminatedUnion('phase', [begun, ended]);
export type AuditEntry = z.infer<typeof auditEntry>;
export type Begun = z.infer<typeof begun>;
export type Ended = z.infer<typeof ended>;

/** A write with what became of it; null while it runs, and when the process ended before the answer. */
export interface AuditedWrite extends Omit<Begun, 'phase'> {
  readonly answer: Omit<Ended, 'phase' | 'id'> | null;
}

/** In the order in which they began. An end whose beginning was dropped by the bound is dropped as well. */
export function writesOf(entries: readonly AuditEntry[]): readonly AuditedWrite[] {
  const ends = new Map(entries.flatMap((entry) => (entry.phase === 'ended' ? [[entry.id, entry] as const] : [])));
  return entries.flatMap((entry) => {
    if (entry.phase !== 'begun') return [];
    const { phase: _phase, ...about } = entry;
    const end = ends.get(entry.id);
    return [{ ...about, answer: end === undefined ? null : { at: end.at, status: end.status, requestId: end.requestId, correlationId: end.correlationId, ms: end.ms } }];
  });
}
