import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import { emit, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId } from '../../kernel/ids.ts';
import { done, wait, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { carryOut, isHalfDone } from '../proposals/carry-out.ts';
import { draftRevert } from '../proposals/draft-revert.ts';
import { withProposal } from '../proposals/with-proposal.ts';
import { loadDeployReport } from '../records/deploy-report.ts';
import { savedIfOther } from '../records/load-record.ts';
import { emptyProposal, loadProposal, revertId } from '../records/proposal.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'commits' | 'repository' | 'standing' | 'proposals'>;

/** The only writer of the revert of a commit in an environment. */
export function whenProposeRevert(needs: Needs): Reaction {
  const key = ({ payload }: Envelope<'ProposeRevert'>): string => `revert/${payload.environment}/${payload.commit}`;
  return reaction({
    on: 'ProposeRevert',
    name: 'when-propose-revert',
    latestWins: key,
    writes: key,
    handle: (envelope, delivery) => proposeRevert(needs, envelope, delivery),
  });
}

async function proposeRevert(needs: Needs, { tenantId, payload }: Envelope<'ProposeRevert'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const { environment, commit } = payload;
  const [loaded, report] = await Promise.all([loadProposal(needs.store, tenant, revertId(environment, commit)), loadDeployReport(needs.store, tenant, payload)]);
  if (report.value === null) return done();
  const known = loaded.value ?? emptyProposal(`trueup/revert-${environment}-${commit.slice(0, 7)}`);
  const { record, isHalf } = await carryOut(needs, known, await draftRevert(needs, tenant, report.value), { tenant, delivery, asked: false, policy: 'revert of what was taken back' });
  const saves = savedIfOther(loaded, record);
  if (isHalf) return wait(1, isHalfDone, saves);
  const shown = withProposal(report.value, { as: 'revert', subject: 'revert', saysWhy: report.value.revert === null }, record);
  if (canonicalJson(shown) === canonicalJson(report.value)) return done(saves);
  return done([...saves, report.save(shown)], [emit('ReportDeployment', tenant, { environment, commit })]);
}
