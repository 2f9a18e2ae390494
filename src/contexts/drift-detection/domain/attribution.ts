import type { DriftAttribution } from '../../../kernel/messages/drift-detection.ts';
import type { OutsideWrite } from '../ports.ts';
import type { ActivitySeen } from './activity.ts';
import type { Sighting } from './runtime-drift-finding.ts';
import { bounded } from './shown-text.ts';

/** The last writer that the body of an app names, and that is not us. */
export interface LastWriter {
  readonly who: string;
  /** ISO-8601. */
  readonly at: string;
}

export interface AttributionEvidence {
  readonly activity: Pick<ActivitySeen, 'apps' | 'others'>;
  readonly lastWriter: LastWriter | null;
  /** Milliseconds since the epoch: when this live value was first seen. Who wrote later did something else. */
  readonly sightedAt: number;
  /** Milliseconds since the epoch: what was written before the end of our last deployment was overwritten by it. */
  readonly endedAt: number;
  /** What was known before. */
  readonly before: DriftAttribution | null;
}

/** Clocks differ, so do the moments at which Azure notes one write in two places, and that a deployment ended is heard a little later. */
const slackMs = 60_000;

/** Nobody changed Azure then; Git moved. */
const nobodys: ReadonlySet<string> = new Set(['never-applied']);

/** The newest write by somebody else that may have made it so. The log names the operation; where it is silent or late, the body names the last writer. */
export function attributionOf(sighting: Sighting, evidence: AttributionEvidence): DriftAttribution | null {
  const { before, lastWriter, sightedAt } = evidence;
  if (nobodys.has(sighting.class)) return null;
  if (before?.source === 'activity-log') return before;
  const inTime = ({ at }: { readonly at: string }): boolean => Date.parse(at) <= sightedAt + slackMs;
  const logged = newest(candidates(sighting, evidence).filter(inTime));
  const body = lastWriter !== null && sighting.about === undefined && inTime(lastWriter) ? lastWriter : null;
  const named = before ?? (body && { who: bounded(body.who, 200), at: body.at, source: 'system-data' as const, operation: null });
  if (logged === null || (named !== null && Date.parse(logged.at) < Date.parse(named.at) - slackMs)) return named;
  return { who: bounded(logged.who, 200), at: logged.at, source: 'activity-log', operation: bounded(logged.operation, 200) };
}

type Write = Pick<OutsideWrite, 'who' | 'at' | 'operation'>;

function candidates({ service, about }: Sighting, { activity, endedAt }: AttributionEvidence): readonly Write[] {
  if (about === undefined) return (activity.apps[service.toLowerCase()] ?? []).filter(({ at }) => Date.parse(at) > endedAt - slackMs);
  return activity.others.filter(({ resource }) => about.some((part) => `${resource.toLowerCase()}/`.includes(part)));
}

function newest(writes: readonly Write[]): Write | null {
  return writes.reduce<Write | null>((last, one) => (last === null || Date.parse(one.at) > Date.parse(last.at) ? one : last), null);
}
