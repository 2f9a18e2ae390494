import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadRecord, type Loaded } from './load-record.ts';

const row = z.strictObject({
  /** How often in a row. */
  count: z.number().int().positive(),
  /** ISO-8601: the last of them. */
  at: z.iso.datetime(),
  /** ISO-8601: when an hour began, and how often since. */
  hourFrom: z.iso.datetime(),
  inHour: z.number().int().positive(),
});

/** How often something was asked for, by what was asked or by who asked. What is long ago is forgotten. */
const askedOften = z.record(z.string(), row);
export type AskedOften = z.infer<typeof askedOften>;
type Row = z.infer<typeof row>;

export type AskedAbout = 'checks' | 'rechecks' | 'commands';

export function loadAskedOften(store: Store, tenant: TenantId, about: AskedAbout): Promise<Loaded<AskedOften>> {
  return loadRecord(store, { tenantId: repositoryTenantId(tenant), type: 'AskedOften', id: about }, askedOften);
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const forgottenAfterMs = 2 * hourMs;

/** Once more at `now`, in milliseconds. `isInRow`: not the first of a row, whatever time has passed. */
export function askedOnceMore(known: AskedOften, key: string, now: number, isInRow = true): AskedOften {
  const lately = Object.entries(known).filter(([, { at }]) => now - Date.parse(at) < forgottenAfterMs);
  const before = Object.hasOwn(known, key) ? (known[key] ?? null) : null;
  return { ...Object.fromEntries(lately), [key]: rowAfter(before, now, isInRow) };
}

function rowAfter(before: Row | null, now: number, isInRow: boolean): Row {
  const at = new Date(now).toISOString();
  if (before === null || now - Date.parse(before.at) >= forgottenAfterMs) return { count: 1, at, hourFrom: at, inHour: 1 };
  const isInHour = now - Date.parse(before.hourFrom) < hourMs;
  return { count: isInRow ? before.count + 1 : 1, at, hourFrom: isInHour ? before.hourFrom : at, inHour: isInHour ? before.inHour + 1 : 1 };
}

/** Why a message waits that is put off. */
export const putOff = 'the same was asked for again and again';

/**
 * Milliseconds until the same may be done once more: GitHub tells the same of a person who presses a button and of a program that presses
 * it each time it is answered. The first is done at once, then the pause doubles from a minute to an hour.
 */
export function putOffMs(known: AskedOften, key: string, now: number): number {
  const before = Object.hasOwn(known, key) ? (known[key] ?? null) : null;
  if (before === null || now - Date.parse(before.at) >= forgottenAfterMs) return 0;
  const pauseMs = Math.min(minuteMs * 2 ** Math.min(before.count - 1, 10), hourMs);
  return Math.max(0, Date.parse(before.at) + pauseMs - now);
}

/** No person reads what was written and answers it this soon, again and again. */
const atOnceMs = 10_000;
const mostInRow = 3;
const mostInHour = 30;
/** As long as a rollout with its pauses: what it writes in the end is answered as at once as what it wrote first. */
const takenForAProgramMs = hourMs;

/**
 * One more command of somebody. `at`: when it came, `written`: when what they may answer was written, all ISO-8601. Who was taken for a
 * program is one until they have been silent for a while.
 */
export function commandedOnceMore(known: AskedOften, login: string, now: number, { at, written }: { readonly at: string; readonly written: readonly string[] }): { readonly asked: AskedOften; readonly isAutomatic: boolean } {
  const key = login.toLowerCase();
  const before = Object.hasOwn(known, key) ? (known[key] ?? null) : null;
  const isAtOnce = [...written, ...(before === null ? [] : [before.at])].some((time) => Math.abs(Date.parse(at) - Date.parse(time)) <= atOnceMs);
  const wasAutomatic = before !== null && before.count > mostInRow && now - Date.parse(before.at) < takenForAProgramMs;
  const asked = askedOnceMore(known, key, now, isAtOnce || wasAutomatic);
  const row = asked[key];
  return { asked, isAutomatic: row !== undefined && (row.count > mostInRow || row.inHour > mostInHour) };
}
