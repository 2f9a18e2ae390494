import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { emit, type EmittedMessage, type Envelope } from '../../kernel/envelope.ts';
import { Rejected } from '../../kernel/errors.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, wait, type Outcome, type Save } from '../../kernel/outcome.ts';
import type { CommitState } from '../desired/commit-reader.ts';
import type { GitopsNeeds } from '../needs.ts';
import { askedOnceMore, loadAskedOften, putOff, putOffMs } from '../records/asked-often.ts';
import { loadDeployReport, startedReport, withSuperseded } from '../records/deploy-report.ts';
import { forgetReports } from '../sync/forget-reports.ts';
import { linkDeployments } from '../records/pull-request-report.ts';
import { loadRepositorySync, type RepositorySync } from '../records/repository-sync.ts';
import { repositoryDifference, type RepositoryDifference } from '../sync/repository-difference.ts';
import { afterUnreadable } from './after-unreadable.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'clock' | 'commits' | 'repository' | 'reports'>;

/** Reads whatever the default branch's head is, so pushes that are late, doubled, forced or missed end in the same place. */
export function whenSyncRepository(needs: Needs): Reaction {
  return reaction({
    on: 'SyncRepository',
    name: 'when-sync-repository',
    // A recheck asks for more than a sync that waits already.
    latestWins: ({ payload }) => (payload.recheck === true ? 'recheck' : 'sync'),
    writes: () => 'sync',
    // The regular look at every repository is no push, and there are many of it at one time.
    urgent: ({ payload }) => payload.reason === 'push' || payload.recheck === true,
    handle: (envelope, delivery) => syncRepository(needs, envelope, delivery),
  });
}

async function syncRepository(needs: Needs, envelope: Envelope<'SyncRepository'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(envelope.tenantId);
  const repository = await needs.repository.repository(tenant).catch(notInstalled);
  if (repository === null) return forget(needs, tenant);
  const { defaultBranch } = repository;
  const head = await needs.repository.branchHead(tenant, defaultBranch);
  if (head === null) return done();
  let state: CommitState;
  try {
    state = await needs.commits.at(tenant, head);
  } catch (error) {
    return afterUnreadable(needs, tenant, head, error, delivery);
  }
  return syncHead(needs, tenant, state, envelope);
}

/** The App was taken away from the repository: an answer, and not one to be asked for again. */
function notInstalled(error: unknown): null {
  if (error instanceof Rejected && error.code === 'NotInstalled') return null;
  throw error;
}

/** Nothing of it is declared any more as far as Trueup is concerned: health and drift stop watching, and Azure stays as it is. */
async function forget({ store }: Needs, tenant: TenantId): Promise<Outcome> {
  const known = await loadRepositorySync(store, tenant);
  return done(known.value === null ? [] : [known.remove()]);
}

async function syncHead(needs: Needs, tenant: TenantId, state: CommitState, { payload, traceId }: Envelope<'SyncRepository'>): Promise<Outcome> {
  const recheck = payload.recheck === true;
  const [known, asked] = await Promise.all([loadRepositorySync(needs.store, tenant), recheck ? loadAskedOften(needs.store, tenant, 'rechecks') : null]);
  const laterMs = asked === null ? 0 : putOffMs(asked.value ?? {}, state.commit, needs.clock.now());
  if (laterMs > 0) return wait(laterMs, putOff);
  // Seconds: after a loss of the store the count goes on above every generation that Azure's tags may hold.
  const firstGeneration = Math.floor(needs.clock.now() / 1000);
  const difference = repositoryDifference(tenant, known.value, state, { recheck, firstGeneration });
  const { sync, commands, environments } = difference;
  const isNew = known.value?.commit !== sync.commit || known.value.policy !== sync.policy;
  if (commands.length === 0 && !recheck && !isNew) return done();
  const reports = await startReports(needs, tenant, known.value, difference, traceId);
  return done(
    [known.save(reports.sync), ...reports.saves, ...(asked === null ? [] : [asked.save(askedOnceMore(asked.value ?? {}, state.commit, needs.clock.now()))])],
    [...commands, emit('RepositorySynced', tenant, { commit: sync.commit, environments: [...environments] }), ...reports.emits],
  );
}

interface Reports {
  readonly sync: RepositorySync;
  readonly saves: readonly Save[];
  readonly emits: readonly EmittedMessage[];
}

/** Every Deploy is shown at once on its commit and its pull request, and one that was overtaken before it began ends visibly. */
async function startReports(needs: Needs, tenant: TenantId, known: RepositorySync | null, { sync, deploys, overtaken, forgotten }: RepositoryDifference, trace: string): Promise<Reports> {
  const { commit, generation } = sync;
  const number = deploys.length === 0 ? null : await needs.repository.mergedPullRequest(tenant, commit);
  const started = deploys.map(async (environment) => {
    const loaded = await loadDeployReport(needs.store, tenant, { environment, commit });
    const report = startedReport(loaded.value, { environment, commit, generation }, trace);
    const last = known?.environments[environment]?.commit ?? null;
    return { environment, commit, save: loaded.save({ ...report, pullRequest: number ?? report.pullRequest, before: last === commit ? report.before : last }) };
  });
  const ended = overtaken.map(async (at) => {
    const loaded = await loadDeployReport(needs.store, tenant, at);
    const report = loaded.value && withSuperseded(loaded.value, commit);
    return report === null ? [] : [{ ...at, save: loaded.save(report) }];
  });
  const forgetting = forgetReports(needs.store, tenant, forgotten);
  // In one: what is awaited later would fail with nobody listening, and that ends the process.
  const [begun, superseded, old] = await Promise.all([Promise.all(started), Promise.all(ended), forgetting]);
  const changed = [...begun, ...superseded.flat()];
  const links = number === null ? [] : await linkDeployments(needs.store, tenant, number, deploys, commit);
  return {
    sync: { ...sync, environments: old.remember(sync.environments) },
    saves: [...changed.map(({ save }) => save), ...old.saves, ...links],
    emits: changed.map(({ environment, commit: at }) => emit('ReportDeployment', tenant, { environment, commit: at })),
  };
}
