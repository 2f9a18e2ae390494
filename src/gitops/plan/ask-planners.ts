import { Conflict, NotAllowed, Throttled, Unavailable } from '../../kernel/errors.ts';
import { tenantIn, type TenantId } from '../../kernel/ids.ts';
import type { PlanPart, Planner } from '../../kernel/plan.ts';
import type { EnvironmentPlan } from '../report/plan-report.ts';
import type { ComparedEnvironment } from './compare-commits.ts';

export interface AskedPlan {
  readonly plan: EnvironmentPlan;
  /** Something could not be read that may be readable in a while. */
  readonly worthAsking: boolean;
}

/** The plan of one environment, of all contexts. What one of them cannot read is said, and does not hide what the others found. */
export async function askPlanners(planners: readonly Planner[], repository: TenantId, compared: ComparedEnvironment): Promise<AskedPlan> {
  const { name, base, head } = compared;
  const owner = (head ?? base)?.tenant;
  if (owner === undefined || compared.isWrong) return { plan: { name, changes: [], problems: compared.problems, unread: [] }, worthAsking: false };
  const request = { tenantId: tenantIn(repository, owner), environment: name, base, head };
  const answers = await Promise.allSettled(planners.map(async (planner) => planner(request)));
  const parts = answers.flatMap((answer): readonly PlanPart[] => (answer.status === 'fulfilled' ? [answer.value] : []));
  const errors = answers.flatMap((answer): readonly unknown[] => (answer.status === 'rejected' ? [answer.reason] : []));
  return {
    plan: {
      name,
      changes: parts.flatMap(({ changes }) => changes),
      problems: [...compared.problems, ...parts.flatMap(({ problems }) => problems)],
      unread: [...new Set(errors.map(unreadSentence))],
    },
    worthAsking: errors.some(mayPass),
  };
}

/** Our own words only: a message may hold what Azure said. */
function unreadSentence(error: unknown): string {
  if (error instanceof NotAllowed) return `What runs could not be read: a right is missing${reference(error)}. Grant it, then ask for the plan again.`;
  if (error instanceof Throttled) return 'What runs could not be read: Azure answers too many requests just now.';
  if (mayPass(error)) return 'What runs could not be read: Azure did not answer.';
  return 'A part of the plan could not be made.';
}

function reference({ code, requestId }: NotAllowed): string {
  const parts = [...(code === null ? [] : [code]), ...(requestId === null ? [] : [`request ${requestId}`])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function mayPass(error: unknown): boolean {
  return error instanceof Unavailable || error instanceof Throttled || error instanceof Conflict;
}
