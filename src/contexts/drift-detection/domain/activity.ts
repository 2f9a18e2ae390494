import { z } from 'zod';
import { digestOf } from '../../../kernel/digest.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';
import type { OutsideWrite } from '../ports.ts';
import { bounded } from './shown-text.ts';

const write = z.strictObject({ resource: z.string(), who: z.string(), at: z.string(), operation: z.string() });

/** What others wrote to an environment's place, as the Activity Log told it. Apart from the findings, so that following it disturbs no scan. */
export const activitySeen = z.strictObject({
  /** ISO-8601 of the youngest write that was told; null before the first. */
  cursor: z.string().nullable(),
  /** Fingerprints of the last writes of others, youngest last: the log is read with an overlap. */
  known: z.array(z.string()),
  /** App, lower case, to the last writes of others, youngest first. */
  apps: z.record(z.string(), z.array(write)),
  /** To what else findings may be about: vaults, identities, role assignments. Youngest first. */
  others: z.array(write),
  /** The log may not be read: asked again from then on, milliseconds since the epoch. */
  denied: z.strictObject({ until: z.number(), times: z.number().int() }).nullable(),
});

export type ActivitySeen = z.infer<typeof activitySeen>;

export const nothingSeen: ActivitySeen = { cursor: null, known: [], apps: {}, others: [], denied: null };

export function activityKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: 'RuntimeActivity', id: environment };
}

/** Azure tells of a write up to this much later. */
const lateMs = 15 * 60_000;
/** Where nothing is written the cursor stands still; this far back is read at most. */
const backMs = 24 * 60 * 60_000;
const knownKept = 1000;
const perApp = 5;
const appsKept = 500;
const othersKept = 50;

/** From when the log is to be read, ISO-8601. */
export function readSince({ cursor }: ActivitySeen, now: number): string {
  const from = cursor === null ? 0 : Date.parse(cursor) - lateMs;
  return new Date(Math.max(from, now - backMs)).toISOString();
}

export interface Followed {
  readonly activity: ActivitySeen;
  /** Somebody else wrote something that findings may be about, and it was not told before. */
  readonly isNews: boolean;
}

/** The same object when the log told nothing that was not known. */
export function withWrites(before: ActivitySeen, writes: readonly OutsideWrite[], now: number): Followed {
  const known = new Set(before.known);
  const byAge = writes.filter(({ at }) => Number.isFinite(Date.parse(at))).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const fresh = byAge.filter((one) => !one.isOurs && isAbout(one) && !known.has(fingerprint(one)));
  const youngest = byAge.findLast(({ at }) => Date.parse(at) <= now)?.at ?? null;
  const cursor = youngest !== null && (before.cursor === null || Date.parse(youngest) > Date.parse(before.cursor)) ? youngest : before.cursor;
  if (fresh.length === 0 && cursor === before.cursor && before.denied === null) return { activity: before, isNews: false };
  const activity: ActivitySeen = {
    cursor,
    known: [...before.known, ...fresh.map(fingerprint)].slice(-knownKept),
    apps: appsAfter(before.apps, fresh),
    others: youngestFirst([...before.others, ...fresh.filter(({ app }) => app === null).map(noted)]).slice(0, othersKept),
    denied: null,
  };
  return { activity, isNews: fresh.length > 0 };
}

const firstRestMs = 10 * 60_000;
const longestRestMs = 6 * 60 * 60_000;

/** Asked again ever more rarely; a person may grant it any time. */
export function afterDenial(before: ActivitySeen, now: number): ActivitySeen {
  const times = (before.denied?.times ?? 0) + 1;
  return { ...before, denied: { times, until: now + Math.min(firstRestMs * 3 ** (times - 1), longestRestMs) } };
}

const otherResources = /\/(vaults|userassignedidentities|roleassignments|managedenvironments)(\/|$)/i;

function isAbout({ app, resource }: OutsideWrite): boolean {
  return app !== null || otherResources.test(resource);
}

function fingerprint({ id }: OutsideWrite): string {
  return digestOf(id).slice(0, 16);
}

function appsAfter(apps: ActivitySeen['apps'], fresh: readonly OutsideWrite[]): ActivitySeen['apps'] {
  const all = new Map(Object.entries(apps));
  for (const one of fresh) {
    if (one.app === null) continue;
    const name = one.app.toLowerCase();
    all.set(name, youngestFirst([noted(one), ...(all.get(name) ?? [])]).slice(0, perApp));
  }
  if (all.size <= appsKept) return Object.fromEntries(all);
  return Object.fromEntries([...all].toSorted(([, [a]], [, [b]]) => timeOf(b) - timeOf(a)).slice(0, appsKept));
}

type Write = z.infer<typeof write>;

function noted({ resource, who, at, operation }: OutsideWrite): Write {
  return { resource: bounded(resource), who: bounded(who, 200), at, operation: bounded(operation, 200) };
}

function youngestFirst(writes: readonly Write[]): Write[] {
  return writes.toSorted((a, b) => timeOf(b) - timeOf(a));
}

function timeOf(one: Write | undefined): number {
  return one === undefined ? 0 : Date.parse(one.at);
}
