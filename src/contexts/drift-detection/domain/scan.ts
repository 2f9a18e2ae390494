import type { DesiredDrift } from '../../../kernel/desired-state.ts';
import type { DriftAttribution, DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import type { Sighting } from './runtime-drift-finding.ts';

/** What one scan saw, and how it is to be read. */
export interface Scan {
  readonly environment: string;
  readonly sightings: readonly Sighting[];
  /** Of what is open: whether nobody could look at it this time. It stays open, as it is. */
  readonly isUnjudged: (finding: DriftFinding) => boolean;
  /** Who made it so, as far as is known. `sightedAt`: milliseconds since the epoch, when this live value was first seen. */
  readonly attribute: (sighting: Sighting, sightedAt: number, before: DriftAttribution | null) => DriftAttribution | null;
  /** Declared services whose app was there at this scan or one before. */
  readonly seen: readonly string[];
  /** Names of services, also of those whose document is wrong. */
  readonly declared: readonly string[];
  readonly drift: DesiredDrift;
  /** Services that a late write of our own changed: put right at once, whatever the mode. It is not for people to answer. */
  readonly overwritten: readonly string[];
  /** A look as soon after the last one is the same look: messages are delivered more than once. */
  readonly apartMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
