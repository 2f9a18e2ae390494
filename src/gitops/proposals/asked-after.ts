import { emit, type EmittedMessage } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import type { DeploymentProgress } from '../../kernel/messages/deployment.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { DeclaredState } from '../desired/commit-reader.ts';
import type { GitopsNeeds } from '../needs.ts';
import { loadProposal, revertId } from '../records/proposal.ts';
import { loadRepositorySync } from '../records/repository-sync.ts';
import { takenBack } from './taken-back.ts';

/** What was said of a deployment before asks for nothing once more. */
export function alsoEmitting(outcome: Outcome, emits: readonly EmittedMessage[]): Outcome {
  return outcome.saves.length === 0 ? outcome : { ...outcome, emits: [...outcome.emits, ...emits] };
}

/** After a deployment was taken back, wholly or in part. */
export function revertAfter(tenantId: TenantId, { environment, commit, ...progress }: DeploymentProgress): readonly EmittedMessage[] {
  return takenBack(progress) === null ? [] : [emit('ProposeRevert', repositoryTenantId(tenantId), { environment, commit })];
}

/** After an environment arrived: promotions out of it and into it, and reverts that it makes needless. */
export async function proposalsAfterArrival({ store, commits }: Pick<GitopsNeeds, 'store' | 'commits'>, tenantId: TenantId, environment: string): Promise<readonly EmittedMessage[]> {
  const tenant = repositoryTenantId(tenantId);
  const { value: sync } = await loadRepositorySync(store, tenant);
  if (sync === null) return [];
  return [
    ...promotionsOf(tenant, await commits.at(tenant, sync.commit), environment),
    ...(await openReverts(store, tenant, environment, sync.environments[environment]?.deployed ?? [])),
  ];
}

/** A look at every promotion that is declared, or at those of one environment. */
export function promotionsOf(tenant: TenantId, { environments }: DeclaredState, concerned: string | null = null): readonly EmittedMessage[] {
  const pairs = [...environments.values()].flatMap((to) => to.services.flatMap(({ promotion }) => (promotion === null ? [] : [{ from: promotion.from, to: to.name }])));
  const wanted = pairs.filter(({ from, to }) => from !== to && (concerned === null || from === concerned || to === concerned));
  const each = new Map(wanted.map((pair) => [`${pair.from} ${pair.to}`, pair]));
  return [...each.values()].map(({ from, to }) => emit('ProposePromotion', tenant, { from, to, asked: false }));
}

/** Only the last few: who leaves a revert open for longer than that closes it by hand. */
const looksBack = 5;

async function openReverts(store: GitopsNeeds['store'], tenant: TenantId, environment: string, deployed: readonly string[]): Promise<readonly EmittedMessage[]> {
  const recent = deployed.slice(0, looksBack);
  const records = await Promise.all(recent.map((commit) => loadProposal(store, tenant, revertId(environment, commit))));
  return recent.filter((_, index) => (records[index]?.value?.pullRequest ?? null) !== null).map((commit) => emit('ProposeRevert', tenant, { environment, commit }));
}
