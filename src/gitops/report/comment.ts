import type { DeployReport } from '../records/deploy-report.ts';
import type { PullRequestReport } from '../records/pull-request-report.ts';
import { fit, reportBudget } from './budget.ts';
import { helpText } from './commands.ts';
import { deployNeeds, deploySign, deployTitle } from './deploy-text.ts';
import { code, prose, shortened } from './inert.ts';
import type { Links } from './links.ts';
import { compareText } from './plan-report.ts';
import { count } from './plan-text.ts';

export const commentKind = 'report';

/** The one comment of a pull request: where its deployments are, its plan, and the commands when somebody asked for them. */
export function commentBody(report: PullRequestReport, deployments: readonly DeployReport[], links: Links): string {
  const sorted = deployments.toSorted((a, b) => compareText(a.environment, b.environment));
  const lead = [
    `### Trueup: ${prose(headline(report, sorted))}`,
    ...(sorted.length > 0 ? [deploymentTable(sorted, links)] : []),
    ...(report.help === null ? [] : [helpText(report.help.unknown)]),
    ...(report.plan === null ? [] : [sorted.length > 0 ? folded('The plan', report.plan.summary) : report.plan.summary]),
  ].join('\n\n');
  return report.plan === null ? lead : withDetails(lead, report.plan.details);
}

function headline({ plan }: PullRequestReport, deployments: readonly DeployReport[]): string {
  if (deployments.length > 0) return `deployment to ${shortened(deployments.map(({ environment }) => environment).join(', '), 120)}`;
  return plan?.title ?? 'commands';
}

function deploymentTable(deployments: readonly DeployReport[], links: Links): string {
  const rows = deployments.map((deployment) => {
    const state = `${deploySign(deployment)} ${links.to(deployTitle(deployment), deployment.checkUrl)}`;
    return `| ${[code(deployment.environment), state, services(deployment, links), prose(shortened(deployNeeds(deployment).join(' '), 600))].join(' | ')} |`;
  });
  const head = ['| Environment | Deployment | Services | What to do |', '|---|---|---|---|'];
  return [...head, ...fit(rows, 10_000, (left) => `\n… and ${count(left, 'more environment')}.`, 1)].join('\n');
}

const servicesShown = 20;

function services({ progress }: DeployReport, links: Links): string {
  const all = progress?.services ?? [];
  const shown = all.slice(0, servicesShown).map(({ service, url }) => (url === null ? code(service) : links.to(service, url)));
  return [...shown, ...(all.length > servicesShown ? [`and ${all.length - servicesShown} more`] : [])].join(', ');
}

function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** The diffs that still fit; the checks hold all of them. */
function withDetails(lead: string, details: string): string {
  if (details === '') return lead;
  const parts = details.split('\n\n<details>').map((part, index) => (index === 0 ? part : `<details>${part}`));
  return [lead, ...fit(parts, reportBudget - lead.length - 200, (left) => `${left} more diffs are in the check ${code('trueup/plan')}.`)].join('\n\n');
}
