import type { Problem } from '../../kernel/problem.ts';
import { compile, type Compiled } from '../domain/compile/compile.ts';
import type { ParsedFile } from '../domain/parsed-file.ts';
import { pathProblem } from '../domain/paths.ts';
import { manages, policyPath, readPolicy, type Policy, type PolicyRead } from '../domain/policy.ts';
import { maxFileBytes } from '../domain/limits.ts';
import type { TreeEntry } from '../ports.ts';

export type { Policy };

/** The manifest language as gitops uses it: which files it reads, and what they declare. */
export interface ManifestLanguage {
  /** Where a repository says which files are manifests. */
  readonly policyPath: string;
  readonly maxBytes: number;
  /** Null when the repository has no policy: the default holds. */
  readPolicy(file: ParsedFile | null): PolicyRead;
  manages(policy: Policy, path: string): boolean;
  /** Why an entry must not even be read; null when it may. */
  pathProblem(entry: Pick<TreeEntry, 'path' | 'mode'>): Problem | null;
  compile(files: readonly ParsedFile[]): Compiled;
}

export const manifestLanguage: ManifestLanguage = { policyPath, maxBytes: maxFileBytes, readPolicy, manages, pathProblem, compile };
