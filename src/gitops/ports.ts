import type { ObservedApp } from '../kernel/container-app.ts';
import type { AbortSignal } from '../kernel/context.ts';
import type { AzurePlace } from '../kernel/desired-state.ts';
import type { DriftReader } from '../kernel/drift-standing.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { Planner } from '../kernel/plan.ts';
import type { Clock, Store } from '../kernel/ports.ts';
import type { StandingReader } from '../kernel/standing.ts';
import type { Edited, ManifestEdit } from './domain/editing/manifest-edit.ts';
import type { ParsedFile } from './domain/parsed-file.ts';

/** What the reactions need. `tenant` is the repository's id in every port here: `<installation>.<repository>`. All throw `kernel/errors.ts`. */
export interface GitopsPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly repository: RepositoryReader;
  readonly reports: ReportWriter;
  readonly proposals: Proposals;
  readonly editor: ManifestEditor;
  readonly installations: InstallationReader;
  /** Of every context that has one; a pull request asks them all. Each may read only what the tenant of its request was granted. */
  readonly planners: readonly Planner[];
  /** How deployments stand, for commands and promotions. `tenant` is the one that owns the environment. */
  readonly standing: StandingReader;
  /** How drift stands. `tenant` is the one that owns the environment. */
  readonly drift: DriftReader;
  readonly live: LiveApps;
}

/** What runs, for bringing it into Git. `tenant` is the one that owns the environment. */
export interface LiveApps {
  /** The whole app as Azure answers it. Null when there is none. */
  app(tenant: TenantId, place: AzurePlace, name: string, signal: AbortSignal): Promise<ObservedApp | null>;
}

/** What reading a commit needs. */
export interface CommitPorts {
  readonly repository: RepositoryReader;
  readonly parser: ManifestParser;
  readonly parsed: ParsedFileCache;
}

export interface Repository {
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly htmlUrl: string;
}

export interface TreeEntry {
  readonly path: string;
  /** `100644`, `100755`, `120000` (symlink), `160000` (submodule), `040000`. */
  readonly mode: string;
  readonly sha: string;
  /** Bytes; null for what is not a blob. */
  readonly size: number | null;
}

export interface PullRequest {
  readonly number: number;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly mergeCommit: string | null;
  /** ISO-8601; null while it is not merged. */
  readonly mergedAt: string | null;
  readonly headSha: string;
  readonly headRepositoryId: number | null;
  readonly baseRef: string;
  readonly baseRepositoryId: number;
  readonly htmlUrl: string;
  /** ISO-8601. */
  readonly openedAt: string;
}

export interface RepositoryReader {
  repository(tenant: TenantId): Promise<Repository>;
  /** Head commit of a branch; null when there is no such branch. */
  branchHead(tenant: TenantId, branch: string): Promise<string | null>;
  /** Every entry of the commit's tree, recursively. @throws when GitHub truncates it: half a tree is not a tree. Cached by commit. */
  tree(tenant: TenantId, commit: string): Promise<readonly TreeEntry[]>;
  /** @throws when larger than `maxBytes`. */
  blob(tenant: TenantId, sha: string, maxBytes: number): Promise<Uint8Array>;
  mergeBase(tenant: TenantId, base: string, head: string): Promise<string>;
  pullRequest(tenant: TenantId, number: number): Promise<PullRequest | null>;
  openPullRequests(tenant: TenantId, baseRef: string): Promise<readonly number[]>;
  /** Null for a commit without one. */
  firstParent(tenant: TenantId, commit: string): Promise<string | null>;
  /** The pull request whose merge made this commit; null when it was pushed directly. */
  mergedPullRequest(tenant: TenantId, commit: string): Promise<number | null>;
  comment(tenant: TenantId, commentId: number): Promise<IssueComment | null>;
  /** Who closed a pull request; null while it is open, and where GitHub does not say. */
  closedBy(tenant: TenantId, number: number): Promise<Closer | null>;
  /** Null when there is none. */
  checkRun(tenant: TenantId, id: number): Promise<CheckRunSeen | null>;
  /** Live permission of a user: never trust `author_association`. */
  permission(tenant: TenantId, login: string): Promise<'admin' | 'write' | 'read' | 'none'>;
}

export interface IssueComment {
  readonly id: number;
  readonly author: string;
  readonly authorIsBot: boolean;
  readonly body: string;
}

interface Closer {
  readonly login: string;
  readonly isBot: boolean;
}

interface CheckRunSeen {
  readonly name: string;
  readonly commit: string;
  /** Written by this App. */
  readonly isOurs: boolean;
}

export interface InstallationReader {
  /** Ids of the repositories that the installation covers, all pages. `tenant` is `<installation>`. */
  repositories(tenant: TenantId): Promise<readonly number[]>;
}

/** Untrusted bytes to documents with places, in a bounded child process: 128 MiB, 1.5 s of the processor; too much of either is a problem, not a crash. */
export interface ManifestParser {
  parse(path: string, bytes: Uint8Array): Promise<ParsedFile>;
}

export interface ManifestEditor {
  /** The file with other values and nothing else changed, or why it is left alone. In the parser's bounds, with the time of four readings. */
  edit(path: string, bytes: Uint8Array, edits: readonly ManifestEdit[]): Promise<Edited>;
}

/** Content-addressed by blob and path: what was parsed once is not fetched or parsed again. */
export interface ParsedFileCache {
  /** In the order of the keys; null where nothing is cached. */
  load(tenant: TenantId, keys: readonly FileKey[]): Promise<readonly (ParsedFile | null)[]>;
  save(tenant: TenantId, entries: readonly (readonly [FileKey, ParsedFile])[]): Promise<void>;
}

export interface FileKey {
  readonly path: string;
  readonly blob: string;
}

export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export const conclusions = ['success', 'failure', 'neutral', 'action_required', 'cancelled', 'skipped'] as const;
export type Conclusion = (typeof conclusions)[number];

export interface CheckReport {
  readonly commit: string;
  /** `trueup/plan (prod)`. One check of a name per commit; a second write updates it. */
  readonly name: string;
  /** Null while it runs. */
  readonly conclusion: Conclusion | null;
  readonly title: string;
  readonly summary: string;
  readonly text: string | null;
  readonly annotations: readonly Annotation[];
  readonly actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[];
}

export interface DeploymentReport {
  readonly commit: string;
  readonly environment: string;
  readonly state: 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';
  readonly description: string;
  readonly environmentUrl: string | null;
  readonly logUrl: string | null;
}

/** What people see. Every write carries a content hash: the same content again makes no call. Each answers with the address to open. */
export interface ReportWriter {
  check(tenant: TenantId, report: CheckReport, signal: AbortSignal): Promise<string>;
  /** Completes every check of this App at the commit again, as each was: GitHub waits for that after a person asked to run them again. */
  confirmChecks(tenant: TenantId, commit: string, signal: AbortSignal): Promise<void>;
  /** The one comment of `kind` by this App on the pull request, edited in place. */
  stickyComment(tenant: TenantId, number: number, kind: string, body: string, signal: AbortSignal): Promise<string>;
  react(tenant: TenantId, commentId: number, reaction: 'eyes' | '+1' | '-1' | 'confused', signal: AbortSignal): Promise<void>;
  /** Creates the GitHub Deployment of (environment, commit) when there is none, then adds the status. */
  deployment(tenant: TenantId, report: DeploymentReport, signal: AbortSignal): Promise<string>;
}

/** What a file is to hold. */
export interface ProposedFile {
  readonly path: string;
  /** As a tree says it: `100644`. */
  readonly mode: string;
  /** A blob that the repository has already, the text itself, or null: the file goes. It has to be there then. */
  readonly content: { readonly blob: string } | { readonly text: string } | null;
}

export interface Proposal {
  /** Begins with `trueup/`. */
  readonly branch: string;
  /** The branch that it is to be merged into. */
  readonly baseRef: string;
  /** The one commit that the branch is to stand at. */
  readonly commit: string;
  /** Commits that this App made for the branch: only from these it may be moved away. */
  readonly ours: readonly string[];
  /** The pull request where it is known: one that is closed is answered, and nothing is written. Null looks for one that is open for the branch, and opens one. */
  readonly number: number | null;
  readonly title: string;
  readonly body: string;
  /** What it says where the branch is left alone. */
  readonly bodyWhenLeft: string;
}

export interface Proposed {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly headSha: string;
  /** False when somebody else committed to the branch, or opened the pull request: what is theirs stays as it is. */
  readonly isOurs: boolean;
}

/** Branches and pull requests of this App. Every call may be repeated, whatever became of the one before. */
export interface Proposals {
  /** A commit on top of `base`, which nothing refers to yet. @returns its SHA. */
  commit(tenant: TenantId, change: { readonly base: string; readonly message: string; readonly files: readonly ProposedFile[] }, signal: AbortSignal): Promise<string>;
  /** Brings the branch to the commit, and opens its pull request or edits it. Null when the branch is somebody else's and has none. */
  propose(tenant: TenantId, proposal: Proposal, signal: AbortSignal): Promise<Proposed | null>;
  /** Closes it, unless it is closed or somebody else committed to its branch. */
  close(tenant: TenantId, number: number, ours: readonly string[], signal: AbortSignal): Promise<Proposed>;
}
