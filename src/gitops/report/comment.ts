import type { ServiceProgress } from '../../kernel/messages/deployment.ts';
import type { DeployReport } from '../records/deploy-report.ts';
import type { PullRequestAnswers } from '../records/pull-request-answers.ts';
import type { PullRequestReport } from '../records/pull-request-report.ts';
import { answersText } from './answers.ts';
import { folded } from './folded.ts';
import { fit, reportBudget } from './budget.ts';
import { deploySign } from './deploy-state.ts';
import { deployNeeds, followUps } from './deploy-text.ts';
import { deployLine } from './deploy-title.ts';
import { code, prose, shortened } from './inert.ts';
import type { Links } from './links.ts';
import { compareText } from './plan-report.ts';
import { count } from './plan-text.ts';
import { stageCount } from './stages.ts';
import { lasting } from './times.ts';

export const commentKind = 'report';

export interface CommentParts {
  readonly report: PullRequestReport;
  readonly answers: PullRequestAnswers;
  readonly deployments: readonly DeployReport[];
}

/** The one comment of a pull request: where its deployments are, what was asked and answered, and its plan. */
export function commentBody({ report, answers, deployments }: CommentParts, links: Links): string {
  const sorted = deployments.toSorted((a, b) => compareText(a.environment, b.environment));
  const lead = [
    `### Trueup: ${prose(headline(report, sorted))}`,
    ...(sorted.length > 0 ? [deploymentTable(sorted, links)] : []),
    ...driftClosed(report),
    ...answersText(answers),
    ...(report.plan === null ? [] : [sorted.length > 0 ? folded('The plan', report.plan.summary) : report.plan.summary]),
  ].join('\n\n');
  return report.plan === null ? lead : withDetails(lead, report.plan.details);
}

/** What came of a merge that answered drift. */
function driftClosed({ drift }: PullRequestReport): readonly string[] {
  const closed = drift?.closed ?? null;
  if (drift === null || closed === null) return [];
  const after = lasting(Date.parse(closed.at) - Date.parse(closed.mergedAt));
  const openFor = closed.since === null ? '' : `; it was open for ${lasting(Date.parse(closed.at) - Date.parse(closed.since))}`;
  return [`✅ The drift of ${code(drift.service)} in ${code(drift.environment)} is closed, ${after} after the merge${openFor}.`];
}

function headline({ plan, drift }: PullRequestReport, deployments: readonly DeployReport[]): string {
  if (deployments.length > 0) return `deployment to ${shortened(deployments.map(({ environment }) => environment).join(', '), 120)}`;
  return plan?.title ?? (drift === null ? 'commands' : 'drift');
}

function deploymentTable(deployments: readonly DeployReport[], links: Links): string {
  const rows = deployments.map((deployment) => {
    const state = [`${deploySign(deployment)} ${links.to(deployLine(deployment), deployment.checkUrl)}`, ...followUps(deployment, links)].join(' · ');
    return `| ${[code(deployment.environment), state, services(deployment, links), deployNeeds(deployment)].join(' | ')} |`;
  });
  const head = ['| Environment | Deployment | Services | What to do |', '|---|---|---|---|'];
  return [...head, ...fit(rows, 10_000, (left) => `\n… and ${count(left, 'more environment')}.`, 1)].join('\n');
}

const servicesShown = 20;

function services({ progress }: DeployReport, links: Links): string {
  const all = progress?.services ?? [];
  const shown = all.slice(0, servicesShown).map((one) => `${one.url === null ? code(one.service) : links.to(one.service, one.url)}${howFar(one)}`);
  return [...shown, ...(all.length > servicesShown ? [`and ${all.length - servicesShown} more`] : [])].join(', ');
}

/** ` 10 %, stage 2 of 4`: only while it is on its way. */
function howFar(service: ServiceProgress): string {
  const stage = stageCount(service);
  return stage === null ? '' : ` ${service.weight} %, ${stage}`;
}

/** The diffs that still fit; the checks hold all of them. */
function withDetails(lead: string, details: string): string {
  if (details === '') return lead;
  const parts = details.split('\n\n<details>').map((part, index) => (index === 0 ? part : `<details>${part}`));
  return [lead, ...fit(parts, reportBudget - lead.length - 200, (left) => `${left} more diffs are in the check ${code('trueup/plan')}.`)].join('\n\n');
}
