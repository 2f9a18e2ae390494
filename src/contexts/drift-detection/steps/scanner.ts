import type { AbortSignal } from '../../../kernel/context.ts';
import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { ActivitySeen } from '../domain/activity.ts';
import type { DriftFindings } from '../domain/runtime-drift-finding.ts';
import type { DriftDetectionPorts } from '../ports.ts';

/** What one scan reads with, and what was known before it. */
export interface Scanner {
  readonly ports: Pick<DriftDetectionPorts, 'clock' | 'desired' | 'live' | 'activity' | 'secrets' | 'access'>;
  readonly tenantId: TenantId;
  readonly environment: DesiredEnvironment;
  readonly before: DriftFindings;
  /** Services that a deployment owns. */
  readonly deploying: readonly string[];
  readonly activity: ActivitySeen;
  /** Deliveries of this message before this one. */
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** Azure throttles a burst of reads; eight at a time stay far below its bucket. */
export const together = 8;
