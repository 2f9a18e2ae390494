import { oscillationsBorne } from '../../../kernel/drift-standing.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import type { Happened } from './history.ts';
import type { DriftFindings, ResolvedEntry } from './runtime-drift-finding.ts';

/** What a scan means for the history: what went, what came, and what is treated otherwise from here on. */
export function happened(before: Pick<DriftFindings, 'open'>, open: readonly DriftFinding[], gone: readonly ResolvedEntry[]): readonly (readonly [Happened, DriftFinding])[] {
  const known = new Map(before.open.map((one) => [one.id, one]));
  return [
    ...gone.map(({ finding, how }) => [how, finding] as const),
    ...open.flatMap((one): readonly (readonly [Happened, DriftFinding])[] => {
      const earlier = known.get(one.id);
      return [
        ...(earlier === undefined ? [['opened', one] as const] : []),
        ...(isAcknowledged(earlier) && one.acknowledged === null ? [['acknowledgement ended', one] as const] : []),
        ...(one.oscillations >= oscillationsBorne && (earlier?.oscillations ?? 0) < oscillationsBorne ? [['left to people', one] as const] : []),
      ];
    }),
  ];
}

function isAcknowledged(one: DriftFinding | undefined): boolean {
  return one !== undefined && one.acknowledged !== null;
}
