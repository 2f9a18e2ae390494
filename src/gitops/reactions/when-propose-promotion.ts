import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import { emit, type EmittedMessage, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, wait, type Outcome, type Save } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { carryOut, isHalfDone } from '../proposals/carry-out.ts';
import { draftPromotion } from '../proposals/draft-promotion.ts';
import { withProposal } from '../proposals/with-proposal.ts';
import { loadDeployReport } from '../records/deploy-report.ts';
import { savedIfOther } from '../records/load-record.ts';
import { emptyProposal, loadProposal, promotionId, type ProposalRecord } from '../records/proposal.ts';
import { loadRepositorySync } from '../records/repository-sync.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'commits' | 'repository' | 'standing' | 'proposals' | 'editor'>;

/** The only writer of the one promotion from an environment to another. */
export function whenProposePromotion(needs: Needs): Reaction {
  const pair = ({ payload }: Envelope<'ProposePromotion'>): string => `promote/${payload.from}/${payload.to}`;
  return reaction({
    on: 'ProposePromotion',
    name: 'when-propose-promotion',
    // What a person asks for must not be taken for what is asked by itself.
    latestWins: (envelope) => `${pair(envelope)}/${envelope.payload.asked}`,
    writes: pair,
    handle: (envelope, delivery) => proposePromotion(needs, envelope, delivery),
  });
}

async function proposePromotion(needs: Needs, { tenantId, payload }: Envelope<'ProposePromotion'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const { from, to } = payload;
  const loaded = await loadProposal(needs.store, tenant, promotionId(from, to));
  const known = loaded.value ?? emptyProposal(`trueup/promote-${from}-to-${to}`);
  const { record, isHalf } = await carryOut(needs, known, await draftPromotion(needs, tenant, payload), { tenant, delivery, asked: payload.asked, policy: 'promotion' });
  const saves = savedIfOther(loaded, record);
  if (isHalf) return wait(1, isHalfDone, saves);
  const linked = await linkReport(needs, tenant, payload, record);
  return done([...saves, ...linked.saves], linked.emits);
}

/** The newest deployment of the environment that it comes from links it, or says why there is none to somebody who asked. */
async function linkReport({ store }: Needs, tenant: TenantId, { from, to, asked }: Envelope<'ProposePromotion'>['payload'], record: ProposalRecord): Promise<{ readonly saves: readonly Save[]; readonly emits: readonly EmittedMessage[] }> {
  const { value: sync } = await loadRepositorySync(store, tenant);
  const [commit] = sync?.environments[from]?.deployed ?? [];
  if (commit === undefined || (record.pullRequest === null && !asked)) return { saves: [], emits: [] };
  const report = await loadDeployReport(store, tenant, { environment: from, commit });
  const shown = report.value && withProposal(report.value, { as: 'promotion', subject: `promotion to ${to}`, saysWhy: asked }, record);
  if (shown === null || canonicalJson(shown) === canonicalJson(report.value)) return { saves: [], emits: [] };
  return { saves: [report.save(shown)], emits: [emit('ReportDeployment', tenant, { environment: from, commit })] };
}
