import type { CommitReader } from './desired/commit-reader.ts';
import type { GitopsPorts } from './ports.ts';

/** The ports, and the reader of commits that every process has one of, because it remembers what it compiled. */
export interface GitopsNeeds extends GitopsPorts {
  readonly commits: CommitReader;
}
