import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { emit, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, wait, type Outcome } from '../../kernel/outcome.ts';
import { contentOf } from '../desired/standing.ts';
import type { GitopsNeeds } from '../needs.ts';
import { askPlanners, type AskedPlan } from '../plan/ask-planners.ts';
import { compareCommits, type Comparison } from '../plan/compare-commits.ts';
import { stableReport } from '../plan/stable-report.ts';
import type { CheckReport, PullRequest, Repository } from '../ports.ts';
import { emptyPullRequestReport, loadPullRequestReport, type PullRequestReport } from '../records/pull-request-report.ts';
import { linksFor } from '../report/links.ts';
import type { PlanReport } from '../report/plan-report.ts';
import { environmentCheck, planCheck } from '../report/plan-text.ts';
import { afterUnreadable } from './after-unreadable.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'commits' | 'repository' | 'reports' | 'planners'>;

/** The plan is of one head against one base; when the head moves meanwhile it is made again. */
export function whenPlanPullRequest(needs: Needs): Reaction {
  const key = ({ payload }: Envelope<'PlanPullRequest'>): string => `plan/${payload.number}`;
  return reaction({
    on: 'PlanPullRequest',
    name: 'when-plan-pull-request',
    latestWins: key,
    writes: key,
    handle: (envelope, delivery) => planPullRequest(needs, envelope, delivery),
  });
}

/** A webhook can be faster than what the API answers. */
const headMovedWaitMs = 500;
const unreadWaitMs = 20_000;
const unreadAttempts = 5;

async function planPullRequest(needs: Needs, envelope: Envelope<'PlanPullRequest'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(envelope.tenantId);
  const { repository } = needs;
  const { number } = envelope.payload;
  const [home, pull] = await Promise.all([repository.repository(tenant), repository.pullRequest(tenant, number)]);
  if (pull === null || pull.state === 'closed') return done();
  const base = await repository.branchHead(tenant, pull.baseRef);
  if (base === null) return done();
  let comparison: Comparison;
  try {
    comparison = await compareCommits(needs, tenant, base, pull.headSha);
  } catch (error) {
    return afterUnreadable(needs, tenant, pull.headSha, error, delivery);
  }
  return planComparison(needs, { tenant, home, pull, base, trace: envelope.traceId }, comparison, delivery);
}

interface About {
  readonly tenant: TenantId;
  readonly home: Repository;
  readonly pull: PullRequest;
  readonly base: string;
  readonly trace: string;
}

async function planComparison(needs: Needs, about: About, comparison: Comparison, delivery: Delivery): Promise<Outcome> {
  const { tenant, home, pull } = about;
  const loaded = await loadPullRequestReport(needs.store, tenant, pull.number);
  const known = loaded.value ?? emptyPullRequestReport;
  const validatedOnly = whyValidatedOnly(pull, home);
  const asked = validatedOnly === null ? await askAll(needs, tenant, comparison, known, pull.headSha) : [];
  const again = await needs.repository.pullRequest(tenant, pull.number);
  if (again?.headSha !== pull.headSha) return wait(headMovedWaitMs, 'the head moved while it was planned');

  const { report, content } = stableReport(reportOf(about, comparison, validatedOnly, asked), known);
  const links = linksFor(home.htmlUrl);
  const check = planCheck(report, links);
  await delivery.write({ commit: pull.headSha, policy: 'plan report' }, async () => {
    for (const one of [check, ...report.environments.map((environment) => environmentCheck(report, environment, links))]) await needs.reports.check(tenant, one, delivery.signal);
  });
  const isSeen = known.plan !== null || comparison.files.length > 0;
  const next = isSeen ? withPlan(known, report, check, content) : known;
  const saves = [loaded.save({ ...next, head: report.commit, against: againstOf(comparison) })];
  const emits = isSeen ? [emit('ReportPullRequest', tenant, { number: pull.number })] : [];
  const isAskedAgain = asked.some(({ worthAsking }) => worthAsking) && delivery.attempt < unreadAttempts;
  return isAskedAgain ? wait(unreadWaitMs, 'a part of the plan could not be read', saves, emits) : done(saves, emits);
}

function reportOf({ pull, base, trace }: About, { files, environments: _compared, ...found }: Comparison, validatedOnly: PlanReport['validatedOnly'], asked: readonly AskedPlan[]): PlanReport {
  const environments = asked.map(({ plan }) => plan);
  return { ...found, commit: pull.headSha, base, baseRef: pull.baseRef, files: files.length, environments, validatedOnly, trace };
}

/** A head without a repository is a fork that was deleted. */
function whyValidatedOnly(pull: PullRequest, { defaultBranch }: Repository): PlanReport['validatedOnly'] {
  if (pull.headRepositoryId !== pull.baseRepositoryId) return 'fork';
  return pull.baseRef === defaultBranch ? null : 'other-branch';
}

async function askAll({ planners }: Needs, tenant: TenantId, { environments }: Comparison, known: PullRequestReport, head: string): Promise<readonly AskedPlan[]> {
  const asked: AskedPlan[] = [];
  // One environment after the other: a pull request of many must not use up what Azure allows.
  for (const environment of environments) asked.push(await askPlanners(planners, tenant, environment));
  // A check that was written for this head before must not go on saying what does not hold.
  const names = new Set(environments.map(({ name }) => name));
  const settled = known.head === head ? Object.keys(known.against).filter((name) => !names.has(name)) : [];
  return [...asked, ...settled.map((name) => ({ plan: { name, changes: [], problems: [], unread: [] }, worthAsking: false }))];
}

/** The comment says what the check says. */
function withPlan(known: PullRequestReport, { base, trace }: PlanReport, { title, summary, text }: CheckReport, content: string): PullRequestReport {
  return { ...known, plan: { title, summary, details: text ?? '', content, base, trace } };
}

function againstOf({ environments }: Comparison): PullRequestReport['against'] {
  return Object.fromEntries(environments.map(({ name, base }) => [name, base === null ? null : contentOf(base)]));
}
