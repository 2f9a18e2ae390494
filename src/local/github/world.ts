import type { ObjectReader } from './git/object-reader.ts';
import type { Limits } from './limits.ts';

/** The state beside the bare repositories. In memory: it lives as long as the process. */
export interface World {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly api: string;
  readonly directory: string;
  readonly app: AppRecord;
  readonly limits: Limits;
  readonly organization: Account;
  /** By login in lower case. */
  readonly accounts: Map<string, Account>;
  /** What each person may do in the organization's repositories, by login in lower case. */
  readonly members: Map<string, Role>;
  readonly repositories: Map<number, Repository>;
  /** Null until the App is installed. */
  installation: Installation | null;
  readonly tokens: Map<string, Token>;
  webhook: Webhook | null;
  /** Hands an event to the App, if it listens. Set once, by `start.ts`. */
  send(event: AppEvent): void;
  nextId(): number;
  now(): number;
}

export type Role = 'admin' | 'write' | 'read';

export interface Webhook {
  readonly url: string;
  readonly secret: string;
}

export interface AppRecord {
  readonly id: number;
  readonly clientId: string;
  readonly slug: string;
  readonly name: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly bot: Account;
  readonly createdAt: string;
}

/** What an App can subscribe to here. */
export const eventNames = ['push', 'pull_request', 'check_suite', 'check_run', 'issue_comment', 'status', 'deployment', 'deployment_status', 'create', 'delete'] as const;

export const permissionNames = ['administration', 'checks', 'contents', 'deployments', 'environments', 'issues', 'metadata', 'pull_requests', 'statuses'] as const;
export type PermissionName = (typeof permissionNames)[number];
export type Level = 'read' | 'write';
export type Permissions = Readonly<Partial<Record<PermissionName, Level>>>;

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Organization' | 'Bot';
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
  readonly repositories: Set<number>;
  readonly createdAt: string;
  /** Null unless the App or its owner put it to sleep. */
  suspended: { readonly at: string; readonly by: Account } | null;
}

export type Token = PersonalToken | InstallationToken;

interface PersonalToken {
  readonly kind: 'person';
  readonly account: Account;
}

export interface InstallationToken {
  readonly kind: 'installation';
  readonly installation: Installation;
  readonly permissions: Permissions;
  /** Null for every repository of the installation. */
  readonly repositories: ReadonlySet<number> | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export type Actor = PersonalToken | InstallationToken | { readonly kind: 'app' } | { readonly kind: 'anonymous' };

export interface AppEvent {
  readonly name: (typeof eventNames)[number] | 'installation' | 'installation_repositories';
  /** Null for an event of the installation itself, which every App gets. */
  readonly repository: Repository | null;
  readonly sender: Account;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Repository {
  readonly id: number;
  readonly name: string;
  readonly owner: Account;
  readonly parent: Repository | null;
  readonly defaultBranch: string;
  readonly createdAt: string;
  /** Nobody writes to it. */
  archived: boolean;
  /** Gone, and with it its branches; pull requests from it stay where they were opened. */
  deleted: boolean;
  pushedAt: string;
  /** Of the bare repository. */
  readonly directory: string;
  readonly objects: ObjectReader;
  /** One writer at a time, as one push at a time. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  readonly pulls: Map<number, PullRequest>;
  readonly comments: Map<number, Comment>;
  readonly suites: Map<number, CheckSuite>;
  readonly runs: Map<number, CheckRun>;
  readonly statuses: CommitStatus[];
  readonly deployments: Map<number, Deployment>;
  nextNumber: number;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: string;
  readonly draft: boolean;
  /** Only of a fork. */
  maintainerCanModify: boolean;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  updatedAt: string;
  closedAt: string | null;
  closedBy: Account | null;
  readonly head: PullRequestSide;
  readonly base: PullRequestSide;
  merged: { readonly at: string; readonly by: Account; readonly commit: string } | null;
  /** Of which two commits it is known whether they merge: GitHub computes it when it is asked for. */
  mergeTest: { readonly head: string; readonly base: string; readonly commit: string | null } | null;
}

export interface PullRequestSide {
  readonly repository: Repository;
  /** Without `refs/heads/`. */
  ref: string;
  sha: string;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: Account;
  readonly viaApp: boolean;
  readonly createdAt: string;
  readonly reactions: Reaction[];
  body: string;
  updatedAt: string;
}

export const reactionContents = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;
export interface Reaction {
  readonly id: number;
  readonly author: Account;
  readonly content: (typeof reactionContents)[number];
  readonly createdAt: string;
}

export interface CheckSuite {
  readonly id: number;
  readonly headBranch: string | null;
  readonly headSha: string;
  readonly before: string;
  readonly after: string;
  readonly createdAt: string;
  updatedAt: string;
  /** Asked for again, and nothing was reported since. */
  requeued: boolean;
}

export const checkStatuses = ['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending'] as const;
export const checkConclusions = ['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'] as const;
export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  name: string;
  status: (typeof checkStatuses)[number];
  conclusion: (typeof checkConclusions)[number] | null;
  detailsUrl: string | null;
  externalId: string | null;
  startedAt: string;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: CheckAnnotation[];
  actions: readonly CheckAction[];
}

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly title: string | null;
  readonly message: string;
  readonly raw_details: string | null;
}

interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: Account;
  readonly createdAt: string;
}

export const deploymentStates = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'] as const;
export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly payload: Record<string, unknown> | string;
  readonly environment: string;
  readonly description: string | null;
  readonly transient: boolean;
  readonly production: boolean;
  readonly creator: Account;
  readonly createdAt: string;
  updatedAt: string;
  readonly statuses: DeploymentStatus[];
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: (typeof deploymentStates)[number];
  readonly description: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
  readonly creator: Account;
  readonly createdAt: string;
}

export function fullName({ owner, name }: Repository): string {
  return `${owner.login}/${name}`;
}

/** Names of owners and repositories compare without case. */
export function findRepository(world: World, owner: string, name: string): Repository | null {
  const wanted = `${owner}/${name}`.toLowerCase();
  return [...world.repositories.values()].find((repository) => fullName(repository).toLowerCase() === wanted) ?? null;
}

export function forksOf(world: World, { id }: Repository): Repository[] {
  return [...world.repositories.values()].filter(({ parent }) => parent?.id === id);
}

/** An account has at most one. */
export function forkOf(world: World, parent: Repository, owner: string): Repository | null {
  return forksOf(world, parent).find((fork) => fork.owner.login.toLowerCase() === owner.toLowerCase()) ?? null;
}

/** On the issue or pull request, oldest first. */
export function commentsOf({ comments }: Repository, number: number): Comment[] {
  return [...comments.values()].filter(({ issue }) => issue === number);
}

/** Of every suite at the commit, oldest first. */
export function runsAt({ runs }: Repository, sha: string): CheckRun[] {
  return [...runs.values()].filter(({ suite }) => suite.headSha === sha);
}
