import { z } from 'zod';
import { digestOf } from '../../../kernel/digest.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { PayloadOf } from '../../../kernel/messages/catalogue.ts';
import { driftDetectionMessages } from '../../../kernel/messages/drift-detection.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

export type RuntimeDriftFinding = PayloadOf<'RuntimeDriftDetected'>['open'][number];

/** What a scan sees, before it is known since when. */
export interface Sighting extends Omit<RuntimeDriftFinding, 'id' | 'severity' | 'firstSeenAt'> {
  /** Hash of the whole live value, which `live` may show shortened. */
  readonly liveDigest: string;
}

const { open } = driftDetectionMessages.RuntimeDriftDetected.schema.shape;

export const driftFindings = z.strictObject({
  open,
  /** The last ones that are gone, youngest first. */
  resolved: z.array(z.strictObject({ finding: open.element, resolvedAt: z.string() })),
  /** Finding id to when it was first seen: what may be only on its way is opened when it is still there later. */
  suspects: z.record(z.string(), z.string()),
  /** Declared services whose app was there at some scan: gone is not the same as never applied. */
  seen: z.array(z.string()),
  /** Service to the commit of the last completed deployment that it was part of. Git holds the body. */
  applied: z.record(z.string(), z.strictObject({ commit: z.string(), generation: z.number().int() })),
  /** The youngest deployment that is known, by generation and sequence. `at`: milliseconds since the epoch of its last word. */
  deployment: z.strictObject({ generation: z.number().int(), sequence: z.number().int(), runs: z.boolean(), at: z.number() }).nullable(),
});

/** The findings of one environment: only their set makes sense, so it is one aggregate. */
export type DriftFindings = z.infer<typeof driftFindings>;

export const noFindings: DriftFindings = { open: [], resolved: [], suspects: {}, seen: [], applied: {}, deployment: null };

export const findingsType = 'RuntimeDriftFinding';

export function findingsKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: findingsType, id: environment };
}

/** The same drift has the same id in every scan; another live value is another drift. */
export function findingId(environment: string, { class: kind, service, path, liveDigest }: Sighting): string {
  return digestOf([environment, kind, service, path, liveDigest]).slice(0, 16);
}
