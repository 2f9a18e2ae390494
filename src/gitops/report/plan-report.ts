import type { Change, Risk } from '../../kernel/plan.ts';
import { effects, takenOverAsItRuns } from '../../kernel/plan.ts';
import { isError, type Problem } from '../../kernel/problem.ts';

/** What was found out about a pull request at one commit, ready to be shown. */
export interface PlanReport {
  readonly commit: string;
  readonly base: string;
  readonly baseRef: string;
  /** Managed files that the pull request touches. */
  readonly files: number;
  /** Documents read at the head. */
  readonly documents: number;
  /** Of the pull request itself; what the base has as well is only counted. */
  readonly problems: readonly Problem[];
  readonly inherited: number;
  readonly environments: readonly EnvironmentPlan[];
  /** Why nothing live was read; null for a whole plan. */
  readonly validatedOnly: 'fork' | 'other-branch' | null;
  /** Sentences of our own. */
  readonly notes: readonly string[];
  readonly trace: string;
}

export interface EnvironmentPlan {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  /** What could not be read, one sentence of our own each: never counts as "nothing there". */
  readonly unread: readonly string[];
}

/** Only `planned` is green: zero work never is. */
export type PlanVerdict = 'wrong' | 'unread' | 'nothing-managed' | 'validated' | 'nothing-changes' | 'planned';

export function planVerdict(report: PlanReport): PlanVerdict {
  if (allProblems(report).some(isError)) return 'wrong';
  if (report.environments.some((environment) => environment.unread.length > 0)) return 'unread';
  if (report.files === 0) return 'nothing-managed';
  if (report.documents === 0 && report.environments.length === 0) return 'nothing-managed';
  if (report.validatedOnly !== null) return 'validated';
  const changes = riskiestFirst(report.environments);
  const isTakeOver = takenOverIn(report.environments).length > 0 && changes.every(({ change }) => leavesAzure(change));
  return changes.length === 0 || isTakeOver ? 'nothing-changes' : 'planned';
}

/** What is recorded of things that run, and tags on them. */
function leavesAzure({ action, effect, differences }: Change): boolean {
  return differences.length === 0 && (effect === 'nothing in Azure' || (action === 'adopt' && effect === 'tags only'));
}

/** Services whose apps run as declared: no changes, and worth a sentence. */
export function takenOverIn(environments: readonly EnvironmentPlan[]): readonly PlannedChange[] {
  return planned(environments).filter(({ change }) => change.action === 'none' && change.summary === takenOverAsItRuns);
}

/** Of the manifests and of the planners, each once. */
export function allProblems(report: PlanReport): readonly Problem[] {
  return inPlaceOrder([...report.problems, ...report.environments.flatMap((environment) => environment.problems)]);
}

/** Errors first, then by place; each once. */
export function inPlaceOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [problemKey(problem), problem])).values()].sort(byPlace);
}

function problemKey(problem: Problem): string {
  const { severity, code, message, path, location, document } = problem;
  // An error never hides behind a warning of the same words.
  return JSON.stringify([severity, code, message, path, location.file, location.line, location.column, document]);
}

function byPlace(a: Problem, b: Problem): number {
  const severity = Number(isError(b)) - Number(isError(a));
  return severity || compareText(a.location.file, b.location.file) || a.location.line - b.location.line || a.location.column - b.location.column;
}

/** Problems of the head that the base does not have, or whose file the pull request touches. */
export function ownProblems(head: readonly Problem[], base: readonly Problem[], touched: ReadonlySet<string>): readonly Problem[] {
  const known = new Set(base.map(problemKey));
  return head.filter((problem) => touched.has(problem.location.file) || !known.has(problemKey(problem)));
}

export interface PlannedChange {
  readonly environment: string;
  readonly change: Change;
}

const risks: readonly Risk[] = ['high', 'medium', 'low', 'none'];

/** Every change that does something, the riskiest first. */
export function riskiestFirst(environments: readonly EnvironmentPlan[]): readonly PlannedChange[] {
  return planned(environments).filter(({ change }) => change.action !== 'none' || change.differences.length > 0).sort(byRisk);
}

function planned(environments: readonly EnvironmentPlan[]): PlannedChange[] {
  return environments.flatMap(({ name, changes }) => changes.map((change) => ({ environment: name, change })));
}

function byRisk(a: PlannedChange, b: PlannedChange): number {
  return (
    risks.indexOf(a.change.risk) - risks.indexOf(b.change.risk) ||
    effects.indexOf(b.change.effect) - effects.indexOf(a.change.effect) ||
    compareText(a.environment, b.environment) ||
    compareText(a.change.name, b.change.name) ||
    compareText(a.change.kind, b.change.kind)
  );
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
