import { placeOf, type DriftFindings, type ResolvedEntry } from './runtime-drift-finding.ts';

const dayMs = 24 * 60 * 60_000;
const placesAtMost = 500;
const timesAtMost = 20;

/** What somebody else may set again and again. A release that comes late is on its way, not in a fight. */
const fought: ReadonlySet<string> = new Set(['changed', 'missing', 'unexpected-traffic']);

/** With what a deployment put right; what is older than a day is forgotten. */
export function remediedAfter({ remedied }: Pick<DriftFindings, 'remedied'>, gone: readonly ResolvedEntry[], now: number): DriftFindings['remedied'] {
  const all = new Map(Object.entries(remedied));
  for (const { finding, resolvedAt, how } of gone) {
    if (how !== 'remediated' || !fought.has(finding.class)) continue;
    const place = placeOf(finding);
    all.set(place, [resolvedAt, ...(all.get(place) ?? [])].slice(0, timesAtMost));
  }
  const recent = [...all].map(([place, times]) => [place, times.filter((at) => now - Date.parse(at) < dayMs)] as const).filter(([, times]) => times.length > 0);
  return Object.fromEntries(recent.toSorted(([, [a = '']], [, [b = '']]) => (a < b ? 1 : -1)).slice(0, placesAtMost));
}

/** How often the place was put right within a day. */
export function timesRemedied(remedied: DriftFindings['remedied'], place: string): number {
  return remedied[place]?.length ?? 0;
}
