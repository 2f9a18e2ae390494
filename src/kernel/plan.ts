import type { DesiredEnvironment } from './desired-state.ts';
import type { ContextName, TenantId } from './ids.ts';
import type { Problem } from './problem.ts';

/** What Azure will really do, riskiest last. */
export const effects = [
  'nothing in Azure',
  'tags only',
  'creates a resource',
  'creates a revision',
  'restarts only',
  'app-scoped: hits all revisions',
  'moves traffic now',
  'stops managing',
  'destroys',
] as const;
export type Effect = (typeof effects)[number];

export type Risk = 'none' | 'low' | 'medium' | 'high';

/** One row of the folded three-way diff. Null means absent. Values are JSON and hold no secret: secrets are shown by name and version. */
export interface FieldDifference {
  readonly path: string;
  readonly lastApplied: unknown;
  readonly desired: unknown;
  readonly live: unknown;
}

/** Summary of a service whose app runs as declared and gets Trueup's tags: with the action `none` it is no change, and is told beside the changes. */
export const takenOverAsItRuns = 'is taken over as it runs';

/** One line of a plan. A plan is a value: the comment renders it, the apply executes it, a dry run stops before. */
export interface Change {
  readonly context: ContextName;
  readonly kind: string;
  readonly name: string;
  readonly tenant: string;
  readonly action: 'create' | 'update' | 'adopt' | 'unmanage' | 'none';
  readonly effect: Effect;
  readonly risk: Risk;
  /** One sentence for the summary table. */
  readonly summary: string;
  readonly differences: readonly FieldDifference[];
}

export interface PlanRequest {
  /** The tenant that owns the environment. */
  readonly tenantId: TenantId;
  readonly environment: string;
  /** What the base branch declares; null when it does not declare the environment. */
  readonly base: DesiredEnvironment | null;
  /** What the pull request would declare; null when it removes the environment. */
  readonly head: DesiredEnvironment | null;
}

export interface PlanPart {
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
}

/** Compares desired with observed and changes nothing. Only what differs between base and head, or needs attention, is listed. */
export type Planner = (request: PlanRequest) => Promise<PlanPart>;
