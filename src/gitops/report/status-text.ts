import type { DeploymentProgress, ServiceProgress } from '../../kernel/messages/deployment.ts';
import type { EnvironmentStanding, KnownGood, Quarantined, ServiceStanding } from '../../kernel/standing.ts';
import { ends, startedReport } from '../records/deploy-report.ts';
import { fit } from './budget.ts';
import { deployLine } from './deploy-title.ts';
import { code, prose, shortened } from './inert.ts';
import { compareText } from './plan-report.ts';
import { count } from './plan-text.ts';
import { isDeployed, isEndedService, stageCount } from './stages.ts';
import { dayAndTime } from './times.ts';

export interface NamedStanding {
  readonly name: string;
  /** Null: nothing was ever deployed there. */
  readonly standing: EnvironmentStanding | null;
  /** Inside a freeze window: ISO-8601, and why if somebody said it. */
  readonly frozen: { readonly until: string; readonly reason: string | null } | null;
}

const space = 12_000;
const tablesSpace = 7000;

/** What runs in every environment, what is known good, and what holds it. */
export function statusText(environments: readonly NamedStanding[]): string {
  if (environments.length === 0) return 'The default branch declares no environment.';
  const tableSpace = Math.max(500, tablesSpace / environments.length);
  const parts = environments.toSorted((a, b) => compareText(a.name, b.name)).map((one) => environmentText(one, tableSpace));
  return fit(parts, space, (left) => `… and ${count(left, 'more environment')}.`).join('\n\n');
}

function environmentText({ name, standing, frozen }: NamedStanding, tableSpace: number): string {
  const lead = `**${prose(name)}**: ${frozenNote(frozen)}`;
  if (standing === null) return `${lead}Nothing was ever deployed there.`;
  return [`${lead}${stateNotes(standing).join(' ')}`, servicesTable(standing, tableSpace), ...quarantineList(standing)].filter((part) => part !== '').join('\n\n');
}

function frozenNote(frozen: NamedStanding['frozen']): string {
  if (frozen === null) return '';
  const why = frozen.reason === null ? '' : ` (${prose(frozen.reason)})`;
  return `⏸️ In a freeze window until ${prose(dayAndTime(frozen.until))}${why}. `;
}

function stateNotes({ deployment, next, paused }: EnvironmentStanding): readonly string[] {
  return [
    ...(paused === null ? [] : [`⏸️ Paused by ${prose(paused.by)} since ${prose(dayAndTime(paused.at))}.`]),
    ...(deployment === null ? ['No deployment.'] : [deploymentNote(deployment)]),
    ...(next === null ? [] : [`${code(next.slice(0, 7))} follows.`]),
  ];
}

function deploymentNote(deployment: DeploymentProgress): string {
  const { environment, commit, generation, ...progress } = deployment;
  const line = deployLine({ ...startedReport(null, { environment, commit, generation }, ''), progress });
  const stages = ends.includes(deployment.state) ? '' : stagesOf(deployment.services);
  return `${ends.includes(deployment.state) ? 'Last deployment' : 'Deployment'} of ${code(commit.slice(0, 7))}: ${prose(line)}${stages}.`;
}

function stagesOf(services: readonly ServiceProgress[]): string {
  const moving = services.flatMap((service) => {
    const stage = stageCount(service);
    return stage === null ? [] : [`${prose(service.service)} in ${stage}`];
  });
  return moving.length === 0 ? '' : ` (${moving.slice(0, 10).join(', ')})`;
}

/** `room`: characters for its rows. */
function servicesTable({ deployment, services }: EnvironmentStanding, room: number): string {
  const progress = new Map((deployment?.services ?? []).map((service) => [service.service, service]));
  const names = [...new Set([...services.map(({ service }) => service), ...progress.keys()])].sort(compareText);
  if (names.length === 0) return '';
  const head = ['| Service | Runs | Known good since | Before that |', '|---|---|---|---|'];
  const rows = names.map((name) => {
    const [before, last] = lastTwo(services.find(({ service }) => service === name));
    return `| ${[code(name), runs(progress.get(name), deployment, last), verdict(last), known(before)].join(' | ')} |`;
  });
  return [...head, ...fit(rows, room, (left) => `\n… and ${count(left, 'more service')}.`, 1)].join('\n');
}

function lastTwo(service: ServiceStanding | undefined): readonly [KnownGood | null, KnownGood | null] {
  const ledger = service?.knownGood ?? [];
  return [ledger.at(-2) ?? null, ledger.at(-1) ?? null];
}

/** What the deployment brought, where it has traffic; otherwise what was known good last. */
function runs(progress: ServiceProgress | undefined, deployment: DeploymentProgress | null, last: KnownGood | null): string {
  if (progress === undefined || deployment === null) return known(last);
  const { image, revision, previousRevision, weight } = progress;
  if (isDeployed(progress)) return release(image, deployment.commit, revision, null);
  if (isEndedService(progress) || weight === 0) return last === null ? code(previousRevision ?? '') : known(last);
  const before = weight === 100 || previousRevision === null ? [] : [`${code(previousRevision)} at ${100 - weight} %`];
  return [release(image, deployment.commit, revision, weight), ...before].join('<br>');
}

function known(release_: KnownGood | null): string {
  return release_ === null ? '' : release(release_.image, release_.commit, release_.revision, null);
}

function release(image: string, commit: string, revision: string | null, weight: number | null): string {
  const at = weight === null ? '' : ` at ${weight} %`;
  return [code(image), `${code(commit.slice(0, 7))}${revision === null ? '' : ` as ${code(revision)}`}${at}`].join('<br>');
}

function verdict(last: KnownGood | null): string {
  return last === null ? 'no release is known good' : `${prose(dayAndTime(last.at))}: ${prose(shortened(last.verdict, 200))}`;
}

function quarantineList({ services }: EnvironmentStanding): readonly string[] {
  const all = services.flatMap(({ service, quarantined }) => quarantined.map((one) => ({ service, one })));
  if (all.length === 0) return [];
  const items = all.map(({ service, one }) => `- ${quarantineLine(service, one)}`);
  return [['Taken back, and not tried again as they are:', '', ...fit(items, 3000, (left) => `- … and ${left} more`, 1)].join('\n')];
}

function quarantineLine(service: string, { image, commit, reason, at }: Quarantined): string {
  return `${code(service)} ${code(image)} of ${code(commit.slice(0, 7))}, ${prose(dayAndTime(at))}: ${prose(shortened(reason, 300))}`;
}
