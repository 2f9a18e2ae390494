import type { DeployReport } from '../records/deploy-report.ts';
import type { ProposalRecord } from '../records/proposal.ts';

interface Shown {
  readonly as: 'revert' | 'promotion';
  /** Under which the check says why there is none. */
  readonly subject: string;
  readonly saysWhy: boolean;
}

/** The deployment's check links the pull request, or says why there is none. A link stays: what was closed or merged can be read. */
export function withProposal(report: DeployReport, { as, subject, saysWhy }: Shown, { pullRequest, why }: Pick<ProposalRecord, 'pullRequest' | 'why'>): DeployReport {
  const { [subject]: _before, ...prepared } = report.prepared;
  const isTold = saysWhy && pullRequest === null && why !== null;
  return { ...report, [as]: pullRequest ?? report[as], prepared: isTold ? { ...prepared, [subject]: `no pull request. ${why}` } : prepared };
}
