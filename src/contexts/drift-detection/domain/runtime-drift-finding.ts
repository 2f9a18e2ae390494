import { z } from 'zod';
import { digestOf } from '../../../kernel/digest.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { driftDetectionMessages, type DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import { verdicts } from '../../../kernel/messages/health-scaling.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';
import { driftHistory } from './history.ts';

/** What a scan sees, before it is known since when, by whom and what is done about it. */
export interface Sighting extends Pick<DriftFinding, 'class' | 'service' | 'path' | 'desired' | 'live' | 'summary'> {
  /** Hash of the whole live value, which `live` may show shortened. */
  readonly liveDigest: string;
  /** Parts of resource ids, lower case, of what else than the app it is about: whoever wrote there may be its cause. */
  readonly about?: readonly string[];
}

const { element } = driftDetectionMessages.RuntimeDriftDetected.schema.shape.open;
const { observations, mode, changed, acknowledged, oscillations } = element.shape;

/** As stored: what a finding without a word on it means, too. */
const finding = element.extend({
  observations: observations.default(1),
  mode: mode.default('report'),
  changed: changed.default(null),
  acknowledged: acknowledged.default(null),
  oscillations: oscillations.default(0),
});

const { how } = driftDetectionMessages.RuntimeDriftResolved.schema.shape.resolved.element.shape;

export const driftFindings = z.strictObject({
  open: z.array(finding),
  /** The last ones that are gone, youngest first. */
  resolved: z.array(z.strictObject({ finding, resolvedAt: z.string(), how: how.default('elsewhere') })),
  /** What happened to which finding, youngest first. */
  history: driftHistory.default([]),
  /** Finding id to when it was first seen: what may be only on its way is opened when it is still there later. */
  suspects: z.record(z.string(), z.string()),
  /** Of each open finding: when this live value was first seen, and when last. */
  sightings: z.record(z.string(), z.strictObject({ first: z.string(), last: z.string() })).default({}),
  /** Declared services whose app was there at some scan: gone is not the same as never applied. */
  seen: z.array(z.string()),
  /** ISO-8601: when the last scan came to its end, and since when there should be some. Null: not known. */
  scannedAt: z.string().nullable().default(null),
  watchedSince: z.string().nullable().default(null),
  /** Service to the commit of the last completed deployment that it was part of, and the revision that it made. Git holds the body. */
  applied: z.record(z.string(), z.strictObject({ commit: z.string(), generation: z.number().int(), revision: z.string().nullable().default(null) })),
  /** The youngest deployment that is known, by generation and sequence. `at`: milliseconds since the epoch of a word of it. `services`: what it owns while it runs, with the youngest generation that named it; empty where it has not said. */
  deployment: z.strictObject({ generation: z.number().int(), sequence: z.number().int(), runs: z.boolean(), services: z.record(z.string(), z.number().int()).default({}), at: z.number() }).nullable(),
  /** Service to the last deployment that brought it somewhere; `at`: milliseconds since the epoch of its end. */
  ended: z.record(z.string(), z.strictObject({ generation: z.number().int(), sequence: z.number().int(), at: z.number() })).default({}),
  /** Place to when deployments of ours put it right, within a day: ISO-8601. */
  remedied: z.record(z.string(), z.array(z.string())).default({}),
  /** Service to the corrective deployments that were asked for by ourselves; `at`: milliseconds since the epoch of the last. */
  heals: z.record(z.string(), z.strictObject({ attempts: z.number().int(), at: z.number() })).default({}),
  /** Service to its verdict, and to its best since its last deployment ended. */
  health: z.record(z.string(), z.strictObject({ verdict: z.enum(verdicts), best: z.enum(verdicts) })).default({}),
  /** Service to what the inventory counted. */
  inventory: z.record(z.string(), z.number().int()).default({}),
  /** Services whose replicas were out of bounds when they were counted last. */
  doubted: z.array(z.string()).default([]),
  /** The service that the slow round of counting replicas came to. */
  roundAt: z.string().default(''),
  /** What was looked at in vaults and their access, to when: milliseconds since the epoch. */
  looked: z.record(z.string(), z.number()).default({}),
  /** Of them, access that was there at some look: without that it was not lost. */
  couldRead: z.array(z.string()).default([]),
});

/** The findings of one environment: only their set makes sense, so it is one aggregate. */
export type DriftFindings = z.infer<typeof driftFindings>;

export type ResolvedEntry = DriftFindings['resolved'][number];

export const noFindings: DriftFindings = driftFindings.parse({ open: [], resolved: [], suspects: {}, seen: [], applied: {}, deployment: null });

export const findingsType = 'RuntimeDriftFinding';

export function findingsKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: findingsType, id: environment };
}

/** The same drift has the same id in every scan; another live value is another drift. */
export function findingId(environment: string, { class: kind, service, path, liveDigest }: Sighting): string {
  return digestOf([environment, kind, service, path, liveDigest]).slice(0, 16);
}

/** The same whatever the live value is. */
export function placeOf({ class: kind, service, path }: Pick<DriftFinding, 'class' | 'service' | 'path'>): string {
  return `${kind}|${service}|${path}`;
}
