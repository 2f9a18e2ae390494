import type { DeploymentState } from '../../kernel/messages/deployment.ts';
import type { DeploymentReport, CheckReport, Conclusion } from '../ports.ts';
import type { DeployReport } from '../records/deploy-report.ts';
import { fit, reportBudget } from './budget.ts';
import { code, prose, shortened } from './inert.ts';
import { safeUrl, type Links } from './links.ts';
import { compareText } from './plan-report.ts';
import { count } from './plan-text.ts';

interface StateWords {
  /** Null while it runs. */
  readonly conclusion: Conclusion | null;
  readonly github: DeploymentReport['state'];
  readonly words: string;
}

const stateWords: Record<DeploymentState, StateWords> = {
  Requested: { conclusion: null, github: 'queued', words: 'Waiting to start' },
  Provisioning: { conclusion: null, github: 'in_progress', words: 'Waiting for the environment' },
  Configuring: { conclusion: null, github: 'in_progress', words: 'Waiting for configuration and secrets' },
  RollingOut: { conclusion: null, github: 'in_progress', words: 'Creating revisions' },
  HealthGating: { conclusion: null, github: 'in_progress', words: 'Checking the new revisions' },
  Promoting: { conclusion: null, github: 'in_progress', words: 'Moving traffic' },
  Completed: { conclusion: 'success', github: 'success', words: 'Deployed' },
  RollingBack: { conclusion: null, github: 'in_progress', words: 'Rolling back' },
  RolledBack: { conclusion: 'failure', github: 'failure', words: 'Rolled back' },
  Failed: { conclusion: 'failure', github: 'failure', words: 'Failed' },
  Superseded: { conclusion: 'cancelled', github: 'inactive', words: 'Superseded by a newer deployment' },
};

/** `trueup/deploy (ENV)` on the commit that is deployed. */
export function deployCheck(report: DeployReport, links: Links): CheckReport {
  return {
    commit: report.commit,
    name: `trueup/deploy (${report.environment})`,
    conclusion: deployConclusion(report),
    title: deployTitle(report),
    summary: deploySummary(report, links),
    text: null,
    annotations: [],
    actions: [],
  };
}

/** Null while it runs. */
export function deployConclusion(report: DeployReport): Conclusion | null {
  return isStopped(report) ? 'failure' : standing(report).conclusion;
}

function standing({ progress, supersededBy }: DeployReport): StateWords {
  if (progress !== null) return stateWords[progress.state];
  return supersededBy === null ? stateWords.Requested : stateWords.Superseded;
}

const inFlight: ReadonlySet<DeploymentState> = new Set(['RollingOut', 'HealthGating', 'Promoting', 'RollingBack']);

/** Something was refused that the deployment waits for, so it goes on only after a person. One that goes on without it has its own end. */
function isStopped({ refusals, progress }: DeployReport): boolean {
  return Object.keys(refusals).length > 0 && !(progress !== null && inFlight.has(progress.state));
}

export function deployTitle(report: DeployReport): string {
  const refusals = Object.values(report.refusals);
  const [first] = refusals;
  const { words, conclusion } = standing(report);
  if (first !== undefined && isStopped(report) && conclusion === null) {
    return refusals.length === 1 ? `Stopped: ${shortened(first.what, 120)}` : `Stopped: ${refusals.length} things need a person`;
  }
  if (first !== undefined && conclusion === 'success') return `${words}, but ${shortened(first.what, 120)} was refused`;
  if ((report.progress?.services.length ?? 0) > 0) return `${words}: ${howMany(report)}`;
  return conclusion === 'success' ? 'Everything already runs as declared' : words;
}

/** An environment goes to a commit as a whole: where nothing arrived, what nobody blames did not either. */
function howMany(report: DeployReport): string {
  const services = report.progress?.services ?? [];
  const all = count(services.length, 'service');
  const open = services.filter(({ step }) => step !== 'done' && step !== 'unchanged').length;
  const state = standing(report);
  if (state.conclusion !== 'failure' || open === 0) return all;
  if (open < services.length) return `${open} of ${all} not deployed`;
  return state === stateWords.Failed ? `${all} not deployed` : all;
}

function deploySummary(report: DeployReport, links: Links): string {
  const { progress, supersededBy } = report;
  const why = progress?.reason ? [prose(progress.reason)] : [];
  const needs = progress?.needs ? [`**What to do:** ${prose(progress.needs)}`] : [];
  const by = supersededBy === null || progress !== null ? [] : [`Superseded by ${links.commit(supersededBy)} before it began.`];
  const parts = [...refusalList(report), ...why, ...needs, ...by, stepsTable(report, links), preparedList(report)];
  const sections = fit(parts.filter((section) => section !== ''), reportBudget - 1000, (left) => `… and ${count(left, 'more part')} of this report.`);
  const id = progress === null ? '' : `${code(progress.deploymentId)} · `;
  return [...sections, `<sub>${id}commit ${links.commit(report.commit)} · ${prose(report.trace)}</sub>`].join('\n\n');
}

function preparedList({ prepared }: DeployReport): string {
  const items = Object.entries(prepared).sort(([a], [b]) => compareText(a, b)).map(([subject, sentence]) => `- ${prose(subject)}: ${prose(shortened(sentence, 300))}`);
  return fit(items, 8000, (left) => `- … and ${left} more`, 1).join('\n');
}

function refusalList(report: DeployReport): readonly string[] {
  return Object.values(report.refusals).map(
    ({ what, reason, needs }) => `❌ **${prose(what)}**: ${prose(reason)}\n\n**What to do:** ${prose(needs)}`,
  );
}

const tableSpace = 40_000;

function stepsTable({ progress }: DeployReport, links: Links): string {
  if (progress === null || progress.services.length === 0) return '';
  const head = ['| Service | Step | Revision | Before | Image |', '|---|---|---|---|---|'];
  const rows = progress.services.map((service) => {
    const name = service.url === null ? code(service.service) : links.to(service.service, service.url);
    const step = `${prose(service.step)}${service.detail === null ? '' : `: ${prose(shortened(service.detail, 300))}`}`;
    return `| ${[name, step, code(service.revision ?? ''), code(service.previousRevision ?? ''), code(service.image)].join(' | ')} |`;
  });
  return [...head, ...fit(rows, tableSpace, (left) => `\n… and ${count(left, 'more service')}.`, 1)].join('\n');
}

/** The GitHub Deployment of the environment; null before a deployment exists. */
export function deploymentStatus(report: DeployReport, checkUrl: string, repositoryUrl: string): DeploymentReport | null {
  const { progress } = report;
  if (progress === null) return null;
  const { words, github, conclusion } = stateWords[progress.state];
  const stopped = isStopped(report) && conclusion === null;
  const url = progress.services.map((service) => service.url).find((candidate) => candidate !== null && safeUrl(candidate, repositoryUrl) !== null);
  return {
    commit: report.commit,
    environment: report.environment,
    state: stopped ? 'failure' : github,
    description: shortened(stopped ? deployTitle(report) : words, 140),
    environmentUrl: url ?? null,
    logUrl: checkUrl,
  };
}

/** What a person must do, of everything that stands in the way. */
export function deployNeeds({ refusals, progress }: DeployReport): readonly string[] {
  return [...Object.values(refusals).map(({ needs }) => needs), ...(progress?.needs ? [progress.needs] : [])];
}

/** A sign for the comment's table. */
export function deploySign(report: DeployReport): string {
  const { conclusion } = standing(report);
  if (conclusion === 'success') return isStopped(report) ? '⚠️' : '✅';
  if (isStopped(report) || conclusion === 'failure') return '❌';
  return conclusion === null ? '⏳' : '⏹️';
}
