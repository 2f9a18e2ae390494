import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { emit, type EmittedMessage, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import { isError } from '../../kernel/problem.ts';
import type { CommitState } from '../desired/commit-reader.ts';
import { contentOf } from '../desired/standing.ts';
import type { GitopsNeeds } from '../needs.ts';
import { openRemediations } from '../proposals/asked-after-drift.ts';
import { promotionsOf } from '../proposals/asked-after.ts';
import { loadPullRequestReport, type PullRequestReport } from '../records/pull-request-report.ts';
import { loadRepositorySync } from '../records/repository-sync.ts';
import { linksFor } from '../report/links.ts';
import { pushCheck } from '../report/push-text.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'commits' | 'repository' | 'reports'>;

/** What a moved default branch means for people: errors on its head, health on its head, plans and promotions that were made against what it was. */
export function whenRepositorySynced(needs: Needs): Reaction {
  return reaction({
    on: 'RepositorySynced',
    name: 'when-repository-synced',
    // One check of a name per commit: two that find none would make two.
    writes: ({ payload }) => `push/${payload.commit}`,
    handle: (envelope, delivery) => followHead(needs, envelope, delivery),
  });
}

async function followHead(needs: Needs, envelope: Envelope<'RepositorySynced'>, { signal, write }: Delivery): Promise<Outcome> {
  const { commit, environments } = envelope.payload;
  const tenant = repositoryTenantId(envelope.tenantId);
  const [{ htmlUrl, defaultBranch }, state] = await Promise.all([needs.repository.repository(tenant), needs.commits.at(tenant, commit)]);
  if (state.problems.some(isError)) {
    await write({ commit, policy: 'report of wrong manifests' }, () => needs.reports.check(tenant, pushCheck(state, envelope.traceId, linksFor(htmlUrl)), signal));
  }
  const sync = await loadRepositorySync(needs.store, tenant);
  // A newer head has its own message.
  if (sync.value?.commit !== commit) return done();
  const names = new Set([...Object.keys(sync.value.environments), ...environments]);
  const health = [...names].map((environment) => emit('ReportHealth', tenant, { environment }));
  return done([], [...health, ...promotionsOf(tenant, state), ...(await openRemediations(needs.store, tenant, [...names])), ...(await plansToRemake(needs, tenant, state, defaultBranch))]);
}

async function plansToRemake({ store, repository }: Needs, tenant: TenantId, state: CommitState, branch: string): Promise<readonly EmittedMessage[]> {
  const open = await repository.openPullRequests(tenant, branch);
  const reports = await Promise.all(open.map(async (number) => ({ number, report: (await loadPullRequestReport(store, tenant, number)).value })));
  const stale = reports.filter(({ report }) => report === null || isStale(report, state));
  return stale.map(({ number }) => emit('PlanPullRequest', tenant, { number }));
}

/** Only what the plan is about makes it stale: other people's environments do not. */
function isStale({ against }: PullRequestReport, { environments }: CommitState): boolean {
  return Object.entries(against).some(([name, before]) => {
    const environment = environments.get(name);
    return before !== (environment === undefined ? null : contentOf(environment));
  });
}
