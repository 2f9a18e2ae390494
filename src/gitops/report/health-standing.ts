import type { DriftStanding } from '../../kernel/drift-standing.ts';
import type { DeployReport } from '../records/deploy-report.ts';
import type { HealthReport } from '../records/health-report.ts';

/** What the latest verdict is worth on the head. */
export type Standing = 'current' | 'pending' | 'unended' | 'stale';

/** A deployment that says nothing for so long is not waited for: a long bake, a person who is needed, an end whose message was lost. */
const quietMs = 15 * 60_000;
/** A verdict that does not change is repeated every ten minutes. */
const staleMs = 30 * 60_000;

/**
 * `deploy` is the last one that was sent. A verdict stands once an evaluation began after that deployment's end, known by its generation
 * and not by clocks: until then it is about what ran before.
 */
export function standingOf({ health, healthAt }: HealthReport, deploy: DeployReport | null, now: number): Standing {
  const isOld = health !== null && !isWithin(healthAt, staleMs, now);
  if (deploy === null || (health?.generation ?? 0) >= deploy.generation) return isOld ? 'stale' : 'current';
  if (deploy.writtenAt === null || now - deploy.writtenAt < quietMs) return 'pending';
  return isOld ? 'stale' : 'unended';
}

/** Times of another clock that is far ahead say as little as old ones, and so does what is no time at all. */
function isWithin(at: string | null, ms: number, now: number): boolean {
  return at !== null && Math.abs(now - Date.parse(at)) <= ms;
}

/** Three times as long as a scan takes to come again. */
const unscannedMs = 3 * 5 * 60_000;

/** ISO-8601: since when nobody looked for drift although a look was due. Null while a deployment owns the apps, and where nothing is watched. */
export function unscannedSince(drift: DriftStanding | null, now: number): string | null {
  if (drift === null || drift.suppressed) return null;
  const { scannedAt, watchedSince } = drift;
  // ISO-8601 texts in UTC compare as times.
  const last = scannedAt !== null && scannedAt > watchedSince ? scannedAt : watchedSince;
  return isWithin(last, unscannedMs, now) ? null : last;
}
