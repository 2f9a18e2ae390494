import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import { acknowledgementAt } from './acknowledgement.ts';
import { modeOf } from './modes.ts';
import type { DriftFindings, Sighting } from './runtime-drift-finding.ts';
import type { Scan } from './scan.ts';
import { severityOf } from './severity.ts';

interface First {
  readonly sighting: Sighting;
  readonly id: string;
  /** ISO-8601: since when it was only suspected; null when it was not. */
  readonly suspected: string | null;
  /** What is open at the same place with another live value. */
  readonly placed: readonly DriftFinding[];
}

/** Another value at the same place is another finding; the place is not right since the first of them. */
export function opened(before: DriftFindings, scan: Scan, { sighting, id, suspected, placed }: First): DriftFinding {
  const at = suspected ?? new Date(scan.now).toISOString();
  const [since = at] = placed.map(({ firstSeenAt }) => firstSeenAt).sort();
  return {
    ...shownOf(scan, sighting),
    id,
    firstSeenAt: since < at ? since : at,
    observations: suspected === null ? 1 : 2,
    changed: scan.attribute(sighting, Date.parse(at), null),
    acknowledged: acknowledgementAt(rememberedOf(before, id), scan.now),
    oscillations: 0,
  };
}

export function seenAgain(before: DriftFindings, scan: Scan, sighting: Sighting, earlier: DriftFinding): DriftFinding {
  const { first, last } = before.sightings[earlier.id] ?? { first: earlier.firstSeenAt, last: earlier.firstSeenAt };
  const isAnotherLook = scan.now - Date.parse(last) >= scan.apartMs;
  return {
    ...earlier,
    ...shownOf(scan, sighting),
    observations: earlier.observations + (isAnotherLook ? 1 : 0),
    changed: scan.attribute(sighting, Date.parse(first), earlier.changed),
    acknowledged: acknowledgementAt(earlier.acknowledged, scan.now),
  };
}

/** What went and came back within the time for which it was acknowledged needs no second word. */
function rememberedOf({ resolved }: DriftFindings, id: string): DriftFinding['acknowledged'] {
  const acknowledged = resolved.find(({ finding }) => finding.id === id)?.finding.acknowledged ?? null;
  return acknowledged === null || acknowledged.until === null ? null : acknowledged;
}

function shownOf({ drift, overwritten }: Scan, sighting: Sighting): Pick<DriftFinding, keyof Sighting & keyof DriftFinding | 'severity' | 'mode'> {
  const { liveDigest: _liveDigest, about: _about, ...shown } = sighting;
  return { ...shown, severity: severityOf(sighting), mode: modeOf(overwritten.includes(sighting.service) ? healed : drift, sighting) };
}

const healed = { mode: 'heal', paths: [] } as const;
