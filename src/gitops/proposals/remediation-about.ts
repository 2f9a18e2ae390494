import type { DesiredEnvironment, DesiredService } from '../../kernel/desired-state.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';
import type { Remediation, RemediationChoice } from '../records/remediation.ts';
import type { Links } from '../report/links.ts';
import type { NotAdopted } from './adoption.ts';

/** What a pull request that answers drift tells people. */
export interface RemediationAbout {
  readonly environment: DesiredEnvironment;
  readonly service: DesiredService;
  /** What the merge does. */
  readonly choice: RemediationChoice;
  readonly asked: Remediation['asked'];
  readonly answered: readonly DriftFinding[];
  /** Findings of the service that it does not answer. */
  readonly others: readonly DriftFinding[];
  /** Only of `keep-live`, or where that was asked for: what Git cannot be made to say. */
  readonly notAdopted: readonly NotAdopted[];
  /** What whoever merges has to know, one sentence each. */
  readonly notes: readonly string[];
  readonly links: Links;
}
