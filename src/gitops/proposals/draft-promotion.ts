import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { digestOf } from '../../kernel/digest.ts';
import { Rejected } from '../../kernel/errors.ts';
import { tenantIn, type TenantId } from '../../kernel/ids.ts';
import type { PayloadOf } from '../../kernel/messages/catalogue.ts';
import { serviceStanding, type EnvironmentStanding } from '../../kernel/standing.ts';
import type { CommitState } from '../desired/commit-reader.ts';
import type { GitopsNeeds } from '../needs.ts';
import { linksFor } from '../report/links.ts';
import type { NotWanted, Wanted } from './carry-out.ts';
import { editedFiles } from './promotion-files.ts';
import { movesOf, takersOf, type Move } from './promotion-moves.ts';
import { promotionBody, promotionTitle } from './promotion-text.ts';
import { andMore } from './version-of.ts';

type Needs = Pick<GitopsNeeds, 'commits' | 'repository' | 'standing' | 'editor'>;

/** What should be merged so that one environment gets what is good in another, or one sentence why nothing should. */
export async function draftPromotion(needs: Needs, tenant: TenantId, { from, to, asked }: PayloadOf<'ProposePromotion'>): Promise<Wanted | NotWanted> {
  const { htmlUrl, defaultBranch } = await needs.repository.repository(tenant);
  const head = await needs.repository.branchHead(tenant, defaultBranch);
  const state = head === null ? null : await needs.commits.at(tenant, head);
  const [source, target] = [state?.environments.get(from), state?.environments.get(to)];
  if (head === null || from === to || source === undefined || target === undefined) return { why: `${from} and ${to} are not both declared` };
  const standing = { from: await standingOf(needs, tenant, source), to: await standingOf(needs, tenant, target) };
  const sourceAt = await sourcesAt(needs, tenant, target, from, standing.from);
  const { moves: wanted, notMoved } = movesOf({ from, to: target, standing, sourceAt, asked });
  const tree = wanted.length === 0 ? [] : await needs.repository.tree(tenant, head);
  const { files, moves, notMoved: byHand } = await editedFiles(needs, tenant, tree, wanted);
  const all = [...notMoved, ...byHand];
  if (files.length === 0) {
    return { why: all.length === 0 ? `${to} declares already what is good in ${from}` : `Nothing can be moved: ${andMore(all.map(({ service, why }) => `${service}, ${why}`))}` };
  }
  const body = promotionBody({ from, to: target, source, moves, notMoved: all, links: linksFor(htmlUrl) });
  return { content: contentOf(moves), base: head, baseRef: defaultBranch, files, title: promotionTitle(from, to, moves), body };
}

/** What is moved, wherever it stands: closed once, it is not proposed again until this changes. */
function contentOf(moves: readonly Move[]): string {
  return digestOf(moves.map(({ service, good, values }) => [service, good.image, values.map(({ key, value }) => [key, value])]));
}

function standingOf({ standing }: Needs, tenant: TenantId, environment: DesiredEnvironment): Promise<EnvironmentStanding | null> {
  return standing(tenantIn(tenant, environment.tenant), environment.name);
}

/** Read before, because the moves are pure: only the commits of services that take values along. */
async function sourcesAt({ commits }: Needs, tenant: TenantId, target: DesiredEnvironment, from: string, standing: EnvironmentStanding | null): Promise<(commit: string) => DesiredEnvironment | null> {
  const takers = takersOf(target, from).filter(({ promotion }) => (promotion?.values.length ?? 0) > 0);
  const wanted = new Set(takers.flatMap(({ name }) => serviceStanding(standing, name)?.knownGood.at(-1)?.commit ?? []));
  const read = new Map<string, CommitState>();
  for (const commit of wanted) {
    const state = await commits.at(tenant, commit).catch(unreadable);
    if (state !== null) read.set(commit, state);
  }
  return (commit) => read.get(commit)?.environments.get(from) ?? null;
}

/** A commit that was forced away. */
function unreadable(error: unknown): null {
  if (error instanceof Rejected) return null;
  throw error;
}
