import { digestOf } from '../../kernel/digest.ts';
import type { PullRequestReport } from '../records/pull-request-report.ts';
import type { PlanReport } from '../report/plan-report.ts';

/**
 * The report as it should be shown. One that finds what the last one found keeps that one's base and trace, so that making a plan
 * again without finding anything new writes nothing.
 */
export function stableReport(found: PlanReport, { plan }: PullRequestReport): { readonly report: PlanReport; readonly content: string } {
  const { base: _base, trace: _trace, ...lasting } = found;
  const content = digestOf(lasting);
  return { report: plan?.content === content ? { ...found, base: plan.base, trace: plan.trace } : found, content };
}
