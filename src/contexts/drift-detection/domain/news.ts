import { observationsNeeded } from '../../../kernel/drift-standing.ts';
import { canonicalJson } from '../../../kernel/digest.ts';
import { emit, type EmittedMessage } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { DriftFinding, ResolvedFinding } from '../../../kernel/messages/drift-detection.ts';
import type { DriftFindings, ResolvedEntry } from './runtime-drift-finding.ts';

export interface News {
  readonly before: Pick<DriftFindings, 'open'>;
  readonly after: Pick<DriftFindings, 'open'>;
  readonly opened: readonly string[];
  readonly resolved: readonly ResolvedEntry[];
}

/** Said only when something has changed that people see or that something is done about. */
export function newsOf(tenantId: TenantId, environment: string, project: string | null, { before, after, opened, resolved }: News): readonly EmittedMessage[] {
  const { open } = after;
  const about = { projectId: project ?? undefined };
  const isUpdated = opened.length === 0 && resolved.length === 0 && seenByPeople(before.open) !== seenByPeople(open);
  return [
    ...(resolved.length > 0 ? [emit('RuntimeDriftResolved', tenantId, { environment, open, resolved: resolved.map(told) }, about)] : []),
    ...(opened.length > 0 ? [emit('RuntimeDriftDetected', tenantId, { environment, open, opened: [...opened] }, about)] : []),
    ...(isUpdated ? [emit('RuntimeDriftUpdated', tenantId, { environment, open }, about)] : []),
  ];
}

/** Seen ten times is as sure as seen twice; a number in the summary moves while the drift is the same. */
function seenByPeople(open: readonly DriftFinding[]): string {
  return canonicalJson(open.map(({ summary: _summary, observations, ...rest }) => ({ ...rest, isSure: observations >= observationsNeeded })));
}

function told({ finding: { id, service, path, summary, firstSeenAt }, resolvedAt, how }: ResolvedEntry): ResolvedFinding {
  return { id, service, path, summary, firstSeenAt, resolvedAt, how };
}
