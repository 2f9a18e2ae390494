import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { Author } from '../world.ts';
import type { ManagedEnvironment } from './environment.ts';
import type { Operation } from './operations.ts';
import type { ResolvedSecret } from './resolved-secret.ts';
import type { Revision } from './revision.ts';

/** What a client may set. */
export interface AppBody {
  readonly tags: JsonObject | null;
  readonly identity: JsonObject | null;
  /** `kind`, `managedBy`, ...: kept as sent. */
  readonly others: JsonObject;
  readonly workloadProfileName: string | null;
  readonly configuration: JsonObject;
  readonly template: JsonObject;
}

export interface App {
  /** As ARM writes it, with `containerapps` in lower case. */
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly location: string;
  readonly environment: ManagedEnvironment;
  readonly createdAt: number;
  readonly createdBy: Author;
  modifiedAt: number;
  modifiedBy: Author;
  /** `InProgress`, `Succeeded`, `Failed`, `Deleting`: about the last operation, never about a revision. */
  provisioningState: string;
  stopped: boolean;
  /** Revisions that were active when the app was stopped. */
  paused: readonly Revision[];
  /** What the last write asked for. */
  desired: AppBody;
  /** What the last operation that succeeded put in force; null before the first. */
  applied: AppBody | null;
  /** Oldest first. */
  revisions: Revision[];
  latestRevision: Revision | null;
  latestReady: Revision | null;
  /** How many revisions the service has named. */
  named: number;
  /** Values that the replicas start with, by the secret's name. */
  secrets: ReadonlyMap<string, ResolvedSecret>;
  /** A write has read followed references anew, and revisions still run with what was there before: the next tick restarts them. */
  behindVault: boolean;
  operation: Operation | null;
}

export function isSingle(body: AppBody): boolean {
  return body.configuration['activeRevisionsMode'] !== 'Multiple';
}
