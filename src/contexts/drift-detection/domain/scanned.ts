import { findingId, type DriftFindings, type RuntimeDriftFinding, type Sighting } from './runtime-drift-finding.ts';
import { severityOf } from './severity.ts';

export interface Scan {
  readonly environment: string;
  readonly sightings: readonly Sighting[];
  /** Services that could not be judged: what is open for them stays open. */
  readonly unjudged: ReadonlySet<string>;
  /** Declared services whose app was there at this scan or one before. */
  readonly seen: readonly string[];
  /** Names of services, also of those whose document is wrong. */
  readonly declared: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Scanned {
  readonly findings: DriftFindings;
  readonly opened: readonly string[];
  readonly resolved: readonly string[];
}

/** Opened only when it is still there this long after it was first seen: a merge takes time to arrive, and so does a replica. */
const confirmedAfterMs = 4 * 60_000;
const confirmed: ReadonlySet<string> = new Set(['never-applied', 'replicas-out-of-bounds']);

/** Of one environment. The gravest stay. */
const openAtMost = 500;
const resolvedKept = 50;
const rank = { high: 0, medium: 1, low: 2 } as const;

/** The set after a scan. */
export function scanned(before: DriftFindings, { environment, sightings, unjudged, seen, declared, now }: Scan): Scanned {
  const at = new Date(now).toISOString();
  const known = new Map(before.open.map((one) => [one.id, one]));
  const found = new Map<string, RuntimeDriftFinding>();
  const suspects: Record<string, string> = {};
  for (const sighting of sightings) {
    const { liveDigest: _liveDigest, ...shown } = sighting;
    const id = findingId(environment, sighting);
    const since = known.get(id)?.firstSeenAt ?? before.suspects[id] ?? at;
    const isSure = known.has(id) || !confirmed.has(sighting.class) || now - Date.parse(since) >= confirmedAfterMs;
    if (isSure) found.set(id, { ...shown, id, severity: severityOf(sighting), firstSeenAt: since });
    else suspects[id] = since;
  }
  for (const one of before.open) if (unjudged.has(one.service) && !found.has(one.id)) found.set(one.id, one);
  const open = [...found.values()].sort(byGravity).slice(0, openAtMost);
  const still = new Set(open.map(({ id }) => id));
  const gone = before.open.filter(({ id }) => !still.has(id));
  const isDeclared = new Set(declared);
  return {
    findings: {
      ...before,
      open,
      resolved: [...gone.map((finding) => ({ finding, resolvedAt: at })), ...before.resolved].slice(0, resolvedKept),
      suspects,
      seen: [...new Set(seen)].sort(),
      applied: Object.fromEntries(Object.entries(before.applied).filter(([service]) => isDeclared.has(service))),
    },
    opened: [...still].filter((id) => !known.has(id)),
    resolved: gone.map(({ id }) => id),
  };
}

function byGravity(a: RuntimeDriftFinding, b: RuntimeDriftFinding): number {
  return rank[a.severity] - rank[b.severity] || (a.id < b.id ? -1 : 1);
}
