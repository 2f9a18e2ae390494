import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import { acknowledgementAt } from './acknowledgement.ts';
import { happened } from './happened.ts';
import { withHistory } from './history.ts';
import { remediedAfter, timesRemedied } from './oscillation.ts';
import { findingId, placeOf, type DriftFindings, type ResolvedEntry } from './runtime-drift-finding.ts';
import type { Scan } from './scan.ts';
import { opened, seenAgain } from './sighted.ts';

export interface Scanned {
  readonly findings: DriftFindings;
  readonly opened: readonly string[];
  readonly resolved: readonly ResolvedEntry[];
}

/** Opened only when it is still there this long after it was first seen: a merge takes time to arrive, so does a replica, and health comes and goes. */
const confirmedAfterMs = 4 * 60_000;
const confirmed: ReadonlySet<string> = new Set(['never-applied', 'replicas-out-of-bounds', 'health-degraded']);

/** Of one environment. The gravest are shown, and of these what was shown before. */
const openAtMost = 500;
const resolvedKept = 50;
const rank = { high: 0, medium: 1, low: 2 } as const;

/** The set after a scan. */
export function scanned(before: DriftFindings, scan: Scan): Scanned {
  const at = new Date(scan.now).toISOString();
  const { found, suspects } = sifted(before, scan);
  const isFound = new Set(found.map(({ id }) => id));
  const kept = before.open.filter((one) => !isFound.has(one.id) && scan.isUnjudged(one)).map((one) => ({ ...one, acknowledged: acknowledgementAt(one.acknowledged, scan.now) }));
  const all = [...found, ...kept];
  const open = gravest(before, all);
  // What graver ones displace is there all the same.
  const still = new Set(all.map(({ id }) => id));
  const gone = before.open.filter(({ id }) => !still.has(id)).map((finding): ResolvedEntry => ({ finding, resolvedAt: at, how: howResolved(before, scan, finding) }));
  const remedied = remediedAfter(before, gone, scan.now);
  const settled = open.map((one) => ({ ...one, oscillations: Math.max(one.oscillations, timesRemedied(remedied, placeOf(one))) }));
  const isDeclared = new Set(scan.declared);
  const ofDeclared = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> => Object.fromEntries(Object.entries(record).filter(([service]) => isDeclared.has(service)));
  const { applied, ended, heals, health, inventory } = before;
  return {
    findings: {
      ...before,
      open: settled,
      resolved: [...gone, ...before.resolved].slice(0, resolvedKept),
      history: withHistory(before.history, at, happened(before, settled, gone)),
      suspects,
      sightings: sightingsAfter(before, settled, isFound, at),
      seen: [...new Set(scan.seen)].sort(),
      scannedAt: at,
      watchedSince: before.watchedSince ?? at,
      applied: ofDeclared(applied),
      ended: ofDeclared(ended),
      heals: ofDeclared(heals),
      health: ofDeclared(health),
      inventory: ofDeclared(inventory),
      remedied,
    },
    opened: settled.filter(({ id }) => !before.open.some((one) => one.id === id)).map(({ id }) => id),
    resolved: gone,
  };
}

/** What is sure by this scan, and what has to be seen again later. */
function sifted(before: DriftFindings, scan: Scan): { readonly found: readonly DriftFinding[]; readonly suspects: Record<string, string> } {
  const at = new Date(scan.now).toISOString();
  const known = new Map(before.open.map((one) => [one.id, one]));
  const placed = Map.groupBy(before.open, placeOf);
  const found = new Map<string, DriftFinding>();
  const suspects: Record<string, string> = {};
  for (const sighting of scan.sightings) {
    const id = findingId(scan.environment, sighting);
    const earlier = known.get(id);
    const suspected = before.suspects[id] ?? null;
    const isSure = earlier !== undefined || !confirmed.has(sighting.class) || (suspected !== null && scan.now - Date.parse(suspected) >= confirmedAfterMs);
    if (!isSure) suspects[id] = suspected ?? at;
    else if (earlier === undefined) found.set(id, opened(before, scan, { sighting, id, suspected, placed: placed.get(placeOf(sighting)) ?? [] }));
    else found.set(id, seenAgain(before, scan, sighting, earlier));
  }
  return { found: [...found.values()], suspects };
}

function howResolved({ ended, sightings }: DriftFindings, { declared }: Scan, { id, service, class: kind, firstSeenAt }: DriftFinding): ResolvedEntry['how'] {
  if (kind !== 'unmanaged' && !declared.includes(service)) return 'gone';
  return (ended[service]?.at ?? 0) > Date.parse(sightings[id]?.last ?? firstSeenAt) ? 'remediated' : 'elsewhere';
}

function sightingsAfter({ sightings, suspects }: DriftFindings, open: readonly DriftFinding[], isFound: ReadonlySet<string>, at: string): DriftFindings['sightings'] {
  return Object.fromEntries(
    open.map(({ id, firstSeenAt }) => {
      const earlier = sightings[id];
      return [id, { first: earlier?.first ?? suspects[id] ?? at, last: isFound.has(id) ? at : (earlier?.last ?? firstSeenAt) }];
    }),
  );
}

function gravest(before: DriftFindings, all: readonly DriftFinding[]): DriftFinding[] {
  const wasOpen = new Set(before.open.map(({ id }) => id));
  const first = all.toSorted((a, b) => rank[a.severity] - rank[b.severity] || Number(wasOpen.has(b.id)) - Number(wasOpen.has(a.id)) || byGravity(a, b));
  return first.slice(0, openAtMost).sort(byGravity);
}

function byGravity(a: DriftFinding, b: DriftFinding): number {
  return rank[a.severity] - rank[b.severity] || (a.id < b.id ? -1 : 1);
}
