import type { DesiredEnvironment, DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import type { ManifestEdit } from '../editing/manifest-edit.ts';
import type { ParsedFile } from '../parsed-file.ts';

export interface AdoptRequest {
  readonly environment: DesiredEnvironment;
  readonly service: DesiredService;
  /** Every file of the commit, parsed. */
  readonly files: readonly ParsedFile[];
  /** The app as Azure answers it; null when there is none. */
  readonly live: JsonObject | null;
  readonly findings: readonly Pick<DriftFinding, 'class' | 'path'>[];
}

export interface Adoption {
  readonly edits: readonly { readonly file: string; readonly edits: readonly ManifestEdit[] }[];
  /** What the edits do not bring into Git, and why. */
  readonly left: readonly Left[];
  /** What whoever merges them has to know. */
  readonly notes: readonly string[];
}

export interface Left {
  readonly path: string;
  readonly why: string;
}
