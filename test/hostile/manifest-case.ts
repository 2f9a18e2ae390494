import type { KindName } from '../../src/gitops/domain/kinds/kinds.ts';

/**
 * One line of a good document made bad, and the answer it gets.
 *
 * Left out of the corpus, because the language has no such thing: labels of revisions, and weights that have to add up (each step of a
 * canary names one). A digest of another repository is a digest like any other: which registries may be used is said by the identity that pulls.
 */
export interface ManifestCase {
  readonly reason: string;
  readonly kind: KindName;
  /** A whole line of the kind's example, and what stands there instead. */
  readonly line: string;
  readonly becomes: string;
  readonly code: string;
  /** Lines after the first changed one where the problem lies; 0 by default. */
  readonly below?: number;
  /** Where the problem is not the only one. */
  readonly also?: readonly string[];
  /** In `becomes`, where it is not the value of a variable. */
  readonly secret?: string;
  /** A part of what the author is told. */
  readonly says?: string;
}

type Row = Omit<ManifestCase, 'kind'>;

export function of(kind: KindName, rows: readonly Row[]): readonly ManifestCase[] {
  return rows.map((row) => ({ kind, ...row }));
}

/** Rows that differ in what one line becomes. */
export function instead(line: string, code: string, rows: Readonly<Record<string, string>>, more: Partial<Row> = {}): readonly Row[] {
  return Object.entries(rows).map(([reason, becomes]) => ({ reason, line, becomes, code, ...more }));
}

/** Looks like a token of GitHub's. */
export const github = `ghs_${'aB3dE6gH9'.repeat(4)}`;
