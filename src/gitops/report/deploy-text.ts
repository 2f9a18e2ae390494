import type { CheckReport, DeploymentReport } from '../ports.ts';
import type { DeployReport } from '../records/deploy-report.ts';
import { fit, reportBudget } from './budget.ts';
import { deployConclusion, isStopped, stateOf } from './deploy-state.ts';
import { deployLine, deployTitle } from './deploy-title.ts';
import { code, prose, shortened } from './inert.ts';
import { safeUrl, type Links } from './links.ts';
import { compareText } from './plan-report.ts';
import { count } from './plan-text.ts';
import { rolloutPicture } from './rollout-picture.ts';
import { failureEvidence, gatesTable, stepsTable } from './rollout-table.ts';
import { dayAndTime } from './times.ts';

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

function deploySummary(report: DeployReport, links: Links): string {
  const { progress, supersededBy } = report;
  const services = progress?.services ?? [];
  const why = progress === null || isToldByEvidence(progress) ? [] : [prose(progress.reason ?? '')];
  const by = supersededBy === null || progress !== null ? [] : [`Superseded by ${links.commit(supersededBy)} before it began.`];
  const parts = [
    ...askedNote(report), ...refusalList(report), ...awaitsNote(report), ...holdNote(report), ...why, ...whatToDo(report), ...followUps(report, links), ...by,
    failureEvidence(services), rolloutPicture(services), stepsTable(services, links), gatesTable(services), preparedList(report),
  ];
  const sections = fit(parts.filter((section) => section !== ''), reportBudget - 1000, (left) => `… and ${count(left, 'more part')} of this report.`);
  const id = progress === null ? '' : `${code(progress.deploymentId)} · `;
  return [...sections, `<sub>${id}commit ${links.commit(report.commit)} · ${prose(report.trace)}</sub>`].join('\n\n');
}

/** One service failed and the sentence about the deployment is the sentence about it. */
export function isToldByEvidence({ reason, services }: NonNullable<DeployReport['progress']>): boolean {
  const told = services.flatMap(({ failure }) => failure?.reason ?? []);
  return reason !== null && told.length === 1 && told.every((one) => reason.endsWith(one));
}

/** While it only is asked for, that is what its state says, too. */
function askedNote({ asked, progress }: DeployReport): readonly string[] {
  return asked === null || progress?.reason === asked ? [] : [`**Applied again.** ${prose(shortened(asked, 500))}`];
}

/** What is below was true before. */
function awaitsNote({ progress }: DeployReport): readonly string[] {
  if (progress?.awaits === undefined) return [];
  const { system, since } = progress.awaits;
  return [`⏳ **Waiting for ${system}**, which has not answered since ${prose(dayAndTime(since))}. Nothing is lost and nothing has to be done: it goes on by itself within two minutes after ${system} answers again.`];
}

/** Nothing failed and nothing moves: who or what holds it, and what ends that. */
function holdNote({ progress, environment }: DeployReport): readonly string[] {
  const hold = progress?.hold ?? null;
  if (hold === null) return [];
  const until = hold.until === null ? '' : ` until ${prose(dayAndTime(hold.until))}`;
  const why = hold.why === 'paused' ? `**${prose(hold.detail)}.** ${code(`/trueup resume ${environment}`)} lets it go on.` : `**Frozen${until}.** ${prose(hold.detail)}. It goes on by itself after that.`;
  return [`⏸️ ${why} The way back stays open: ${code(`/trueup abort ${environment}`)}.`];
}

function whatToDo(report: DeployReport): readonly string[] {
  const needs = heldCommands(report) ?? prose(report.progress?.needs ?? '');
  return needs === '' ? [] : [`**What to do:** ${needs}`];
}

/** The two ways on from a hold, ready to be copied; null when it is not held by a service that failed. */
function heldCommands({ progress, environment }: DeployReport): string | null {
  if (progress?.state !== 'Held') return null;
  return `${code(`/trueup rollback ${environment}`)} takes the deployment back as a whole, ${code(`/trueup resume ${environment}`)} judges anew what failed.`;
}

/** Pull requests that came of it. */
export function followUps({ revert, promotion }: DeployReport, links: Links): readonly string[] {
  return [
    ...(revert === null ? [] : [`Revert: ${links.to(`#${revert.number}`, revert.url)} makes Git say what runs.`]),
    ...(promotion === null ? [] : [`Promotion: ${links.to(`#${promotion.number}`, promotion.url)} moves it on.`]),
  ];
}

function preparedList({ prepared }: DeployReport): string {
  const items = Object.entries(prepared).sort(([a], [b]) => compareText(a, b)).map(([subject, sentence]) => `- ${prose(subject)}: ${prose(shortened(sentence, 300))}`);
  return fit(items, 6000, (left) => `- … and ${left} more`, 1).join('\n');
}

function refusalList(report: DeployReport): readonly string[] {
  return Object.values(report.refusals).map(
    ({ what, reason, needs }) => `❌ **${prose(what)}**: ${prose(reason)}\n\n**What to do:** ${prose(needs)}`,
  );
}

/** The GitHub Deployment of the environment; null before a deployment exists. It says nothing that every look changes: each change is a call. */
export function deploymentStatus(report: DeployReport, checkUrl: string, repositoryUrl: string): DeploymentReport | null {
  const { progress } = report;
  if (progress === null) return null;
  const { github, conclusion } = stateOf(report);
  const stopped = isStopped(report) && conclusion === null;
  const url = progress.services.map((service) => service.url).find((candidate) => candidate !== null && safeUrl(candidate, repositoryUrl) !== null);
  return {
    commit: report.commit,
    environment: report.environment,
    state: stopped ? 'failure' : github,
    description: shortened(deployLine(report), 140),
    environmentUrl: url ?? null,
    logUrl: checkUrl,
  };
}

/** What a person must do, of everything that stands in the way, on one line of Markdown. */
export function deployNeeds(report: DeployReport): string {
  const { refusals, progress } = report;
  const held = heldCommands(report);
  const needs = [...Object.values(refusals).map((refusal) => refusal.needs), ...(held === null && progress?.needs ? [progress.needs] : [])];
  const paused = progress?.hold?.why === 'paused' ? `${code(`/trueup resume ${report.environment}`)} lets it go on.` : '';
  return [prose(shortened(needs.join(' '), 600)), held ?? '', paused].filter((part) => part !== '').join(' ');
}
