/** A place in a file of the repository; lines and columns start at 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
}

export interface DocumentRef {
  readonly kind: string;
  readonly name: string;
}

/** Something that a person should read: bad input, a broken rule, a warning. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable, kebab-case, for tests and documentation: `unknown-field`, `quota-exceeded`. */
  readonly code: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What was expected, where that can be said. */
  readonly expected: string | null;
  /** What to do. */
  readonly hint: string | null;
  readonly location: SourceLocation;
  /** Path inside the document: `spec.replicas.max`. */
  readonly path: string;
  readonly document: DocumentRef | null;
}

export function isError({ severity }: Pick<Problem, 'severity'>): boolean {
  return severity === 'error';
}
